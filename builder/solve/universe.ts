import type { Bound, Capability, Package, Relation } from '../../repo/package/package.ts';
import { debian } from './debian.ts';
import type { Semantics } from './semantics.ts';

export interface Setting {
  /** The native architecture, as the packages spell it: `amd64`. */
  arch: string;
  compareVersions(a: string, b: string): number;
  /** Debian's, when left out. */
  semantics?: Semantics;
  /** The sources, preferred one first; it decides only between packages that are otherwise alike. */
  sources?: readonly string[];
  /** Paths that packages have, by their digests, beside those that their own index lists. */
  files?: ReadonlyMap<string, readonly string[]>;
}

/** Names a package by its place in `universe.packages`. */
export type Id = number;

/** Everything that could be installed. The order of the packages given makes no difference to anything. */
export function universeOf(packages: readonly Package[], setting: Setting): Universe {
  return new Universe(packages, setting);
}

interface Provider {
  id: Id;
  capability: Capability;
}

const none: readonly never[] = [];

export class Universe {
  /** By name, then what the family of packages ranks first, newest version first, native architecture first. Equal packages of two sources are one. */
  readonly packages: readonly Package[];
  readonly arch: string;
  readonly setting: Setting;
  readonly semantics: Semantics;
  /** Paths that somebody asked for and that nobody is known to have. */
  readonly unanswered = new Set<string>();
  readonly #compare: Setting['compareVersions'];
  readonly #named = new Map<string, Id[]>();
  readonly #providers = new Map<string, Provider[]>();
  readonly #candidates: Uint8Array;
  readonly #relations = new Map<Relation, readonly Id[]>();
  #owners: Map<string, Id[]> | undefined;

