import { isDigest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import type { Capability, MultiArch, Package, Relation } from '../package/package.ts';
import { type Bonds, bondsOf } from './bonds.ts';
import { type RelationReader, versionOf } from './relation.ts';
import { attributesOf, plain } from './scan.ts';

/** Where the packages of an index come from. */
export interface Origin {
  /** `rocky/baseos` */
  source: string;
  /** Lower goes before higher, whatever the version (dnf.conf(5), priority). */
  priority: number;
}

/** The elements of a package that stand once; of the last three, few are ever looked at, or all are alike. */
export const elementNames = ['name', 'version', 'location', 'arch', 'checksum', 'size'] as const;

/** So many of them are texts, the others numbers of the vocabulary. */
export const texts = 3;

/** Where a package and its words begin and end, and its elements with their tags. */
export interface Said {
  begin: number;
  end: number;
  from: number;
  to: number;
  elements: (string | number | undefined)[];
}

/** What all packages of an index have in common. */
export interface Shared {
  origin: Origin;
  relations: RelationReader;
  /** What they say, one after another: the number of an entry and, in its lowest four bits, the section. */
  words: Words;
  /** The whole text once more. */
  again: () => Uint8Array;
}

/** A row of numbers that grows. */
export class Words {
  length = 0;
  #all = new Uint32Array(1 << 16);

  push(word: number): void {
    if (this.length === this.#all.length) {
      const wider = new Uint32Array(2 * this.#all.length);
      wider.set(this.#all);
      this.#all = wider;
    }
    this.#all[this.length++] = word;
  }

  at(place: number): number {
    return this.#all[place]!;
  }
}

export const sectionNames = ['provides', 'requires', 'recommends', 'suggests', 'supplements', 'enhances', 'conflicts', 'obsoletes'] as const;

type Section = (typeof sectionNames)[number];

/** The fields of a package that are made when they are first read. */
interface Told {
  bonds: Bonds;
  provides: readonly Capability[];
  recommends: readonly Relation[];
  suggests: readonly Relation[];
  supplements: readonly (readonly Relation[])[];
  enhances: readonly (readonly Relation[])[];
  obsoletes: readonly Capability[];
  files: readonly string[];
}

/** A package of a primary.xml. What it says is read when that is first asked for. */
export class IndexedPackage implements Package {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly url: string;
  readonly #shared: Shared;
  readonly #checksum: number | undefined;
  readonly #size: number | undefined;
  readonly #begin: number;
  readonly #end: number;
  readonly #from: number;
  readonly #to: number;
  /** What was asked for. There are tens of thousands of packages, most of which nobody asks. */
  #told: Partial<Told> | undefined;

  constructor({ elements, begin, end, from, to }: Said, shared: Shared) {
    this.#shared = shared;
    const [name, version, location, arch, checksum, size] = elements as [string?, string?, string?, number?, number?, number?];
    this.#checksum = checksum;
    this.#size = size;
    this.#begin = begin;
    this.#end = end;
    this.#from = from;
    this.#to = to;
    this.name = textOf(name) || this.#lack('name');
    this.arch = arch === undefined ? this.#lack('arch') : shared.relations.textOf(arch) || this.#lack('arch');
    this.version = (version && versionIn(version)) ?? this.#lack('version');
    this.url = (location && addressIn(location)) ?? this.#lack('location');
  }

  // RPM has none of these three; every dependency is said.
  get multiArch(): MultiArch {
    return 'no';
  }
  get essential(): boolean {
    return false;
  }
  get priority(): string {
    return 'optional';
  }
  get source(): string {
    return this.#shared.origin.source;
  }
  get repositoryPriority(): number {
    return this.#shared.origin.priority;
  }
  /** Without that of its own name and version, which every package offers. */
  get provides(): readonly Capability[] {
    return (this.#known.provides ??= this.#capabilitiesOf('provides').filter(({ name, bound }) => name !== this.name || bound?.op !== '=' || bound.version !== this.version));
  }
  get requires(): readonly Relation[] {
    return (this.#known.bonds ??= this.#readBonds()).requires;
  }
  get recommends(): readonly Relation[] {
    return (this.#known.recommends ??= this.#relationsOf('recommends'));
  }
  get suggests(): readonly Relation[] {
    return (this.#known.suggests ??= this.#relationsOf('suggests'));
  }
  /** Those that hold where something is absent are left: what comes later would have to take back what they brought. */
  get supplements(): readonly (readonly Relation[])[] {
    return (this.#known.supplements ??= this.#entriesOf('supplements').filter((entry) => entry.every(isPlain)));
  }
  get enhances(): readonly (readonly Relation[])[] {
    return (this.#known.enhances ??= this.#entriesOf('enhances').filter((entry) => entry.every(isPlain)));
  }
  get conflicts(): readonly Capability[] {
    return (this.#known.bonds ??= this.#readBonds()).conflicts;
  }
  get obsoletes(): readonly Capability[] {
    return (this.#known.obsoletes ??= this.#capabilitiesOf('obsoletes'));
  }
  /** Only those below /etc, and programs: what else there is stands in another index (createrepo_c(8)). */
  get files(): readonly string[] {
    return (this.#known.files ??= this.#words(0).map((word) => textOf(this.#shared.relations.vocabulary.text(word))!));
  }
  get size(): number {
    return this.#number(this.#sizes()['package'], 'size');
  }
  get installed(): number {
    return Math.ceil(this.#number(this.#sizes()['installed'] ?? '0', 'installed size') / 1024);
  }
  get digest(): string {
    const [, tag = '', inner = ''] = /^(<[^>]*>)(.*)/s.exec(this.#element(this.#checksum)) ?? [];
    const { type } = attributesOf(tag);
    if (type !== 'sha256' || !isDigest(inner)) throw this.#wrong(`has no SHA-256 but ${type === undefined ? 'no digest at all' : `a digest of the kind ${type}`}`);
    return inner;
  }
  get stanza(): string {
    const content = this.#shared.again();
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8', this.#begin, this.#end);
  }

  get #known(): Partial<Told> {
    return (this.#told ??= {});
  }

  #element(number: number | undefined): string {
    return number === undefined ? '' : this.#shared.relations.vocabulary.text(number);
  }

  #sizes(): Record<string, string> {
    return attributesOf(this.#element(this.#size));
  }

  #readBonds(): Bonds {
    const conflicts = this.#read('conflicts', (words) => this.#shared.relations.conflicts(words));
    return bondsOf([...this.#relationsOf('requires'), ...new Set(conflicts)]);
  }

  #relationsOf(section: Section): Relation[] {
    return [...new Set(this.#read(section, (words) => this.#shared.relations.relations(words)))];
  }

  #entriesOf(section: Section): (readonly Relation[])[] {
    return this.#read(section, (words) => this.#shared.relations.entries(words));
  }

  #capabilitiesOf(section: Section): Capability[] {
    return this.#read(section, (words) => this.#shared.relations.capabilities(words));
  }

  #read<T>(section: Section, parse: (words: readonly number[]) => T[]): T[] {
    const words = this.#words(sectionNames.indexOf(section) + 1);
    try {
      return words.length === 0 ? [] : parse(words);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      throw this.#wrong(`${section}: ${cause.message}`, cause);
    }
  }

  #words(section: number): number[] {
    const { words } = this.#shared;
    const found: number[] = [];
    for (let place = this.#from; place < this.#to; place++) if ((words.at(place) & 15) === section) found.push(words.at(place) >>> 4);
    return found;
  }

  #number(text: string | undefined, what: string): number {
    const number = Number(text ?? this.#lack(what));
    if (!Number.isSafeInteger(number) || number < 0) throw this.#wrong(`${what} is not a size: ${text}`);
    return number;
  }

  #lack(what: string): never {
    throw this.#wrong(`has no ${what}`);
  }

  #wrong(what: string, cause?: Fault): Fault {
    return new Fault('invalid', `${this.source}: ${this.name ?? 'a package'} ${what}`, { hint: 'its repository is broken, or in the middle of a change: try again later, or another mirror', ...(cause && { cause }) });
  }
}

const isPlain = (relation: Relation): boolean => !relation.some((each) => each.absent);

/** What stands behind a tag. */
const textOf = (element: string | undefined): string | undefined => element && plain(element.slice(element.indexOf('>') + 1));

/** As createrepo_c writes them, without anything that would have to be resolved; all others are read with more patience. */
const usualVersion = /^<version epoch="(\d*)" ver="([\w.~^+]+)" rel="([\w.~^+]+)"\/>/;
const usualLocation = /^<location href="([\w.~^+/-]+)"\/>/;

function versionIn(element: string): string | undefined {
  const usual = usualVersion.exec(element);
  const { epoch, ver, rel } = usual ? { epoch: usual[1], ver: usual[2], rel: usual[3] } : attributesOf(element);
  return ver === undefined || rel === undefined ? undefined : versionOf({ epoch, ver, rel });
}

function addressIn(element: string): string | undefined {
  const usual = usualLocation.exec(element);
  if (usual) return usual[1];
  const location = attributesOf(element);
  return location['xml:base'] === undefined ? location['href'] : `${location['xml:base']}/${location['href']}`;
}
