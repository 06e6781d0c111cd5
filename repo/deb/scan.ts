/** The fields of a Packages stanza that this program reads (deb-control(5), Debian repository format). */
const fields = [
  'Package',
  'Version',
  'Architecture',
  'Multi-Arch',
  'Essential',
  'Protected',
  'Important',
  'Priority',
  'Provides',
  'Pre-Depends',
  'Depends',
  'Recommends',
  'Conflicts',
  'Breaks',
  'Filename',
  'Size',
  'Installed-Size',
  'SHA256',
] as const;

export type Field = (typeof fields)[number];

const newline = 0x0a;
const width = 2 + 2 * fields.length;
const places = Object.fromEntries(fields.map((field, index) => [field, 2 + 2 * index])) as Record<Field, number>;

/** First letter and length tell nearly all fields apart; only what they leave open is compared. */
const byShape = new Map<number, { name: string; place: number }[]>();
for (const field of fields) {
  const shape = shapeOf(field.charCodeAt(0), field.length);
  byShape.set(shape, [...(byShape.get(shape) ?? []), { name: field.toLowerCase(), place: places[field] }]);
}

/** Walks over the stanzas of an index and notes where each field's value begins and ends, copying nothing. */
export class StanzaScanner {
  readonly #text: string;
  readonly #found = new Int32Array(width);
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The value of a field, trimmed; empty when the stanza lacks it. */
  static field(text: string, offsets: Int32Array, field: Field): string {
    const place = places[field];
    const end = offsets[place + 1]!;
    return end === 0 ? '' : text.slice(offsets[place]!, end).trim();
  }

  /** Moves on to the next stanza; false at the end. */
  next(): boolean {
    while (this.#text.charCodeAt(this.#at) === newline) this.#at++;
    if (this.#at >= this.#text.length) return false;
    this.#found.fill(0);
    this.#found[0] = this.#at;
    this.#lines();
    return true;
  }

  /** Where the stanza and its fields lie: begin and end of the whole, then of each field in turn. */
  offsets(): Int32Array {
    return this.#found.slice();
  }

  #lines(): void {
    let place = 0;
    while (this.#at < this.#text.length) {
      const first = this.#text.charCodeAt(this.#at);
      if (first === newline) break;
      const end = this.#endOfLine();
      // A line that begins with a blank goes on with the field before it.
      const folded = first === 0x20 || first === 0x09;
      if (!folded) place = this.#note(first);
      if (place !== 0) this.#found[place + 1] = end;
      this.#found[1] = end;
      this.#at = end + 1;
    }
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  /** Notes where the value of the field on this line begins; 0 for a field of no interest, or one seen before. */
  #note(first: number): number {
    const mark = this.#text.indexOf(':', this.#at);
    const candidates = byShape.get(shapeOf(first, mark - this.#at));
    if (candidates === undefined) return 0;
    const name = this.#text.slice(this.#at, mark).toLowerCase();
    const place = candidates.find((candidate) => candidate.name === name)?.place ?? 0;
    if (place === 0 || this.#found[place + 1] !== 0) return 0;
    this.#found[place] = mark + 1;
    return place;
  }
}

function shapeOf(first: number, length: number): number {
  return (first | 0x20) * 256 + length;
}
