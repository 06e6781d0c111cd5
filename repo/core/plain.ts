import { beyond, Cursor } from './cursor.ts';
import { meaningOf } from './scalar.ts';

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

/** Tabs, carriage returns and other control characters; marks of documents and directives. */
// oxlint-disable-next-line no-control-regex
const strange = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\uD800-\uDFFF\uFEFF]|^(?:---|\.\.\.|%)/m;

const plainKey = /([A-Za-z0-9_][\w.+/-]{0,99}|'[^'\n]{0,99}'|"[^"\\\n]{0,99}")(?=:(?: |\n|$))/y;
const dash = /- /y;
const singleQuoted = /'((?:[^'\n]|'')*)'/y;
const doubleQuoted = /"([^"\\\n]*)"/y;
const toLineEnd = /[A-Za-z0-9_./(+][^\n]*/y;
const toBracket = /[A-Za-z0-9_./(+][^\n,[\]{}]*/y;

/** Brackets within brackets. */
const deepest = 50;

class Reader {
  readonly #cursor: Cursor;
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  document(): object {
    this.#cursor.nextLine();
    const value = this.#block(0);
    if (this.#cursor.indent !== -1) throw beyond;
    return value;
  }

  #block(indent: number): object {
    if (this.#cursor.indent !== indent) throw beyond;
    return this.#cursor.sees(dash) ? this.#sequence(indent) : this.#mapping(indent);
  }

  #mapping(indent: number): object {
    const entries: [string, unknown][] = [];
    do {
      const key = this.#key();
      entries.push([key, this.#cursor.isLineOver() ? this.#below(indent) : this.#onLine(indent)]);
    } while (this.#cursor.indent === indent);
    return mappingOf(entries);
  }

  #sequence(indent: number): unknown[] {
    const items: unknown[] = [];
    do {
      const start = this.#cursor.at;
      this.#cursor.at += 2;
      this.#cursor.skipSpaces();
      items.push(this.#cursor.sees(plainKey) ? this.#itemMapping(indent + this.#cursor.at - start) : this.#onLine(indent));
    } while (this.#cursor.indent === indent && this.#cursor.sees(dash));
    return items;
  }

  /** `- key: value`: a mapping whose first key stands behind the dash. */
  #itemMapping(indent: number): object {
    this.#cursor.indent = indent;
    return this.#mapping(indent);
  }

  /** What a key at `indent` has in the lines below it. */
  #below(indent: number): object {
    this.#cursor.nextLine();
    // YAML 1.2.2, 8.2.1: the items of a sequence may stand as far left as the key that they belong to.
    const value = this.#cursor.indent === indent && this.#cursor.sees(dash) ? this.#sequence(indent) : this.#block(Math.max(this.#cursor.indent, indent + 1));
    if (this.#cursor.indent > indent) throw beyond;
    return value;
  }

  #onLine(indent: number): unknown {
    const value = this.#value(indent, toLineEnd);
    if (!this.#cursor.isLineOver()) throw beyond;
    this.#cursor.nextLine();
    // A line that is further in goes on with the scalar, or is a mistake.
    if (this.#cursor.indent > indent) throw beyond;
    return value;
  }

  #value(indent: number, plain: RegExp): unknown {
    switch (this.#cursor.next) {
      case '{':
        return this.#braces(indent);
      case '[':
        return this.#brackets(indent);
      case "'":
        return this.#cursor.match(singleQuoted).slice(1, -1).replaceAll("''", "'");
      case '"':
        return this.#cursor.match(doubleQuoted).slice(1, -1);
      default:
        return this.#scalar(plain);
    }
  }

  #scalar(plain: RegExp): unknown {
    const start = this.#cursor.at;
    const [rest] = this.#cursor.match(plain).split(' #', 1);
    const scalar = rest!.trimEnd();
    if (scalar.includes(': ') || scalar.endsWith(':')) throw beyond;
    this.#cursor.at = start + scalar.length;
    return meaningOf(scalar);
  }

  #braces(indent: number): object {
    const entries: [string, unknown][] = [];
    this.#list(indent, '}', () => {
      const key = this.#key();
      this.#cursor.skipBlank(indent);
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
    this.#cursor.at++;
    this.#cursor.skipBlank(indent);
    if (this.#cursor.next === end) separator = end;
    while (separator === ',') {
      entry();
      this.#cursor.skipBlank(indent);
      separator = this.#cursor.next!;
      if (separator === ',') this.#cursor.skipBlank(indent, 1);
    }
    if (separator !== end) throw beyond;
    this.#cursor.at++;
    this.#depth--;
  }

  /** Also steps over the colon and the spaces behind it. */
  #key(): string {
    const spelled = this.#cursor.match(plainKey);
    this.#cursor.at++;
    this.#cursor.skipSpaces();
    const key = /^['"]/.test(spelled) ? spelled.slice(1, -1) : meaningOf(spelled);
    if (typeof key !== 'string') throw beyond;
    return key;
  }
}

/** A key given twice is a mistake, which the other parser tells; so is one that an object has a meaning of its own for. */
function mappingOf(entries: readonly (readonly [string, unknown])[]): object {
  const value = Object.fromEntries(entries);
  if (Object.keys(value).length < entries.length || Object.hasOwn(value, '__proto__')) throw beyond;
  return value;
}
