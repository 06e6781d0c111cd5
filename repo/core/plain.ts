/**
 * Reads the plain part of YAML, in which most documents are written: mappings and sequences by indentation or in brackets, and
 * scalars on one line. Whatever is beyond that, wrong, or could be read in two ways gives undefined; then the parser of all of
 * YAML has the word. test/repo/core/plain.test.ts holds both against each other.
 */
export function readPlain(text: string): object | undefined {
  if (strange.test(text)) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error !== beyond) throw error;
    return undefined;
  }
}

const beyond = Symbol('beyond the plain part of YAML');

/** Tabs, carriage returns and other control characters; marks of documents and directives. */
// oxlint-disable-next-line no-control-regex
const strange = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\uD800-\uDFFF\uFEFF]|^(?:---|\.\.\.|%)/m;

const plainKey = /([A-Za-z0-9_][\w.+/-]{0,99}|'[^'\n]{0,99}'|"[^"\\\n]{0,99}")(?=:(?: |\n|$))/y;
const singleQuoted = /'((?:[^'\n]|'')*)'/y;
const doubleQuoted = /"([^"\\\n]*)"/y;
const toLineEnd = /[A-Za-z0-9_./(+][^\n]*/y;
const toBracket = /[A-Za-z0-9_./(+][^\n,[\]{}]*/y;

/** Brackets within brackets. */
const deepest = 50;

class Reader {
  readonly #text: string;
  #at = 0;
  /** Of the line that is being read; -1 at the end of the text. */
  #indent = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): object {
    this.#nextLine();
    const value = this.#block(0);
    if (this.#indent !== -1) throw beyond;
    return value;
  }

  #block(indent: number): object {
    if (this.#indent !== indent) throw beyond;
    return this.#startsItem() ? this.#sequence(indent) : this.#mapping(indent);
  }

  #mapping(indent: number): object {
    const entries: [string, unknown][] = [];
    do {
      const key = this.#key();
      entries.push([key, this.#isLineOver() ? this.#below(indent) : this.#onLine(indent)]);
    } while (this.#indent === indent);
    return mappingOf(entries);
  }

  #sequence(indent: number): unknown[] {
    const items: unknown[] = [];
    do {
      const start = this.#at;
      this.#at += 2;
      this.#skipSpaces();
      items.push(this.#startsKey() ? this.#itemMapping(indent + this.#at - start) : this.#onLine(indent));
    } while (this.#indent === indent && this.#startsItem());
    return items;
  }

  /** `- key: value`: a mapping whose first key stands behind the dash. */
  #itemMapping(indent: number): object {
    this.#indent = indent;
    return this.#mapping(indent);
  }

  /** What a key at `indent` has in the lines below it. */
  #below(indent: number): object {
    this.#nextLine();
    // YAML 1.2.2, 8.2.1: the items of a sequence may stand as far left as the key that they belong to.
    const value = this.#indent === indent && this.#startsItem() ? this.#sequence(indent) : this.#block(Math.max(this.#indent, indent + 1));
    if (this.#indent > indent) throw beyond;
    return value;
  }

  #onLine(indent: number): unknown {
    const value = this.#value(indent, toLineEnd);
    if (!this.#isLineOver()) throw beyond;
    this.#nextLine();
    // A line that is further in goes on with the scalar, or is a mistake.
    if (this.#indent > indent) throw beyond;
    return value;
  }

  #value(indent: number, plain: RegExp): unknown {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#braces(indent);
      case '[':
        return this.#brackets(indent);
      case "'":
        return this.#match(singleQuoted).slice(1, -1).replaceAll("''", "'");
      case '"':
        return this.#match(doubleQuoted).slice(1, -1);
      default:
        return this.#scalar(plain);
    }
  }

  #scalar(plain: RegExp): unknown {
    const start = this.#at;
    const [rest] = this.#match(plain).split(' #', 1);
    const scalar = rest!.trimEnd();
    if (scalar.includes(': ') || scalar.endsWith(':')) throw beyond;
    this.#at = start + scalar.length;
    return meaningOf(scalar);
  }

  #braces(indent: number): object {
    const entries: [string, unknown][] = [];
    this.#list(indent, '}', () => {
      const key = this.#key();
      this.#skipBlank(indent);
      entries.push([key, this.#value(indent, toBracket)]);
    });
    return mappingOf(entries);
  }

  #brackets(indent: number): unknown[] {
    const items: unknown[] = [];
    this.#list(indent, ']', () => items.push(this.#value(indent, toBracket)));
    return items;
  }

  /** Entries between commas, up to the closing bracket. */
  #list(indent: number, end: string, entry: () => void): void {
    if (++this.#depth > deepest) throw beyond;
    let separator = ',';
    this.#at++;
    this.#skipBlank(indent);
    if (this.#text[this.#at] === end) separator = end;
    while (separator === ',') {
      entry();
      this.#skipBlank(indent);
      separator = this.#text[this.#at]!;
      if (separator === ',') this.#skipBlank(indent, 1);
    }
    if (separator !== end) throw beyond;
    this.#at++;
    this.#depth--;
  }

  /** Also steps over the colon and the spaces behind it. */
  #key(): string {
    const spelled = this.#match(plainKey);
    this.#at++;
    this.#skipSpaces();
    const key = /^['"]/.test(spelled) ? spelled.slice(1, -1) : meaningOf(spelled);
    if (typeof key !== 'string') throw beyond;
    return key;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw beyond;
    this.#at += found.length;
    return found;
  }

  #startsItem(): boolean {
    return this.#text.startsWith('- ', this.#at);
  }

  #startsKey(): boolean {
    plainKey.lastIndex = this.#at;
    return plainKey.test(this.#text);
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }

  /** Steps over blanks, a comment too, to the end of the line; false where something stands in between. */
  #isLineOver(): boolean {
    const start = this.#at;
    this.#skipSpaces();
    const next = this.#text[this.#at];
    if (next === '#' && (this.#at > start || this.#text[start - 1] === ' ')) this.#skipLine();
    return this.#at >= this.#text.length || this.#text[this.#at] === '\n';
  }

  /** Within brackets: over blanks, comments and line ends, as long as all stands further in than what the brackets belong to. */
  #skipBlank(indent: number, step = 0): void {
    this.#at += step;
    if (!this.#isLineOver()) return;
    this.#nextLine();
    if (this.#indent <= indent) throw beyond;
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  /** To the first word of the next line that says something. */
  #nextLine(): void {
    for (let start = this.#at; start < this.#text.length; start = this.#at + 1) {
      this.#at = this.#text[start] === '\n' ? start + 1 : start;
      const first = this.#at;
      this.#skipSpaces();
      this.#indent = this.#at - first;
      if (this.#text[this.#at] === '#') this.#skipLine();
      if (this.#at < this.#text.length && this.#text[this.#at] !== '\n') return;
      this.#at--;
    }
    this.#at = this.#text.length;
    this.#indent = -1;
  }
}

/** A key given twice is a mistake, which the other parser tells; so is one that an object has a meaning of its own for. */
function mappingOf(entries: readonly (readonly [string, unknown])[]): object {
  const value = Object.fromEntries(entries);
  if (Object.keys(value).length < entries.length || Object.hasOwn(value, '__proto__')) throw beyond;
  return value;
}

const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const number = /^(?:0|[1-9]\d{0,14})$|^(?:0|[1-9]\d{0,8})\.\d{1,6}$/;
/** Other spellings of these (YAML 1.2.2, 10.3.2). */
const unusual = /^[-+]?(?:\.?\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$|^0[xo][\dA-Fa-f]+$|^[-+]?\.inf$|^\.nan$|^(?:true|false|null)$/i;

function meaningOf(scalar: string): string | number | boolean | null {
  if (Object.hasOwn(words, scalar)) return words[scalar]!;
  if (number.test(scalar)) return Number(scalar);
  if (unusual.test(scalar)) throw beyond;
  return scalar;
}
