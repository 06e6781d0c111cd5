import { isDigest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import type { Capability, MultiArch, Package, Relation } from '../package/package.ts';
import { RelationReader, versionOf } from './relation.ts';
import { isContained } from './repomd.ts';
import { attributesOf, elementOf, plain, textOf } from './scan.ts';

/** Where the packages of an index come from. */
export interface Origin {
  /** `rocky/baseos` */
  source: string;
  /** Lower goes before higher, whatever the version (dnf.conf(5), priority). */
  priority: number;
}

/**
 * Reads a primary.xml. Only the bounds of each package are found at once; what it says is read when it is first asked for,
 * since most packages of a repository are never looked at. Give all indexes of one universe the same `relations`, to share
 * what they repeat. The fields of a package are getters: read them, do not spread them.
 * @throws Fault invalid when a package lacks a field, lies outside the repository, or the index is not whole
 */
export function readPrimary(content: Uint8Array, origin: Origin, relations = new RelationReader()): Package[] {
  // One byte a character: what is looked for is ASCII, and a stanza goes back to bytes before it is emitted again.
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  const root = openingTag(text, origin);
  const packages: Package[] = [];
  for (let at = text.indexOf('<package', root.end); at >= 0; at = text.indexOf('<package', at)) {
    const close = text.indexOf('</package>', at);
    if (close < 0) throw new Fault('invalid', `${origin.source}: its primary.xml ends within a package`);
    const end = close + '</package>'.length;
    if (text.startsWith('<package type="rpm"', at)) packages.push(check(new IndexedPackage(text.slice(at, end), origin, relations)));
    at = end;
  }
  if (packages.length !== root.count) throw new Fault('invalid', `${origin.source}: its primary.xml holds ${packages.length} packages and says ${root.count}`);
  return packages;
}

/** A comment or CDATA section could hide or show a package to one reader and not to another; repodata has none. */
function openingTag(text: string, { source }: Origin): { end: number; count: number } {
  const at = text.indexOf('<metadata');
  const end = text.indexOf('>', at);
  if (at < 0 || end < 0) throw new Fault('invalid', `${source}: its primary.xml is none`);
  if (text.includes('<!', end)) throw new Fault('invalid', `${source}: its primary.xml holds comments or CDATA, which are not read`);
  return { end, count: Number(attributesOf(text.slice(at, end + 1))['packages']) };
}

function check(item: IndexedPackage): IndexedPackage {
  const { url } = item;
  if (!isContained(url)) throw new Fault('invalid', `${item.source}: ${item.name} lies outside the repository: ${url}`);
  return item;
}

class IndexedPackage implements Package {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly repositoryPriority: number;
  readonly source: string;
  // RPM has neither of these; every dependency is said.
  readonly multiArch: MultiArch = 'no';
  readonly essential = false;
  readonly priority = 'optional';
  /** A byte a character. */
  readonly #text: string;
  readonly #relations: RelationReader;
  #requires: readonly Relation[] | undefined;
  #recommends: readonly Relation[] | undefined;
  #suggests: readonly Relation[] | undefined;
  #supplements: readonly (readonly Relation[])[] | undefined;
  #enhances: readonly (readonly Relation[])[] | undefined;
  #provides: readonly Capability[] | undefined;
  #conflicts: readonly Capability[] | undefined;
  #obsoletes: readonly Capability[] | undefined;
  #files: readonly string[] | undefined;

  constructor(text: string, { source, priority }: Origin, relations: RelationReader) {
    this.#text = text;
    this.#relations = relations;
    this.source = source;
    this.repositoryPriority = priority;
    this.name = this.#need('name');
    this.arch = this.#need('arch');
    const { epoch, ver, rel } = this.#tag('version');
    if (ver === undefined || rel === undefined) throw this.#wrong('has no version');
    this.version = versionOf({ epoch, ver, rel });
  }

  /** Without that of its own name and version, which every package offers. */
  get provides(): readonly Capability[] {
    return (this.#provides ??= this.#capabilitiesOf('provides').filter(({ name, bound }) => name !== this.name || bound?.op !== '=' || bound.version !== this.version));
  }
  get requires(): readonly Relation[] {
    return (this.#requires ??= this.#relationsOf('requires'));
  }
  get recommends(): readonly Relation[] {
    return (this.#recommends ??= this.#relationsOf('recommends'));
  }
  get suggests(): readonly Relation[] {
    return (this.#suggests ??= this.#relationsOf('suggests'));
  }
  /** Those that hold where something is absent are left: what comes later would have to take back what they brought. */
  get supplements(): readonly (readonly Relation[])[] {
    return (this.#supplements ??= this.#entriesOf('supplements').filter((entry) => entry.every(isPlain)));
  }
  get enhances(): readonly (readonly Relation[])[] {
    return (this.#enhances ??= this.#entriesOf('enhances').filter((entry) => entry.every(isPlain)));
  }
  get conflicts(): readonly Capability[] {
    return (this.#conflicts ??= this.#capabilitiesOf('conflicts'));
  }
  get obsoletes(): readonly Capability[] {
    return (this.#obsoletes ??= this.#capabilitiesOf('obsoletes'));
  }
  /** Only those below /etc, and programs: what else there is stands in another index (createrepo_c(8)). */
  get files(): readonly string[] {
    return (this.#files ??= [...this.#text.matchAll(/<file(?:\s[^>]*)?>([^<]*)<\/file>/g)].map(([, path]) => plain(path!)));
  }
  get url(): string {
    const location = this.#tag('location');
    if (location['xml:base'] !== undefined) return `${location['xml:base']}/${location['href']}`;
    return location['href'] ?? this.#lack('location');
  }
  get size(): number {
    return this.#number(this.#tag('size')['package'], 'size');
  }
  get installed(): number {
    return Math.ceil(this.#number(this.#tag('size')['installed'] ?? '0', 'installed size') / 1024);
  }
  get digest(): string {
    const element = elementOf(this.#text, 'checksum');
    const { type } = attributesOf(element?.tag ?? '');
    if (type !== 'sha256' || !isDigest(element!.inner)) throw this.#wrong(`has no SHA-256 but ${type === undefined ? 'no digest at all' : `a digest of the kind ${type}`}`);
    return element!.inner;
  }
  get stanza(): string {
    return Buffer.from(this.#text, 'latin1').toString('utf8');
  }

  #relationsOf(section: Section): Relation[] {
    return this.#read(section, (inner) => this.#relations.relations(inner));
  }

  #entriesOf(section: Section): (readonly Relation[])[] {
    return this.#read(section, (inner) => this.#relations.entries(inner));
  }

  #capabilitiesOf(section: Section): Capability[] {
    return this.#read(section, (inner) => this.#relations.capabilities(inner));
  }

  #read<T>(section: Section, parse: (inner: string) => T[]): T[] {
    const inner = elementOf(this.#text, `rpm:${section}`)?.inner ?? '';
    try {
      return inner === '' ? [] : parse(inner);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      throw this.#wrong(`${section}: ${cause.message}`, cause);
    }
  }

  #number(text: string | undefined, what: string): number {
    const number = Number(text ?? this.#lack(what));
    if (!Number.isSafeInteger(number) || number < 0) throw this.#wrong(`${what} is not a size: ${text}`);
    return number;
  }

  #tag(name: string): Record<string, string> {
    return attributesOf(elementOf(this.#text, name)?.tag ?? this.#lack(name));
  }

  #need(name: string): string {
    return textOf(this.#text, name) || this.#lack(name);
  }

  #lack(what: string): never {
    throw this.#wrong(`has no ${what}`);
  }

  #wrong(what: string, cause?: Fault): Fault {
    return new Fault('invalid', `${this.source}: ${this.name || this.stanza.slice(0, 60)} ${what}`, { ...(cause && { cause }) });
  }
}

type Section = 'provides' | 'requires' | 'recommends' | 'suggests' | 'supplements' | 'enhances' | 'conflicts' | 'obsoletes';

const isPlain = (relation: Relation): boolean => !relation.some((each) => each.absent);
