import { Fault } from '../core/fault.ts';
import type { Capability, Operator, Relation } from '../package/package.ts';
import { oppositesOf, relationsOf } from './rich.ts';
import { attributesOf, plain } from './scan.ts';
import { Vocabulary } from './vocabulary.ts';

/**
 * Reads the entries of provides, requires and their like (`<rpm:entry name="…" flags="GE" epoch="0" ver="1" rel="2"/>`), each
 * given as its number in the vocabulary. Equal relations of one reader are one object, since a repository repeats the same few
 * ten thousand half a million times.
 */
export class RelationReader {
  readonly vocabulary = new Vocabulary();
  /** By number. */
  readonly #offers: (Capability | undefined)[] = [];
  readonly #needs: (readonly Relation[] | undefined)[] = [];
  readonly #texts = new Map<number, string>();
  readonly #clashes: (readonly Relation[] | undefined)[] = [];
  readonly #relations = new Map<string, Relation>();

  /** Provides, obsoletes. @throws Fault invalid, naming the entry */
  capabilities(entries: readonly number[]): Capability[] {
    return entries.map((entry) => this.#offer(entry));
  }

  /** Requires, recommends; without what rpm itself answers for. @throws Fault invalid, naming the entry */
  relations(entries: readonly number[]): Relation[] {
    return entries.flatMap((entry) => this.#need(entry));
  }

  /** Conflicts: what has to hold so that there is none, `(b if a)` for `(a unless b)`. @throws Fault invalid, naming the entry */
  conflicts(entries: readonly number[]): Relation[] {
    return entries.flatMap((entry) => (this.#clashes[entry] ??= this.#readConflict(this.#offer(entry))));
  }

  /** Supplements, enhances: each entry by itself, as the relations that hold together where it does. @throws Fault invalid, naming the entry */
  entries(entries: readonly number[]): (readonly Relation[])[] {
    return entries.map((entry) => this.#need(entry));
  }

  /** The text of an element that many packages have alike: an architecture. */
  textOf(element: number): string {
    const known = this.#texts.get(element);
    if (known !== undefined) return known;
    const text = this.vocabulary.text(element);
    const inner = plain(text.slice(text.indexOf('>') + 1));
    this.#texts.set(element, inner);
    return inner;
  }

  #offer(entry: number): Capability {
    return (this.#offers[entry] ??= capabilityOf(this.vocabulary.text(entry)));
  }

  #need(entry: number): readonly Relation[] {
    return (this.#needs[entry] ??= this.#read(this.#offer(entry)));
  }

  /** Rich dependencies begin with a parenthesis (rpm, boolean dependencies); `rpmlib(…)` are abilities of rpm, not packages. */
  #read(capability: Capability): readonly Relation[] {
    if (capability.name.startsWith('rpmlib(')) return [];
    return capability.name.startsWith('(') ? relationsOf(capability.name).map((relation) => this.#relation(relation)) : [this.#relation([capability])];
  }

  #readConflict(capability: Capability): readonly Relation[] {
    return capability.name.startsWith('(') ? oppositesOf(capability.name).map((relation) => this.#relation(relation)) : [this.#relation([{ ...capability, absent: true }])];
  }

  #relation(relation: Relation): Relation {
    const key = relation.length === 1 && isSimple(relation[0]) ? keyOf(relation[0]) : JSON.stringify(relation);
    const known = this.#relations.get(key);
    if (known) return known;
    this.#relations.set(key, relation);
    return relation;
  }
}

const keyOf = ({ name, bound }: Capability): string => (bound === undefined ? name : `${name}\n${bound.op}\n${bound.version}`);

const isSimple = (capability: Capability): boolean => !capability.absent && !capability.with && !capability.without;

const operators: Record<string, Operator> = { LT: '<', LE: '<=', EQ: '=', GE: '>=', GT: '>' };

/** As createrepo_c writes it, without anything that would have to be resolved; all others are read with more patience. */
const usual = /^<rpm:entry name="([ !#-%'-~]+)"(?: flags="([A-Z]+)" epoch="(\d*)" ver="([\w.~^+:-]+)"(?: rel="([\w.~^+]+)")?)?(?: pre="1")?\/>\s*$/;

function capabilityOf(element: string): Capability {
  const found = usual.exec(element);
  const tag = element.trimEnd();
  const { name, flags, epoch, ver, rel } = found ? { name: found[1], flags: found[2], epoch: found[3], ver: found[4], rel: found[5] } : attributesOf(tag);
  if (name === undefined || name === '') throw new Fault('invalid', `${tag} has no name`);
  if (flags === undefined) return { name };
  const op = operators[flags];
  if (op === undefined || ver === undefined || !tag.endsWith('>')) throw new Fault('invalid', `${tag} is not a relation to a package`);
  return { name, bound: { op, version: versionOf({ epoch, ver, rel }) } };
}

/** `[epoch:]version[-release]`, as rpm writes it: an epoch of 0 is left out. */
export function versionOf({ epoch, ver, rel }: { epoch?: string | undefined; ver: string; rel?: string | undefined }): string {
  return `${epoch === undefined || epoch === '' || epoch === '0' ? '' : `${epoch}:`}${ver}${rel === undefined || rel === '' ? '' : `-${rel}`}`;
}
