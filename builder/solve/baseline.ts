import type { Package } from '../../repo/package/package.ts';
import type { Wish } from './agenda.ts';
import type { Closure } from './closure.ts';
import { Exclusion } from './exclusion.ts';
import { explain } from './explain.ts';
import { type Host, packagesTaken } from './host.ts';
import { type Baseline, copyOf, type Installed, installedOn } from './installed.ts';
import type { BaselineProof, Proof } from './proof.ts';
import { Search } from './search.ts';
import { wishOf } from './solve.ts';
import { type Id, type Universe, universeOf } from './universe.ts';

/**
 * Roots install on a host that is not minimal as well. There, what is installed stays, or is replaced by a newer version or by
 * what obsoletes it, from the bundle; nothing else goes, and nothing is set back to an older version. Where versions are only
 * assumed (installed.ts) the whole proof of a root is asked for at the versions of the bundle, or newer ones: then nothing
 * depends on what the installed versions may offer.
 */
export class Meeting {
  readonly #host: Host;
  readonly #proofs: readonly Proof[];
  readonly #baseline: Baseline;
  readonly #installed: Installed;

  constructor(host: Host, proofs: readonly Proof[], baseline: Baseline) {
    this.#host = host;
    this.#proofs = proofs;
    this.#baseline = baseline;
    this.#installed = installedOn(host, baseline);
  }

