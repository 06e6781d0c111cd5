import { identify, type Package } from '../../repo/package/package.ts';
import type { Drawn, Manifest } from '../manifest/manifest.ts';
import type { Wanted } from '../manifest/wanted.ts';
import type { GroupMember } from '../manifest/offered.ts';
import type { Proof, Proven, Shipped } from '../solve/proof.ts';
import type { Because } from '../solve/resolution.ts';
import type { Setting } from '../solve/universe.ts';
import type { Lock, LockedBecause, LockedChoice, LockedExtension, LockedGroup, LockedPackage, LockedRoot, LockedSource } from './lock.ts';

/** A suite as it was read, less its packages. */
export interface ReadSuite {
  name: string;
  drawn: Drawn;
  signer: string;
  digest: string;
  release: { date: Date };
  indexes: readonly { path: string; size: number; digest: string }[];
}

/** What a lock is made of. */
export interface Answer {
  manifest: Manifest;
  suites: readonly ReadSuite[];
  proven: Proven;
  /** How versions of the target's packages are ordered. */
  compareVersions: Setting['compareVersions'];
  /** The version of Node.js that goes along. */
  runtime: string;
  /** What upstream says of the packages beside their own entries; Debian says nothing. */
  documents?: Pick<Lock, 'modules' | 'advisories'>;
}

/** Writes down an answer. Pure, and blind to the order of anything it is given. */
export function freeze({ manifest, suites, proven, compareVersions, runtime, documents = {} }: Answer): Lock {
  const sources = suites.map(lockSource).sort(by((source) => source.name));
  const closure = proven.closure.toSorted(by((shipped) => identify(shipped.package)));
  const places = new Map(closure.map((shipped, place) => [identify(shipped.package), place]));
  const bases = new Map(sources.map((source) => [source.name, source.url]));
  const { bundle, target, pg } = manifest;
  return {
    format: 1,
    bundle: bundle.name,
    version: bundle.version,
    created: sources.map((source) => source.date).sort().at(-1)!,
    target,
    pg: [...pg],
    recommends: bundle.recommends,
    runtime,
    manifest: manifest.digest,
    sources,
    roots: rootsOf(manifest, proven, places),
    extensions: extensionsOf(manifest, proven, compareVersions),
    groups: groupsOf(manifest, proven),
    missing: missingOf(manifest, proven),
    rivalries: proven.rivalries.map(({ root, rivals, sentences }) => ({ root, rivals: rivals.toSorted(), reasons: [...sentences] })).sort(by((each) => `${each.root} ${each.rivals.join(' ')}`)),
    rejected: rejectedOf(proven),
    choice: choiceOf(proven, places),
    baselines: proven.baselines.map(({ failing, ...rest }) => ({ ...rest, failing: failing.map(({ roots, sentences }) => ({ roots: [...roots], reasons: [...sentences] })) })).sort(by((baseline) => baseline.name)),
    ...documents,
    packages: closure.map((shipped) => lockPackage(shipped, bases, places)),
  };
}

function lockSource({ name, drawn, signer, digest, release, indexes }: ReadSuite): LockedSource {
  const { source, suite } = drawn;
  const base = source.archives[suite.archive]!.url.replace(/\/+$/, '');
  const url = suite.path === '' ? base : `${base}/${suite.path}`;
  return { name, archive: suite.archive, url, path: suite.path, suite: suite.suite, signer, keys: keysOf(suite).toSorted(), date: release.date.toISOString(), release: digest, indexes: indexes.map(({ path, size, digest: of }) => ({ path, size, digest: of })).sort(by((index) => index.path)) };
}

const keysOf = (suite: Drawn['suite']): readonly string[] => ('packageKeys' in suite && suite.packageKeys) || suite.keys;

function lockPackage({ package: item, base, older, because }: Shipped, bases: ReadonlyMap<string, string>, places: ReadonlyMap<string, number>): LockedPackage {
  const { name, version, arch, size, installed, digest, source, url, stanza } = item;
  return {
    name, version, arch, size, installed, digest, source,
    url: `${bases.get(source)}/${url}`,
    ...(base && { base }),
    ...(older && { older }),
    because: distinct(because.map((reason) => lockReason(reason, places)), JSON.stringify),
    stanza,
  };
}

function lockReason(reason: Because, places: ReadonlyMap<string, number>): LockedBecause {
  if (!('by' in reason)) return reason;
  return { kind: reason.kind, by: places.get(identify(reason.by))!, relation: reason.relation };
}

function rootsOf({ wanted }: Manifest, proven: Proven, places: ReadonlyMap<string, number>): LockedRoot[] {
  const proofs = new Map(proven.proofs.map((proof) => [proof.root, proof]));
  const conflicts = rivalsOf(proven);
  return wanted
    .filter((each) => proofs.has(each.package))
    .map((each) => lockRoot(each, proofs.get(each.package)!, conflicts.get(each.package) ?? [], proven, places))
    .sort(by((root) => root.package));
}

