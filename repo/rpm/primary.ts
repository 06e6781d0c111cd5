import { Fault } from '../core/fault.ts';
import type { Package } from '../package/package.ts';
import { elementNames, IndexedPackage, type Origin, type Said, sectionNames, type Shared, texts, Words } from './indexed.ts';
import { RelationReader } from './relation.ts';
import { isContained } from './repomd.ts';
import { attributesOf } from './scan.ts';
import { type Bytes, bytesOf, type Vocabulary } from './vocabulary.ts';

export type { Origin } from './indexed.ts';

/**
 * Reads a primary.xml. What a package needs and offers is made of what it says when it is first asked for, since most packages
 * of a repository are never looked at. Give all indexes of one universe the same `relations`, to share what they repeat. The
 * fields of a package are getters: read them, do not spread them.
 * @throws Fault invalid when a package lacks a field, lies outside the repository, or the index is not whole
 */
export function readPrimary(content: Uint8Array, origin: Origin, relations = new RelationReader()): Package[] {
  const reader = new PrimaryReader(origin, relations, () => content);
  reader.add(content);
  return reader.finish();
}

/**
 * The same of an index that comes in pieces, and is not held: what is kept of it is each dependency once, and by package
 * which of them it has. `again` unpacks it once more, for the stanzas of the few packages that are taken.
 */
export async function streamPrimary(pieces: AsyncIterable<Uint8Array>, again: () => Uint8Array, origin: Origin, relations = new RelationReader()): Promise<Package[]> {
  const reader = new PrimaryReader(origin, relations, remembering(again));
  for await (const piece of pieces) reader.add(piece);
  return reader.finish();
}

/** Many stanzas are asked for at a time, and then none for long. */
function remembering(again: () => Uint8Array): () => Uint8Array {
  let kept: WeakRef<Uint8Array> | undefined;
  return () => {
    const content = kept?.deref() ?? again();
    kept = new WeakRef(content);
    return content;
  };
}

/** Goes from one `<` to the next; what is between them is a tag, and the text behind it. */
class PrimaryReader {
  readonly #shared: Shared;
  readonly #words = new Words();
  readonly #vocabulary: Vocabulary;
  readonly #packages: IndexedPackage[] = [];
  /** What is not followed by a `<` yet, and where in the index it stands. */
  #rest: Uint8Array = nothing;
  #at = 0;
  /** How many packages there are to be; undefined before the root. */
  #promised: number | undefined;
  #package: Said | undefined;
  /** That in which we are, from 1. */
  #section = 0;

  constructor(origin: Origin, relations: RelationReader, again: () => Uint8Array) {
    this.#shared = { origin, relations, words: this.#words, again };
    this.#vocabulary = relations.vocabulary;
  }