  /** Ships newer versions of what is installed, where a root takes their installed versions away from under them. */
  close(closure: Closure): void {
    const shipped = new Set(closure.packages);
    const upgrades = upgradesOf(this.#host.universe, this.#installed, shipped);
    if (upgrades.length === 0) return;
    // They come behind everything else, so that none is taken but in need.
    const late = new Map(upgrades.map((item) => [{ ...copyOf(item), repositoryPriority: 1000 }, item]));
    const { taken } = new Trial(this.#host, [...shipped], this.#installed, [...late.keys()]).tryAll(this.#proofs);
    for (const [copy, item] of late) if (taken.has(copy)) closure.enterFor(this.#baseline.name, item);
  }

  /** What stands in the way of roots that do not install from this bundle alone. */
  prove(bundle: readonly Package[]): BaselineProof {
    const { failing } = new Trial(this.#host, bundle, this.#installed, []).tryAll(this.#proofs);
    const { packages, assumed, unknown } = this.#installed;
    return { name: this.#baseline.name, packages: packages.length, assumed, unknown, failing };
  }
}

/** The newest versions of what is installed and not shipped, and what these need besides. */
function upgradesOf(universe: Universe, { packages }: Installed, shipped: ReadonlySet<Package>): Package[] {
  const there = new Set(packages);
  const names = new Set([...shipped].map((item) => item.name));
  const upgrades = new Set<Id>();
  for (const item of packages) {
    const newest = universe.named(item.name).find((id) => universe.archOf(id) === universe.arch);
    if (newest !== undefined && !names.has(item.name) && !there.has(universe.package(newest)) && universe.compareVersions(universe.package(newest).version, item.version) > 0) upgrades.add(newest);
  }
  for (const id of upgrades) {
    const { requires, arch } = universe.package(id);
    for (const relation of requires) {
      const wish = universe.satisfying(relation, arch);
      const isMet = wish.some((other) => upgrades.has(other) || shipped.has(universe.package(other)) || there.has(universe.package(other)));
      if (!isMet && wish.length > 0 && universe.conditions(relation, arch) === undefined) upgrades.add(wish[0]!);
    }
  }
  return [...upgrades].map((id) => universe.package(id));
}

interface Outcome {
  taken: ReadonlySet<Package>;
  failing: BaselineProof['failing'];
}

/** A host with something installed, to which a bundle and some more are offered. */
class Trial {
  readonly #universe: Universe;
  readonly #search: Search;
  readonly #installed: Installed;
  readonly #places: ReadonlyMap<Package, Id>;
  readonly #keeps: readonly Keep[];

  constructor({ universe }: Host, bundle: readonly Package[], installed: Installed, upgrades: readonly Package[]) {
    this.#universe = universeOf([...bundle, ...installed.packages, ...upgrades], universe.setting);
    this.#installed = installed;
    const exclusion = new Exclusion(this.#universe);
    this.#search = new Search({ universe: this.#universe, exclusion, recommends: 'exclude' });
    this.#places = new Map(this.#universe.packages.map((item, id) => [item, id]));
    this.#keeps = installed.packages.map((item) => this.#keep(item, exclusion, new Set(upgrades)));
  }

  /** As much as possible at once; what does not fit in, each alone. */
  tryAll(proofs: readonly Proof[]): Outcome {
    const search = this.#search;
    const taken = new Set<Package>();
    const take = (): void => packagesTaken(search).forEach((id) => taken.add(this.#universe.package(id)));
    const all = search.goal(this.#upgraded());
    const goals = new Map(proofs.map((proof) => [proof, search.goal(this.#asks(proof))]));
    const left = search.solve(all) ? proofs.filter((proof) => proof.removes.length > 0 || !search.join(goals.get(proof)!)) : proofs;
    if (left.length < proofs.length) take();
    const reasons = new Map<string, { roots: string[]; sentences: readonly string[] }>();
    for (const proof of left) {
      const goal = search.goal([...this.#asks(proof), ...this.#kept(proof)]);
      if (search.solve(goal)) take();
      else remember(reasons, proof.root, explain(search, goal));
    }
    return { taken, failing: [...reasons.values()] };
  }

  /** The root, and where versions are assumed all of its proof. */
  #asks({ root, choices }: Proof): Wish[] {
    const forced = this.#installed.assumed > 0 ? choices.map((choice) => this.#atLeast(choice.package)) : [];
    return [...forced, wishOf(this.#universe, { name: root })];
  }

  #atLeast(item: Package): Wish {
    const place = this.#places.get(item)!;
    const isOlder = (id: Id): boolean => this.#universe.compareVersions(this.#universe.package(id).version, item.version) < 0;
    const others = this.#universe.named(item.name).filter((id) => id !== place && this.#universe.archOf(id) === this.#universe.archOf(place));
    return [place, ...others.filter((id) => !isOlder(id))];
  }

  /** Everything at the version of the bundle, as far as that goes. */
  #upgraded(): Wish[] {
    const wishes = this.#keeps.map(({ place, shipped, others }) => [...shipped, place, ...others]);
    return [...wishes.filter((_, at) => this.#keeps[at]!.shipped.length > 0), ...wishes.filter((_, at) => this.#keeps[at]!.shipped.length === 0)];
  }

  /** Everything as it is, as far as that goes. */
  #kept({ removes }: Proof): Wish[] {
    const gone = new Set(removes.map((item) => item.name));
    return this.#keeps.filter(({ name }) => !gone.has(name)).map(({ place, shipped, others }) => [place, ...shipped, ...others]);
  }

  /** What can stand in the place of something installed; what is not shipped yet comes last. */
  #keep(item: Package, exclusion: Exclusion, late: ReadonlySet<Package>): Keep {
    const place = this.#places.get(item)!;
    const isLate = (id: Id): boolean => late.has(this.#universe.package(id));
    const newer = this.#atLeast(item).slice(1);
    const obsoleting = exclusion.of(place).filter((id) => (this.#universe.package(id).obsoletes ?? none).some((capability) => this.#universe.bearing(capability).includes(place)));
    const others = [...obsoleting.filter((id) => !isLate(id)), ...newer.filter(isLate), ...obsoleting.filter(isLate)];
    return { name: item.name, place, shipped: newer.filter((id) => !isLate(id)), others };
  }
}

interface Keep {
  name: string;
  place: Id;
  /** Newer versions of the same name in the bundle. */
  shipped: readonly Id[];
  others: readonly Id[];
}

const none: readonly never[] = [];

function remember(reasons: Map<string, { roots: string[]; sentences: readonly string[] }>, root: string, sentences: readonly string[]): void {
  const known = reasons.get(sentences.join('\n')) ?? { roots: [], sentences };
  known.roots.push(root);
  reasons.set(sentences.join('\n'), known);
}
