import { Fault } from '../core/fault.ts';
import type { Package } from '../package/package.ts';
import { type Modules, type Stream, titleOf } from './modules.ts';
import { compareParts } from './version.ts';

/** Which streams are wanted: `postgresql:16`. */
export interface Asked {
  streams: readonly string[];
  /** `el9`, the one stream of the module that stands for the release. */
  platform: string;
  arch: string;
}

/**
 * The streams that are on: those that are asked for, each module's default as far as it stands beside them, and the streams that
 * these need. A module has one stream on, and of that one variant (dnf, modularity). All builds of it are given.
 * @throws Fault unsatisfiable when what is asked for does not stand together, or does not exist
 */
export function activeStreams({ streams, defaults }: Modules, { streams: asked, platform, arch }: Asked): Stream[] {
  const fitting = streams.filter((each) => each.arch === arch || each.arch === '');
  const byDefault = new Map(defaults.flatMap(({ module, stream }) => (stream === undefined ? [] : [[module, stream] as const])));
  const world: World = { builds: buildsOf(fitting, byDefault), platform };
  const wishes = asked.map((title): Wish => ({ ...partsOf(title), by: 'the bundle' }));
  const troubles: string[] = [];
  if (!choose(wishes, new Map(), world, troubles)) throw new Fault('unsatisfiable', `the streams ${asked.join(', ')} cannot be had together`, { details: [...new Set(troubles)], hint: 'of a module one stream can be on' });
  for (const [module, stream] of [...byDefault].sort()) {
    const wish = { module, streams: [stream], by: 'default' };
    if (choose([...wishes, wish], new Map(), world, [])) wishes.push(wish);
  }
  const chosen = choose(wishes, new Map(), world, [])!;
  return fitting.filter((each) => isSame(chosen.get(each.module), each));
}

/**
 * What dnf sees of packages that do not stand above modules: nothing of a stream that is off; and beside a stream that is on
 * nothing that bears or offers the name of one of its packages (libdnf, dnf_sack_filter_modules).
 */
export function seenThrough(active: readonly Stream[], { streams }: Modules, packages: readonly Package[]): Package[] {
  const on = new Set(active.flatMap((each) => each.artifacts));
  const known = new Set(streams.flatMap((each) => each.artifacts));
  const names = new Set(active.flatMap(({ artifacts, demodularized }) => artifacts.filter((each) => !each.endsWith('.src')).map(nameOf).filter((name) => !demodularized.includes(name))));
  return packages.filter((item) => {
    const artifact = artifactOf(item);
    if (known.has(artifact)) return on.has(artifact);
    return !names.has(item.name) && (names.size === 0 || !item.provides.some((offer) => names.has(offer.name)));
  });
}

/** The newest build of a stream: `postgresql:16`. */
export function newestOf(streams: readonly Stream[], title: string): Stream {
  return streams.filter((each) => titleOf(each) === title).toSorted((a, b) => compareParts(b.version, a.version))[0]!;
}

/** `name-epoch:version-release.arch`, the epoch always there. */
export const artifactOf = ({ name, version, arch }: Pick<Package, 'name' | 'version' | 'arch'>): string => `${name}-${version.includes(':') ? version : `0:${version}`}.${arch}`;

const nameOf = (artifact: string): string => artifact.replace(/-[^-]*-[^-]*$/, '');

/** That a module have one of some streams; of any, when none is named. */
interface Wish {
  module: string;
  streams: readonly string[];
  by: string;
}

interface World {
  /** The newest build of each stream and variant of a module, the one to be tried first at the beginning. */
  builds: ReadonlyMap<string, readonly Stream[]>;
  platform: string;
}

type Chosen = ReadonlyMap<string, Stream>;

/** One build for each wish, and for the wishes of those. Undefined when there is no such choice; `troubles` then tells why. */
function choose(wishes: readonly Wish[], chosen: Chosen, world: World, troubles: string[]): Chosen | undefined {
  const [wish, ...rest] = wishes;
  if (wish === undefined) return chosen;
  if (wish.module === 'platform') {
    if (fits(wish, world.platform)) return choose(rest, chosen, world, troubles);
    troubles.push(`${wish.by} is made for ${wish.streams.join(', ')}, not for ${world.platform}`);
    return undefined;
  }
  const there = chosen.get(wish.module);
  if (there && fits(wish, there.stream)) return choose(rest, chosen, world, troubles);
  const builds = (world.builds.get(wish.module) ?? []).filter((each) => fits(wish, each.stream));
  if (there) troubles.push(`${wish.by} needs ${spell(wish)}, beside ${titleOf(there)}`);
  else if (builds.length === 0) troubles.push(`${wish.by} needs ${spell(wish)}; ${offersOf(wish.module, world)}`);
  else {
    for (const build of builds) {
      const needs = build.requires.map(([module, streams]): Wish => ({ module, streams, by: titleOf(build) }));
      const found = choose([...needs, ...rest], new Map(chosen).set(build.module, build), world, troubles);
      if (found) return found;
    }
  }
  return undefined;
}

function fits({ streams }: Wish, stream: string): boolean {
  const named = streams.filter((each) => !each.startsWith('-'));
  return !streams.includes(`-${stream}`) && (named.length === 0 || named.includes(stream));
}

const spell = ({ module, streams }: Wish): string => (streams.length === 0 ? module : streams.map((stream) => titleOf({ module, stream })).join(' or '));

function offersOf(module: string, { builds }: World): string {
  const there = [...new Set((builds.get(module) ?? []).map(titleOf))];
  return there.length > 0 ? `there are ${there.join(', ')}` : `no repository has a module ${module}`;
}

/** The default stream first, then by name, as libsolv orders what it knows no preference among; the newest build of each variant. */
function buildsOf(streams: readonly Stream[], byDefault: ReadonlyMap<string, string>): Map<string, Stream[]> {
  const rank = (each: Stream): number => Number(byDefault.get(each.module) !== each.stream);
  const sorted = streams.toSorted((a, b) => compare(a.module, b.module) || rank(a) - rank(b) || compare(a.stream, b.stream) || compare(a.variant, b.variant) || compareParts(b.version, a.version) || compare(a.text, b.text));
  const builds = new Map<string, Stream[]>();
  for (const each of sorted) {
    const others = builds.get(each.module) ?? [];
    if (!others.some((other) => isSame(other, each))) builds.set(each.module, [...others, each]);
  }
  return builds;
}

const isSame = (a: Stream | undefined, b: Stream): boolean => a !== undefined && a.module === b.module && a.stream === b.stream && a.variant === b.variant;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function partsOf(title: string): Pick<Wish, 'module' | 'streams'> {
  const [module, stream] = title.split(':') as [string, string?];
  return { module, streams: stream === undefined ? [] : [stream] };
}