  add(piece: Uint8Array): void {
    const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const first = this.#rest.length === 0 ? 0 : text.indexOf(opening);
    if (first < 0) return this.#keep(Buffer.concat([this.#rest, text]));
    if (this.#rest.length > 0) this.#join(text.subarray(0, first + 1));
    const end = this.#read(text, first);
    this.#at += end - first;
    this.#keep(text.subarray(end));
  }

  finish(): IndexedPackage[] {
    if (this.#rest.length > 0) this.#element(Buffer.from(this.#rest), bytesOf(this.#rest), 0, this.#rest.length, this.#at);
    if (this.#promised === undefined) throw this.#wrong('is none');
    if (this.#package) throw this.#wrong('ends within a package');
    if (this.#packages.length !== this.#promised) throw this.#wrong(`holds ${this.#packages.length} packages and says ${this.#promised}`);
    return this.#packages;
  }

  /** What began in one piece and ends in another is read by itself. */
  #join(beginning: Uint8Array): void {
    const text = Buffer.concat([this.#rest, beginning]);
    this.#at += this.#read(text, 0);
  }

  #keep(rest: Uint8Array): void {
    if (rest.length > largest) throw this.#wrong(`holds a text of more than ${largest} bytes`);
    this.#rest = rest;
  }

  /** @returns where that begins which is not followed by a `<` yet */
  #read(text: Buffer, first: number): number {
    const from = bytesOf(text);
    let at = text[first] === opening ? first : text.indexOf(opening, first);
    if (at < 0) return text.length;
    for (;;) {
      if (this.#section > 0) at = this.#repeat(from, at);
      const next = text.indexOf(opening, at + 1);
      if (next < 0) return at;
      this.#element(text, from, at, next, this.#at - first);
      at = next;
    }
  }

  /** Goes on as long as entries follow each other as they did before. */
  #repeat(from: Bytes, at: number): number {
    const vocabulary = this.#vocabulary;
    for (let end = vocabulary.again(from, at); end > at; end = vocabulary.again(from, at)) {
      this.#words.push(vocabulary.last * 16 + this.#section);
      at = end;
    }
    return at;
  }

  #element(text: Buffer, from: Bytes, at: number, next: number, offset: number): void {
    const first = text[at + 1]!;
    if (this.#section > 0 && first === letter.r && isNamed(text, at, entry)) this.#words.push(this.#vocabulary.number(from, at, next) * 16 + this.#section);
    else if (this.#promised === undefined) this.#begin(text, at, next);
    else if (first === mark.exclamation || first === mark.question) throw this.#wrong('holds comments or CDATA, which are not read');
    else if (this.#package) this.#inPackage(this.#package, text, from, at, next, offset);
    else if (sliceOf(text, at, Math.min(next, at + packageTag.length)) === packageTag) this.#package = { begin: offset + at, end: 0, from: this.#words.length, to: 0, elements: [undefined, undefined, undefined, undefined, undefined, undefined] };
  }

  /** Comments may stand before the root. */
  #begin(text: Buffer, at: number, next: number): void {
    if (isNamed(text, at, metadata)) this.#promised = Number(attributesOf(sliceOf(text, at, next))['packages']);
  }

  #inPackage(said: Said, text: Buffer, from: Bytes, at: number, next: number, offset: number): void {
    const first = text[at + 1]!;
    const field = fieldOf[first]!;
    if (field >= 0) {
      if (said.elements[field] === undefined && isNamed(text, at, fields[field]!)) said.elements[field] = field < texts ? sliceOf(text, at, next) : this.#vocabulary.number(from, at, next);
    } else if (first === letter.r) this.#section = sectionAt(text, at, next) || this.#section;
    else if (first === letter.f && isNamed(text, at, file)) this.#words.push(this.#vocabulary.number(from, at, next) * 16);
    else if (first === mark.slash && this.#section > 0 && isNamed(text, at, sections[this.#section]!.closing)) this.#section = 0;
    else if (first === mark.slash && isNamed(text, at, packageEnd)) this.#close(said, offset + at);
    else if (first === letter.p && isNamed(text, at, packageName)) throw this.#wrong('ends within a package');
  }

  #close(said: Said, at: number): void {
    said.end = at + '</package>'.length;
    said.to = this.#words.length;
    const item = new IndexedPackage(said, this.#shared);
    if (!isContained(item.url)) throw new Fault('invalid', `${item.source}: ${item.name} lies outside the repository: ${item.url}`);
    this.#packages.push(item);
    this.#package = undefined;
    this.#section = 0;
  }

  #wrong(what: string): Fault {
    return new Fault('invalid', `${this.#shared.origin.source}: its primary.xml ${what}`);
  }
}

const nothing = new Uint8Array(0);

/** More than any text within a primary.xml. */
const largest = 1 << 22;

const packageTag = '<package type="rpm"';

const opening = 0x3c;
const mark = { blank: 0x20, exclamation: 0x21, slash: 0x2f, closing: 0x3e, question: 0x3f } as const;
const letter = { f: 0x66, p: 0x70, r: 0x72 } as const;

const [entry, file, metadata, packageName, packageEnd] = ['rpm:entry', 'file', 'metadata', 'package', '/package'].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer, Buffer, Buffer];

const fields = elementNames.map((name) => Buffer.from(name));
/** By its first letter, which no two share: the place of an element; -1 for any other. */
const fieldOf = Int8Array.from({ length: 256 }, (_, first) => fields.findIndex((name) => name[0] === first));

const sections = ['', ...sectionNames].map((name) => ({ opening: Buffer.from(`rpm:${name}`), closing: Buffer.from(`/rpm:${name}`) }));

/** Which section begins here; 0 for none, or one with nothing in it. */
function sectionAt(text: Buffer, at: number, next: number): number {
  const section = sections.findIndex((each, place) => place > 0 && isNamed(text, at, each.opening));
  return section > 0 && !sliceOf(text, at, next).trimEnd().endsWith('/>') ? section : 0;
}

/** A byte a character; without the questions that toString asks first. */
const sliceOf = (text: Buffer, at: number, end: number): string => (text as Buffer & { latin1Slice(at: number, end: number): string }).latin1Slice(at, end);

/** Whether this is the name behind the `<`: `size` is not that of `<sizes`. */
function isNamed(text: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let place = 0; place < name.length; place++) if (text[at + 1 + place] !== name[place]) return false;
  const after = text[at + 1 + name.length]!;
  return after === mark.closing || after === mark.slash || after <= mark.blank;
}