function lockRoot(wanted: Wanted, proof: Proof, conflicts: readonly string[], proven: Proven, places: ReadonlyMap<string, number>): LockedRoot {
  const { package: name, kind, name: of, pg } = wanted;
  const placesOf = (packages: readonly Package[]): number[] => packages.map((item) => places.get(identify(item))!).sort((a, b) => a - b);
  return {
    package: name,
    version: versionOf(proof, proven),
    kind,
    name: of,
    ...(pg !== undefined && { pg }),
    proof: placesOf(proof.choices.map((choice) => choice.package)),
    removes: placesOf(proof.removes),
    conflicts: [...conflicts],
  };
}

/** The root is among the choices of its proof, or in the base set; a virtual name has the version of what stands for it. */
function versionOf(proof: Proof, proven: Proven): string {
  const chosen = proof.choices.find((choice) => choice.package.name === proof.root) ?? proven.closure.find((shipped) => shipped.package.name === proof.root);
  return (chosen ?? proof.choices.find((choice) => choice.because.kind === 'root'))?.package.version ?? '';
}

/** Pairs only: where it takes several to rule a root out, each of them alone does not. */
function rivalsOf(proven: Proven): Map<string, string[]> {
  const pairs = proven.rivalries.filter(({ rivals }) => rivals.length === 1).flatMap(({ root, rivals: [rival] }) => [[root, rival!], [rival!, root]] as const);
  const conflicts = new Map<string, string[]>();
  for (const [root, rival] of pairs) conflicts.set(root, [...new Set([...(conflicts.get(root) ?? []), rival])].sort());
  return conflicts;
}

/** Only what can really be created: the package is in the bundle. */
function extensionsOf({ extensions }: Manifest, proven: Proven, compareVersions: Answer['compareVersions']): LockedExtension[] {
  const shipped = Map.groupBy(proven.closure.map((each) => each.package), (each) => each.name);
  const isMended = (carrier: string, mended: string): boolean => shipped.get(carrier)!.every(({ version }) => compareVersions(version, mended) >= 0);
  return extensions
    .filter((extension) => shipped.has(extension.package))
    .map(({ name, package: carrier, pg, about, preload, requires, caveat, mended }) => {
      const isBarred = caveat !== undefined && (mended === undefined || !isMended(carrier, mended));
      return { name, package: carrier, pg, description: about, preload: [...preload], requires: [...requires], ...(isBarred && { caveat }) };
    })
    .sort(by((extension) => `${extension.pg} ${extension.name}`));
}

/** What can be installed of each group: a root may be a virtual name, which no package of the closure has. */
function groupsOf({ groups }: Manifest, proven: Proven): LockedGroup[] {
  const shipped = new Set([...proven.closure.map((each) => each.package.name), ...proven.proofs.map((proof) => proof.root)]);
  const lacking = ({ name, packages }: GroupMember): string[] => (packages.some((each) => shipped.has(each)) ? packages.filter((each) => !shipped.has(each)) : [name]);
  return groups
    .map(({ name, pg, members }) => ({
      name,
      ...(pg !== undefined && { pg }),
      packages: [...new Set(members.flatMap((member) => member.packages))].filter((each) => shipped.has(each)).sort(),
      missing: [...new Set(members.flatMap(lacking))].sort(),
    }))
    .filter((group) => group.packages.length > 0)
    .sort(by((group) => `${group.name} ${group.pg ?? ''}`));
}

function missingOf({ wanted, absent }: Manifest, proven: Proven): Lock['missing'] {
  const unsatisfiable = new Map(proven.unsatisfiable.map((problem) => [problem.subject, problem.sentences]));
  return [
    ...absent.map(({ name, kind, pg, reason }) => ({ package: '', kind, name, ...(pg !== undefined && { pg }), reasons: [reason] })),
    ...wanted.filter((each) => unsatisfiable.has(each.package)).map(({ asked: _, ...each }) => Object.assign(each, { reasons: [...unsatisfiable.get(each.package)!] })),
  ].sort(by((each) => `${each.package} ${each.name} ${each.pg ?? ''}`));
}

function rejectedOf(proven: Proven): Lock['rejected'] {
  const rejections = proven.proofs.flatMap((proof) => proof.rejections.map(({ package: item, by: asker, relation, because }) => ({ package: identify(item), by: asker, relation, because })));
  return distinct(rejections, JSON.stringify).sort(by(JSON.stringify));
}

function choiceOf({ choice: { branches, barred } }: Proven, places: ReadonlyMap<string, number>): LockedChoice {
  const placeOf = (item: Package): number => places.get(identify(item))!;
  const locked = barred.map(({ by: asker, relation, taken, roots }) => ({ by: placeOf(asker), relation, taken: taken.map(placeOf), roots: roots.toSorted() }));
  return { branches, barred: distinct(locked, JSON.stringify).sort(by(JSON.stringify)) };
}

function distinct<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

/** By code units, the same in every locale. */
function by<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}
