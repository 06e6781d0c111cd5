import { Fault } from '../repo/core/fault.ts';
import { nearest } from '../repo/core/nearest.ts';
import type { Progress } from '../repo/core/progress.ts';
import type { Group } from '../repo/rpm/comps.ts';
import type { Modules, Stream } from '../repo/rpm/modules.ts';
import { newestOf } from '../repo/rpm/streams.ts';
import type { GivenBundle } from './manifest/given.ts';
import type { Manifest } from './manifest/manifest.ts';
import { type AskedSet, readSet } from './manifest/set.ts';
import type { Wanted } from './manifest/wanted.ts';
import { drawGroups } from './source/further.ts';
import { throughModules } from './source/modules.ts';
import type { Suite, Upstream } from './source/upstream.ts';

/** A manifest whose sets are spelled out, and the suites as they are seen with its streams turned on. */
export interface SpelledOut {
  manifest: Manifest;
  suites: readonly Suite[];
  /** The streams that are on. */
  streams: readonly Stream[];
}

/** Turns on the streams that a bundle asks for, and spells out its streams and groups. @throws Fault naming the line that asks for what cannot be had */
export async function spellOut(manifest: Manifest, suites: readonly Suite[], given: GivenBundle, upstream: Upstream, progress: Progress): Promise<SpelledOut> {
  const { sets, wanted, bundle } = manifest;
  const read = sets.map((set) => ({ ...readSet(set.name), set }));
  const seen = turnOn(manifest, suites, given);
  const groups = read.some((each) => each.kind === 'group') ? await drawGroups(seen.suites, upstream, progress) : { suites: seen.suites, found: [] };
  const offered = new Set(seen.suites.flatMap((suite) => suite.packages.map((item) => item.name)));
  const taken = new Set(wanted.map((each) => each.package));
  const more = read.flatMap((each): Wanted[] => {
    const line = given.where(each.set.asked);
    const names = each.kind === 'stream' ? expectAll(profileOf(each, seen, line), offered, each.set, line) : groupOf(each.group, groups.found, line).filter((name) => offered.has(name) || warn(name, each.set, line, progress));
    return names.map((name) => ({ package: name, kind: 'package', ...each.set }));
  });
  const fresh = more.filter((each) => !bundle.exclude.includes(each.package) && !taken.has(each.package) && taken.add(each.package));
  return { manifest: { ...manifest, wanted: [...wanted, ...fresh] }, suites: groups.suites, streams: seen.streams };
}

function turnOn({ sets, target }: Manifest, suites: readonly Suite[], { where }: GivenBundle): ReturnType<typeof throughModules> {
  const asked = sets.flatMap((set) => {
    const read = readSet(set.name);
    return read.kind === 'stream' ? [{ ...set, stream: read.stream }] : [];
  });
  try {
    return throughModules(suites, target, [...new Set(asked.map((each) => each.stream))]);
  } catch (error) {
    if (!(error instanceof Fault) || asked.length === 0) throw error;
    throw new Fault(error.code, error.message, { details: [...asked.map((each) => `${where(each.asked)} asks for ${each.name}`), ...error.details], ...(error.hint !== undefined && { hint: error.hint }), cause: error });
  }
}

/** The profile that is asked for; else what the repositories have as default, else the one by that name. */
function profileOf({ stream: title, profile, set }: { stream: string; profile?: string; set: AskedSet }, { streams, modules }: { streams: readonly Stream[]; modules: Modules }, line: string): readonly string[] {
  const stream = newestOf(streams, title);
  const byDefault = modules.defaults.filter((each) => each.module === stream.module).flatMap((each) => each.profiles.get(stream.stream) ?? []);
  const names = profile !== undefined ? [profile] : byDefault.length > 0 ? byDefault : ['default'];
  const lacking = names.filter((name) => !stream.profiles.has(name));
  if (lacking.length > 0) {
    const known = [...stream.profiles.keys()].sort();
    throw new Fault('unsatisfiable', `${line}  ${set.name}: ${title} has no profile ${profile === undefined ? 'that is taken by default' : `"${profile}"`}`, { hint: known.length > 0 ? `@${title}/${profile === undefined ? known[0] : (nearest(profile, known) ?? known[0])}; it has ${known.join(', ')}` : 'name its packages one by one' });
  }
  return [...new Set(names.flatMap((name) => stream.profiles.get(name)!))];
}

/** What a stream has stands in the repository that tells of it; it can only have been left out. */
function expectAll(names: readonly string[], offered: ReadonlySet<string>, { name: set }: AskedSet, line: string): readonly string[] {
  const lacking = names.filter((name) => !offered.has(name));
  if (lacking.length === 0) return names;
  throw new Fault('unsatisfiable', `${line}  ${set} stands for ${lacking.join(', ')}, which the sources of the bundle leave out`, { hint: '`without` and `only` in the manifest of a source say what is taken from it; a bundle may bring a manifest of its own' });
}

/** Repositories may each have a part of a group. */
function groupOf(name: string, groups: readonly Group[], line: string): readonly string[] {
  const found = groups.filter((each) => each.id === name || each.name === name);
  const packages = [...new Set(found.flatMap((each) => each.packages))];
  if (packages.length > 0) return packages;
  if (found.length > 0) throw new Fault('unsatisfiable', `${line}  nothing belongs to the group "${name}" always or by default`, { hint: 'name those of its packages that are wanted one by one' });
  const near = nearest(name, new Set(groups.flatMap((each) => [each.id, each.name])));
  throw new Fault('unsatisfiable', `${line}  no repository has a group "${name}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `a stream of a module is asked for with its number: @${name}:STREAM` });
}

/** As dnf does: a group may name what its repositories do not have. */
function warn(name: string, set: AskedSet, line: string, progress: Progress): false {
  progress.warn(`${line}  ${set.name} names ${name}, which no source of the bundle has`);
  return false;
}
