import { isDigest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import type { Capability, MultiArch, Package, Relation } from '../package/package.ts';
import { RelationReader } from './relation.ts';
import { type Field, StanzaScanner } from './scan.ts';

/**
 * Reads a Packages index. The text is scanned once; relations are parsed when they are first asked for, since most packages
 * of an archive are never looked at. Give all indexes of one universe the same `relations`, to share what they repeat.
 * The fields of a package are getters: read them, do not spread them.
 * @throws Fault invalid when a stanza lacks a field or its file lies outside the archive
 */
export function readPackages(content: Uint8Array, source: string, relations = new RelationReader()): Package[] {
  // One byte a character: fields are ASCII, and a stanza goes back to bytes before it is emitted again.
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  const packages: Package[] = [];
  const scanner = new StanzaScanner(text);
  while (scanner.next()) packages.push(check(new IndexedPackage(text, scanner.offsets(), source, relations)));
  return packages;
}

function check(item: IndexedPackage): IndexedPackage {
  if (!isContained(item.url)) throw new Fault('invalid', `${item.source}: ${item.name} lies outside the archive: ${item.url}`);
  return item;
}

/** The law "contained": no path of an index leads out of the archive. */
function isContained(path: string): boolean {
  return !path.startsWith('/') && !(path.includes('..') && path.split('/').includes('..'));
}

class IndexedPackage implements Package {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly source: string;
  readonly #text: string;
  readonly #offsets: Int32Array;
  readonly #relations: RelationReader;
  #requires: readonly Relation[] | undefined;
  #recommends: readonly Relation[] | undefined;
  #provides: readonly Capability[] | undefined;
  #conflicts: readonly Capability[] | undefined;

  constructor(text: string, offsets: Int32Array, source: string, relations: RelationReader) {
    this.#text = text;
    this.#offsets = offsets;
    this.#relations = relations;
    this.source = source;
    this.name = this.#need('Package');
    this.version = this.#need('Version');
    this.arch = this.#need('Architecture');
  }

  get multiArch(): MultiArch {
    const value = this.#field('Multi-Arch');
    return value === 'same' || value === 'foreign' || value === 'allowed' ? value : 'no';
  }
  get essential(): boolean {
    return this.#field('Essential') === 'yes';
  }
  get protected(): boolean {
    return this.#field('Protected') === 'yes' || this.#field('Important') === 'yes';
  }
  get priority(): string {
    return this.#field('Priority') || 'optional';
  }
  get provides(): readonly Capability[] {
    return (this.#provides ??= this.#read('Provides', (field) => this.#relations.capabilities(field)));
  }
  get requires(): readonly Relation[] {
    return (this.#requires ??= [...this.#relationsOf('Pre-Depends'), ...this.#relationsOf('Depends')]);
  }
  get recommends(): readonly Relation[] {
    return (this.#recommends ??= this.#relationsOf('Recommends'));
  }
  get conflicts(): readonly Capability[] {
    return (this.#conflicts ??= [...this.#capabilitiesOf('Conflicts'), ...this.#capabilitiesOf('Breaks')]);
  }
  get url(): string {
    return this.#need('Filename');
  }
  get size(): number {
    return this.#number('Size', this.#need('Size'));
  }
  get installed(): number {
    return this.#number('Installed-Size', this.#field('Installed-Size') || '0');
  }
  get digest(): string {
    const digest = this.#need('SHA256');
    if (!isDigest(digest)) throw this.#wrong(`SHA256 is not a digest: ${digest}`);
    return digest;
  }
  get stanza(): string {
    return Buffer.from(this.#text.slice(this.#offsets[0], this.#offsets[1]), 'latin1').toString('utf8');
  }

  #relationsOf(field: Field): Relation[] {
    return this.#read(field, (value) => this.#relations.relations(value));
  }

  #capabilitiesOf(field: Field): Capability[] {
    return this.#read(field, (value) => this.#relations.capabilities(value));
  }

  #read<T>(field: Field, parse: (value: string) => T[]): T[] {
    const value = this.#field(field);
    if (value === '') return [];
    try {
      return parse(value);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      throw this.#wrong(`${field}: ${cause.message}`, cause);
    }
  }

  #number(field: Field, value: string): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 0) throw this.#wrong(`${field} is not a size: ${value}`);
    return number;
  }

  #need(field: Field): string {
    const value = this.#field(field);
    if (value === '') throw this.#wrong(`has no ${field}`);
    return value;
  }

  #field(field: Field): string {
    return StanzaScanner.field(this.#text, this.#offsets, field);
  }

  #wrong(what: string, cause?: Fault): Fault {
    const name = this.name ?? this.#field('Package');
    return new Fault('invalid', `${this.source}: ${name || this.stanza.slice(0, 60)} ${what}`, { ...(cause && { cause }) });
  }
}
