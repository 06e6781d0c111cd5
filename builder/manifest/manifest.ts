import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { writeDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Target } from '../../repo/package/target.ts';
import { baselinesOn, type Met } from './baseline.ts';
import { madeFor, type Bundle } from './bundle.ts';
import { releaseFor, type Catalog } from './catalog.ts';
import { Draft, type AskedMember } from './draft.ts';
import { expand, type Member } from './expand.ts';
import type { Creation } from './extension.ts';
import { groupsOn, type OfferedGroup } from './offered.ts';
import { placesFor, type AnyPlace, type Source, type SuitePlace } from './source.ts';
import { isSet, type AskedSet } from './set.ts';
import type { Absent, Wanted } from './wanted.ts';

/** One suite or repository to be read. */
export interface Drawn {
  source: Source;
  suite: AnyPlace;
}

/** A suite of a Debian archive to be read. */
export interface DrawnSuite extends Drawn {
  suite: SuitePlace;
}

/** A bundle for one target: everything that was asked for, spelled out. */
export interface Manifest {
  bundle: Bundle;
  target: Target;
  pg: readonly string[];
  suites: readonly Drawn[];
  wanted: readonly Wanted[];
  /** What else is wanted, by names that only the repositories can spell out. */
  sets: readonly AskedSet[];
  extensions: readonly (Creation & { package: string; pg: string })[];
  absent: readonly Absent[];
  /** The names for several things at once, with all that they stand for on the target; the lock keeps what is shipped of them. */
  groups: readonly OfferedGroup[];
  /** Kinds of hosts that the bundle is held against. */
  baselines: readonly Met[];
  /** Over everything above, so that a lock tells whether it is still the answer to this question. */
  digest: Digest;
}

/** Spells out what a bundle asks for on a target, for all its PostgreSQL majors or some of them. @throws Fault usage or invalid */
export function manifestOf(bundle: Bundle, catalog: Catalog, target: Target, only: readonly string[] = []): Manifest {
  const pg = majorsOf(bundle, catalog, target, only);
  const suites = suitesOf(bundle, catalog, target, pg);
  const draft = new Draft(bundle, catalog, target, pg);
  for (const member of membersOf(bundle, catalog)) draft.want(member);
  const packages = packagesOf(bundle, target);
  for (const { name, asked } of packages.filter((each) => !isSet(each.name))) draft.add({ package: name, kind: 'package', name, asked });
  const sets = packages.filter((each) => isSet(each.name));
  const manifest = { bundle, target, pg, suites, wanted: draft.wanted, sets, extensions: draft.extensions, absent: draft.absent, groups: groupsOn(target, pg, bundle, catalog), baselines: baselinesOf(bundle, catalog, target, suites) };
  return { ...manifest, digest: digestOf(writeDocument(manifest)) };
}

function majorsOf(bundle: Bundle, catalog: Catalog, target: Target, only: readonly string[]): string[] {
  const made = madeFor(bundle, catalog);
  const majors = made.get(target.code);
  if (!majors) {
    throw new Fault('usage', `the bundle "${bundle.name}" is not made for ${target.code}`, { hint: `its targets are ${[...made.keys()].join(', ')}` });
  }
  const strange = only.filter((major) => !majors.includes(major));
  if (strange.length > 0) {
    throw new Fault('usage', `the bundle "${bundle.name}" has no PostgreSQL ${strange.join(', ')} for ${target.code}`, { hint: `there it has ${majors.join(', ')}` });
  }
  return (only.length > 0 ? [...new Set(only)] : [...majors]).toSorted();
}

function suitesOf(bundle: Bundle, catalog: Catalog, target: Target, pg: readonly string[]): Drawn[] {
  const release = releaseFor(catalog, target);
  const suites = bundle.sources.flatMap((name) => placesFor(catalog.sources[name]!, target, release, pg).map((suite) => ({ source: catalog.sources[name]!, suite })));
  if (suites.length === 0) throw new Fault('invalid', `no source of the bundle "${bundle.name}" has packages for ${target.code}`);
  const disabled = [...new Set(suites.map(({ source }) => source))].filter((source) => source.disabled !== undefined);
  if (disabled.length > 0) {
    throw new Fault('untrusted', `${disabled.map((source) => source.name).join(', ')} cannot be used`, { details: disabled.map((source) => `${source.name}: ${source.disabled}`), hint: 'take it out of the sources of the bundle, or pin the key in a manifest of your own' });
  }
  return suites;
}

/** A baseline that is made of suites which the bundle does not draw would be of nothing. */
function baselinesOf({ baselines }: Bundle, catalog: Catalog, target: Target, suites: readonly Drawn[]): Met[] {
  const drawn = new Set(suites.map(({ source, suite }) => `${source.name}/${suite.suite}`));
  return baselinesOn(target, catalog.baselines, baselines).filter((met) => !('suites' in met) || met.suites.some((suite) => drawn.has(suite)));
}

function membersOf(bundle: Bundle, catalog: Catalog): AskedMember[] {
  const listed = <K extends 'components' | 'categories'>(key: K, kind: Member['kind']): AskedMember[] => bundle[key].map((name, index) => ({ kind, name, asked: [key, index], byName: true }));
  const modules = bundle.modules.flatMap((module, index) => catalog.modules[module]!.map((name) => ({ kind: 'component' as const, name, asked: ['modules', index], byName: false })));
  const groups = bundle.groups.flatMap((group, index) => expand(group, catalog).map((member) => Object.assign({ asked: ['groups', index], byName: false }, member)));
  const extensions = bundle.extensions === 'all'
    ? Object.keys(catalog.categories).map((name) => ({ kind: 'category' as const, name, asked: ['extensions'], byName: false }))
    : bundle.extensions.map((name, index) => ({ kind: 'extension' as const, name, asked: ['extensions', index], byName: true }));
  return [...modules, ...listed('components', 'component'), ...groups, ...listed('categories', 'category'), ...extensions];
}

function packagesOf({ packages, exclude }: Bundle, target: Target): AskedSet[] {
  const [names, path] = Array.isArray(packages) ? [packages, ['packages']] : [packages[target.format], ['packages', target.format]];
  return names.map((name, index) => ({ name, asked: [...path, index] })).filter(({ name }) => !exclude.includes(name));
}
