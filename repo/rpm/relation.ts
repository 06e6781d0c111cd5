import { Fault } from '../core/fault.ts';
import type { Capability, Operator, Relation } from '../package/package.ts';
import { relationsOf } from './rich.ts';
import { attributesOf } from './scan.ts';

/**
 * Reads the entries of provides, requires and their like (`<rpm:entry name="…" flags="GE" epoch="0" ver="1" rel="2"/>`).
 * Equal entries of one reader are one object, since a repository repeats the same few thousand a quarter of a million times.
 */
export class RelationReader {
  readonly #tags = new Map<string, Capability>();
  readonly #capabilities = new Map<string, Capability>();
  readonly #relations = new Map<string, Relation>();
  readonly #rich = new Map<string, readonly Relation[]>();

  /** Provides, conflicts, obsoletes. @throws Fault invalid, naming the entry */
  capabilities(section: string): Capability[] {
    return entriesOf(section).map((tag) => this.#capability(tag));
  }

  /** Requires, recommends; each one once, without what rpm itself answers for. @throws Fault invalid, naming the entry */
  relations(section: string): Relation[] {
    const relations = entriesOf(section).flatMap((tag) => this.#read(this.#capability(tag)));
    return [...new Set(relations)];
  }

  /** Supplements, enhances: each entry by itself, as the relations that hold together where it does. @throws Fault invalid, naming the entry */
  entries(section: string): (readonly Relation[])[] {
    return entriesOf(section).map((tag) => this.#read(this.#capability(tag)));
  }

  /** Rich dependencies begin with a parenthesis (rpm, boolean dependencies); `rpmlib(…)` are abilities of rpm, not packages. */
  #read(capability: Capability): readonly Relation[] {
    const { name } = capability;
    if (name.startsWith('rpmlib(')) return [];
    if (!name.startsWith('(')) return [this.#relation([capability])];
    const known = this.#rich.get(name);
    if (known) return known;
    const relations = relationsOf(name).map((relation) => this.#relation(relation));
    this.#rich.set(name, relations);
    return relations;
  }

  #relation(relation: Relation): Relation {
    const key = JSON.stringify(relation);
    const known = this.#relations.get(key);
    if (known) return known;
    this.#relations.set(key, relation);
    return relation;
  }

  #capability(tag: string): Capability {
    const known = this.#tags.get(tag);
    if (known) return known;
    const fresh = capabilityOf(tag);
    const key = `${fresh.name} ${fresh.bound?.op} ${fresh.bound?.version}`;
    const capability = this.#capabilities.get(key) ?? fresh;
    this.#capabilities.set(key, capability);
    this.#tags.set(tag, capability);
    return capability;
  }
}

const operators: Record<string, Operator> = { LT: '<', LE: '<=', EQ: '=', GE: '>=', GT: '>' };

function capabilityOf(tag: string): Capability {
  const { name, flags, epoch, ver, rel } = attributesOf(tag);
  if (name === undefined || name === '') throw new Fault('invalid', `${tag} has no name`);
  if (flags === undefined) return { name };
  const op = operators[flags];
  if (op === undefined || ver === undefined) throw new Fault('invalid', `${tag} is not a relation to a package`);
  return { name, bound: { op, version: versionOf({ epoch, ver, rel }) } };
}

/** `[epoch:]version[-release]`, as rpm writes it: an epoch of 0 is left out. */
export function versionOf({ epoch, ver, rel }: { epoch?: string | undefined; ver: string; rel?: string | undefined }): string {
  return `${epoch === undefined || epoch === '' || epoch === '0' ? '' : `${epoch}:`}${ver}${rel === undefined || rel === '' ? '' : `-${rel}`}`;
}

function entriesOf(section: string): string[] {
  const tags: string[] = [];
  for (let at = section.indexOf('<rpm:entry'); at >= 0; ) {
    const end = section.indexOf('>', at);
    if (end < 0) break;
    tags.push(section.slice(at, end + 1));
    at = section.indexOf('<rpm:entry', end);
  }
  return tags;
}
