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
  const byDefault = defaultsOf(defaults);
  const world: World = { builds: buildsOf(fitting, byDefault), steps: 0 };
  const ground: Chosen = new Map([['platform', { module: 'platform', stream: platform, variant: '' }]]);
  const wishes = asked.map((title): Wish => ({ ...partsOf(title), by: 'the bundle' }));
  const troubles: string[] = [];
  if (!choose(wishes, ground, world, troubles)) throw new Fault('unsatisfiable', `the streams ${asked.join(', ')} cannot be had together`, { details: [...new Set(troubles)], hint: 'of a module one stream can be on' });
  for (const [module, stream] of [...byDefault].sort()) {
    const wish = { module, streams: [stream], by: 'default' };
    if (choose([...wishes, wish], ground, world, [])) wishes.push(wish);
  }
  const chosen = choose(wishes, ground, world, [])!;
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
  /** Of each module the newest build of each stream and variant, the one to be tried first at the beginning. */
  builds: ReadonlyMap<string, readonly Stream[]>;
  /** How much was tried. */
  steps: number;
}

/** More than the modules of any distribution take, few enough for the wink of an eye. */
const mostSteps = 200_000;

type Build = Pick<Stream, 'module' | 'stream' | 'variant'>;
type Chosen = ReadonlyMap<string, Build>;

/** One build for each wish, and for the wishes of those. Undefined when there is no such choice; `troubles` then tells why. */
function choose(wishes: readonly Wish[], chosen: Chosen, world: World, troubles: string[]): Chosen | undefined {
  const [wish, ...rest] = wishes;
  if (wish === undefined) return chosen;
  if (++world.steps > mostSteps) throw new Fault('unsatisfiable', 'the streams of the repositories need each other in more ways than can be tried');
  const there = chosen.get(wish.module);
  if (there && fits(wish, there)) return choose(rest, chosen, world, troubles);
  const builds = there ? [] : (world.builds.get(wish.module) ?? []).filter((build) => fits(wish, build));
  for (const build of builds) {
    const found = choose([...needsOf(build), ...rest], new Map(chosen).set(build.module, build), world, troubles);
    if (found) return found;
  }
  if (builds.length === 0) troubles.push(`${wish.by} ${there ? clashOf(wish, there) : `needs ${spell(wish)}; ${offersOf(wish.module, world)}`}`);
  return undefined;
}

const needsOf = (build: Stream): Wish[] => build.requires.map(([module, streams]) => ({ module, streams, by: titleOf(build) }));

const clashOf = (wish: Wish, there: Build): string => (wish.module === 'platform' ? `is made for ${wish.streams.join(', ')}, not for ${there.stream}` : `needs ${spell(wish)}, beside ${titleOf(there)}`);

function fits({ streams }: Wish, { stream }: Build): boolean {
  const named = streams.filter((each) => !each.startsWith('-'));
  return !streams.includes(`-${stream}`) && (named.length === 0 || named.includes(stream));
}

const spell = ({ module, streams }: Wish): string => (streams.length === 0 ? module : streams.map((stream) => titleOf({ module, stream })).join(' or '));

function offersOf(module: string, world: World): string {
  const there = [...new Set((world.builds.get(module) ?? []).map(titleOf))];
  return there.length > 0 ? `there are ${there.join(', ')}` : `no repository has a module ${module}`;
}

/** A module for which repositories name different streams has none on by default (libmodulemd). */
function defaultsOf(defaults: Modules['defaults']): Map<string, string> {
  const named = Map.groupBy(defaults.filter((each) => each.stream !== undefined), (each) => each.module);
  return new Map([...named].filter(([, each]) => new Set(each.map(({ stream }) => stream)).size === 1).map(([module, [first]]) => [module, first!.stream!]));
}

/** The default stream first, then by name, as libsolv orders what it knows no preference among; the newest build of each variant. */
function buildsOf(streams: readonly Stream[], byDefault: ReadonlyMap<string, string>): Map<string, Stream[]> {
  const rank = (each: Stream): number => Number(byDefault.get(each.module) !== each.stream);
  const sorted = streams.toSorted((a, b) => compare(a.module, b.module) || rank(a) - rank(b) || compare(a.stream, b.stream) || compare(a.variant, b.variant) || compareParts(b.version, a.version) || compare(a.text, b.text));
  const builds = new Map<string, Stream[]>();
  for (const each of sorted) {
    const others = builds.get(each.module) ?? [];
    if (!others.some((other) => isSame(other, each) && platformOf(other) === platformOf(each))) builds.set(each.module, [...others, each]);
  }
  return builds;
}

const platformOf = ({ requires }: Stream): string => requires.flatMap(([name, streams]) => (name === 'platform' ? streams : [])).join();

const isSame = (a: Build | undefined, b: Build): boolean => a !== undefined && a.module === b.module && a.stream === b.stream && a.variant === b.variant;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function partsOf(title: string): Pick<Wish, 'module' | 'streams'> {
  const [module, stream] = title.split(':') as [string, string?];
  return { module, streams: stream === undefined ? [] : [stream] };
}
