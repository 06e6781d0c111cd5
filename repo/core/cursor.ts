/** Thrown where a text goes beyond what is read here. */
export const beyond = Symbol('beyond the plain part of YAML');

/** A place in a text of lines that are told apart by how far in they stand. */
export class Cursor {
  at = 0;
  /** Of the line that is being read; -1 at the end of the text. */
  indent = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get next(): string | undefined {
    return this.#text[this.at];
  }

  /** Whether a sticky pattern matches here. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.#text);
  }

  /** Steps over what a sticky pattern matches. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw beyond;
    this.at += found.length;
    return found;
  }

  skipSpaces(): void {
    while (this.#text[this.at] === ' ') this.at++;
  }

  /** Steps over blanks, a comment too, to the end of the line; false where something stands in between. */
  isLineOver(): boolean {
    const start = this.at;
    this.skipSpaces();
    const next = this.#text[this.at];
    if (next === '#' && (this.at > start || this.#text[start - 1] === ' ')) this.#skipLine();
    return this.at >= this.#text.length || this.#text[this.at] === '\n';
  }

  /** Within brackets: over blanks, comments and line ends, as long as all stands further in than what the brackets belong to. */
  skipBlank(indent: number, step = 0): void {
    this.at += step;
    if (!this.isLineOver()) return;
    this.nextLine();
    if (this.indent <= indent) throw beyond;
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.at);
    this.at = end === -1 ? this.#text.length : end;
  }

  /** To the first word of the next line that says something. */
  nextLine(): void {
    for (let start = this.at; start < this.#text.length; start = this.at + 1) {
      this.at = this.#text[start] === '\n' ? start + 1 : start;
      const first = this.at;
      this.skipSpaces();
      this.indent = this.at - first;
      if (this.#text[this.at] === '#') this.#skipLine();
      if (this.at < this.#text.length && this.#text[this.at] !== '\n') return;
      this.at--;
    }
    this.at = this.#text.length;
    this.indent = -1;
  }
}