  constructor(packages: readonly Package[], setting: Setting) {
    this.setting = setting;
    this.arch = setting.arch;
    this.semantics = setting.semantics ?? debian;
    this.#compare = setting.compareVersions;
    this.packages = settle(packages, setting);
    this.#candidates = new Uint8Array(this.packages.length);
    this.packages.forEach((item, id) => this.#enter(item, id));
  }

  package(id: Id): Package {
    return this.packages[id]!;
  }

  /** All versions of a name, best first. */
  named(name: string): readonly Id[] {
    return this.#named.get(name) ?? none;
  }

  /** Those who offer a name without bearing it. */
  providersOf(name: string): readonly Id[] {
    return [...new Set((this.#providers.get(name) ?? none).map((provider) => provider.id))];
  }

  /** Whether this is the version apt or dnf would take: the first of its name and architecture. */
  isCandidate(id: Id): boolean {
    return this.#candidates[id] === 1;
  }

  /** Whether two packages are of equal standing, so that something else may decide between them. */
  isAlike(a: Id, b: Id): boolean {
    return this.isCandidate(a) === this.isCandidate(b) && this.isForeign(a) === this.isForeign(b) && this.semantics.rank(this.package(a)) === this.semantics.rank(this.package(b));
  }

  isForeign(id: Id): boolean {
    return this.archOf(id) !== this.arch;
  }

  /** `all` counts as native (deb-control(5)). */
  archOf(id: Id): string {
    return this.#nativeIfAll(this.package(id).arch);
  }

  /**
   * Who satisfies a relation, best first: alternatives in their order, where that counts; else as the family of packages orders them.
   * Versions that are no candidates come last of all.
   */
  satisfying(relation: Relation, asker: string): readonly Id[] {
    if (!this.semantics.crossesArchitectures && this.#nativeIfAll(asker) !== this.arch) return this.#satisfy(relation, asker);
    const known = this.#relations.get(relation);
    if (known) return known;
    const found = this.#satisfy(relation, asker);
    this.#relations.set(relation, found);
    return found;
  }

  /**
   * For a relation that the absence of something satisfies as well, `(a if b)`: each set of packages that together make it
   * need its other alternatives. Undefined for any other relation; and where there are too many sets, so that the condition is
   * taken to be fulfilled.
   */
  conditions(relation: Relation, asker: string): readonly (readonly Id[])[] | undefined {
    const absent = relation.filter((capability) => capability.absent);
    if (absent.length === 0) return undefined;
    const offers = absent.map((capability) => this.#offers(capability, asker));
    if (offers.reduce((product, ids) => product * ids.length, 1) > mostSets) return undefined;
    return offers.reduce<Id[][]>((sets, ids) => sets.flatMap((set) => ids.map((id) => set.concat(id))), [[]]);
  }

  /** Those who bear a name, at a version that fits; what they provide counts for nothing. */
  bearing(capability: Capability): Id[] {
    return this.named(capability.name).filter((id) => this.#isNamed(capability, id, undefined));
  }

  /** Who a Conflicts or Breaks rules out; without a qualifier that is every architecture (deb-control(5), Multi-Arch). */
  ruledOut(capability: Capability): Id[] {
    const { with: both = none, without = none } = capability;
    const found = this.#allOf(capability);
    if (both.length + without.length === 0) return found;
    const offers = (id: Id, other: Capability): boolean => this.#allOf(other).includes(id);
    return found.filter((id) => both.every((other) => offers(id, other)) && !without.some((other) => offers(id, other)));
  }

  #allOf(capability: Capability): Id[] {
    const owners = capability.name.startsWith('/') ? this.#ownersOf(capability.name) : none;
    return [...new Set([...this.bearing(capability), ...this.#provide(capability, undefined), ...owners])];
  }

  /** Whether a package of this version is what a bound asks for. */
  meets(version: string, bound: Bound | undefined): boolean {
    return bound === undefined || this.semantics.meets({ op: '=', version }, bound, this.#compare);
  }

  compareVersions(a: string, b: string): number {
    return this.#compare(a, b);
  }

  #enter(item: Package, id: Id): void {
    const same = this.#named.get(item.name);
    if (same === undefined) this.#named.set(item.name, [id]);
    else same.push(id);
    const first = same === undefined || same.every((other) => other === id || this.archOf(other) !== this.archOf(id));
    this.#candidates[id] = first ? 1 : 0;
    for (const capability of item.provides) {
      const others = this.#providers.get(capability.name);
      if (others === undefined) this.#providers.set(capability.name, [{ id, capability }]);
      else others.push({ id, capability });
    }
  }

  #satisfy(relation: Relation, asker: string): readonly Id[] {
    const found = relation.flatMap((capability) => (capability.absent ? none : this.#offers(capability, asker)));
    if (found.length < 2) return found;
    const ordered = relation.length === 1 || this.semantics.prefersFirst ? found : this.semantics.order(this, [...new Set(found)], '');
    return [...new Set([...ordered.filter((id) => this.isCandidate(id)), ...ordered])];
  }

  #offers(capability: Capability, asker: string): readonly Id[] {
    const { with: both = none, without = none } = capability;
    const found = this.#offer(capability, asker);
    if (both.length + without.length === 0) return found;
    const offers = (id: Id, other: Capability): boolean => this.#offer(other, asker).includes(id);
    return found.filter((id) => both.every((other) => offers(id, other)) && !without.some((other) => offers(id, other)));
  }

  #offer(capability: Capability, asker: string): readonly Id[] {
    const { name } = capability;
    const reals = this.named(name).filter((id) => this.#isNamed(capability, id, asker));
    const providers = this.#providers.has(name) ? this.#provide(capability, asker) : none;
    const owners = name.startsWith('/') ? this.#ownersOf(name) : none;
    if (name.startsWith('/') && providers.length + owners.length === 0) this.unanswered.add(name);
    if (providers.length + owners.length === 0 && reals.length < 2) return reals;
    const others = providers.filter((id) => this.semantics.offersOwnName || this.package(id).name !== name);
    return this.semantics.order(this, [...new Set([...reals, ...others, ...owners])], name);
  }

  /** Whose list of files has a path; read when a relation first names one. */
  #ownersOf(path: string): readonly Id[] {
    this.#owners ??= ownersOf(this.packages, this.setting.files);
    return this.#owners.get(path) ?? none;
  }

  /** @param asker the architecture of the package that asks; undefined for a conflict, which asks for all */
  #isNamed(capability: Capability, id: Id, asker: string | undefined): boolean {
    const item = this.package(id);
    return this.#fits(capability.arch, item, this.archOf(id), asker) && this.meets(item.version, capability.bound);
  }

  #provide(capability: Capability, asker: string | undefined): Id[] {
    return (this.#providers.get(capability.name) ?? [])
      .filter(({ id, capability: offer }) => {
        const arch = offer.arch ?? this.archOf(id);
        const qualified = offer.arch !== undefined && offer.arch === capability.arch;
        if (!qualified && !this.#fits(capability.arch, this.package(id), arch, asker)) return false;
        return this.semantics.meets(offer.bound, capability.bound, this.#compare);
      })
      .map(({ id }) => id);
  }

  /** The Multi-Arch rules: `:any` is met by `allowed` alone, `foreign` serves every architecture that is not named. */
  #fits(wanted: string | undefined, item: Package, arch: string, asker: string | undefined): boolean {
    if (wanted === 'any') return item.multiArch === 'allowed';
    if (wanted === 'native') return arch === this.arch;
    if (wanted !== undefined) return arch === wanted;
    return asker === undefined || this.semantics.crossesArchitectures || item.multiArch === 'foreign' || arch === this.#nativeIfAll(asker);
  }

  #nativeIfAll(arch: string): string {
    return arch === 'all' || arch === 'noarch' ? this.arch : arch;
  }
}

/** No condition that anybody wrote can be fulfilled in more ways. */
const mostSets = 10_000;

function ownersOf(packages: readonly Package[], further: Setting['files'] = new Map()): Map<string, Id[]> {
  const owners = new Map<string, Id[]>();
  packages.forEach(({ files = none, digest }, id) => {
    for (const path of [...files, ...((further.size > 0 && further.get(digest)) || none)]) owners.set(path, [...(owners.get(path) ?? none), id]);
  });
  return owners;
}

/** Sorts, and keeps one of those that are alike to the last byte. */
function settle(packages: readonly Package[], { arch, compareVersions, semantics = debian, sources = [] }: Setting): Package[] {
  const place = (source: string): number => (sources.includes(source) ? sources.indexOf(source) : sources.length);
  const native = (item: Package): number => (item.arch === arch ? 0 : item.arch === 'all' || item.arch === 'noarch' ? 1 : 2);
  const order = (a: Package, b: Package): number =>
    compare(a.name, b.name) ||
    semantics.rank(a) - semantics.rank(b) ||
    (semantics.crossesArchitectures ? Number(native(a) === 2) - Number(native(b) === 2) : 0) ||
    compareVersions(b.version, a.version) ||
    compare(b.version, a.version) ||
    native(a) - native(b) ||
    compare(a.arch, b.arch) ||
    place(a.source) - place(b.source) ||
    compare(a.source, b.source) ||
    compare(a.digest, b.digest);
  const sorted = packages.toSorted(order);
  const alike = (a: Package, b: Package): boolean => a.version === b.version && a.arch === b.arch && a.digest === b.digest;
  const kept: Package[] = [];
  let start = 0;
  for (const item of sorted) {
    if (kept.length > 0 && kept[start]!.name !== item.name) start = kept.length;
    if (!kept.slice(start).some((other) => alike(other, item))) kept.push(item);
  }
  return kept;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
