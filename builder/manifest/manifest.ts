import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { writeDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Target } from '../../repo/package/target.ts';
import { baselinesOn, type Met } from './baseline.ts';
import { madeFor, type Bundle } from './bundle.ts';
import { groupOf, releaseFor, type Catalog } from './catalog.ts';
import { isPerMajor, suppliesOf, type Component, type Supply } from './component.ts';
import { expand, type Member } from './expand.ts';
import { availabilityOf, carriersOf, creations, isGrouped, type Creation } from './extension.ts';
import { groupsOn, type OfferedGroup } from './offered.ts';
import { placesFor, type AnyPlace, type Source, type SuitePlace } from './source.ts';

/** Where in the manifest of the bundle something is asked for: `['extensions', 3]`. */
export type Asked = readonly (string | number)[];

/** A package that the bundle is made for. */
export interface Wanted {
  package: string;
  kind: 'server' | 'kernel' | 'component' | 'extension' | 'package';
  /** The component or extension in the manifests, or the package itself. */
  name: string;
  pg?: string;
  asked: Asked;
}

/** Something wanted that no package is known for; the bundle says what to make of it. */
export interface Absent {
  name: string;
  kind: Wanted['kind'];
  pg?: string;
  reason: string;
  asked: Asked;
}

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
  for (const [index, name] of packagesOf(bundle, target).entries()) draft.add({ package: name, kind: 'package', name, asked: ['packages', index] });
  const manifest = { bundle, target, pg, suites, wanted: draft.wanted, extensions: draft.extensions, absent: draft.absent, groups: groupsOn(target, pg, bundle, catalog), baselines: baselinesOf(bundle, catalog, target, suites) };
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

interface AskedMember extends Member {
  asked: Asked;
  /** Whether it was asked for by its own name, so that its absence is worth a word. */
  byName: boolean;
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

function packagesOf({ packages, exclude }: Bundle, target: Target): string[] {
  const names = Array.isArray(packages) ? packages : packages[target.format];
  return names.filter((name) => !exclude.includes(name));
}

/** Whether a component is there for a major; a kernel may be of no major of PostgreSQL at all, and then it is there for any. */
const isOf = ({ kernel }: Component, pg: string): boolean => !kernel || kernel.pg.length === 0 || kernel.pg.includes(pg);

/** A manifest as it comes together. */
class Draft {
  readonly wanted: Wanted[] = [];
  readonly absent: Absent[] = [];
  readonly extensions: (Creation & { package: string; pg: string })[] = [];
  readonly #bundle: Bundle;
  readonly #catalog: Catalog;
  readonly #target: Target;
  readonly #pg: readonly string[];
  readonly #sources: ReadonlySet<string>;
  readonly #packages = new Set<string>();
  readonly #done = new Set<string>();

  constructor(bundle: Bundle, catalog: Catalog, target: Target, pg: readonly string[]) {
    this.#bundle = bundle;
    this.#catalog = catalog;
    this.#target = target;
    this.#pg = pg;
    this.#sources = new Set(bundle.sources.map((name) => catalog.sources[name]!.name));
  }

  want(member: AskedMember): void {
    const majors = this.#pg.filter((pg) => member.pg === undefined || member.pg === pg);
    switch (member.kind) {
      case 'component':
        return this.#component(member, majors);
      case 'extension':
        return majors.forEach((pg) => this.#extension(member, pg));
      case 'category':
        return majors.forEach((pg) => this.#category(member, pg));
    }
  }

  /** A package is wanted once, for the first reason: the additional modules come with the server, which is a root already. */
  add(root: Wanted): void {
    if (this.#packages.has(root.package) || this.#bundle.exclude.includes(root.package)) return;
    this.#packages.add(root.package);
    this.wanted.push(root);
  }

  #component({ name, asked, byName }: AskedMember, majors: readonly string[]): void {
    const component = this.#catalog.components[name]!;
    if (this.#bundle.exclude.includes(name)) return;
    const speaks = majors.filter((major) => isOf(component, major));
    if (byName && speaks.length === 0) this.absent.push({ name, kind: component.kind, reason: `it is a kernel of PostgreSQL ${component.kernel?.pg.join(', ')}`, asked });
    for (const pg of speaks) {
      const supplies = suppliesOf(component, this.#target, pg);
      const supply = supplies.find((each) => this.#sources.has(each.source));
      if (supply) this.#supply(supply, { kind: component.kind, name, asked }, component, pg);
      // What a module has for other platforms alone is not missed here.
      else if (byName || supplies.length > 0) this.#lack({ name, kind: component.kind, asked, ...(isPerMajor(component, this.#target) && { pg }) }, supplies);
    }
  }

  #lack(of: Omit<Absent, 'reason'>, supplies: readonly Supply[]): void {
    if (this.#once(`component ${of.name} ${of.pg ?? ''}`)) this.absent.push({ ...of, reason: this.#unknown(supplies.map((each) => each.source), of.pg) });
  }

  #supply({ packages }: Supply, of: Omit<Wanted, 'package'>, component: Component, pg: string): void {
    for (const each of packages) this.add({ package: each, ...of, ...(isPerMajor(component, this.#target) && { pg }) });
  }

  #category({ name, asked }: AskedMember, pg: string): void {
    for (const each of this.#catalog.categories[name]!) {
      const extension = this.#catalog.extensions[each]!;
      const whole = asked[0] === 'extensions' || asked[0] === 'categories';
      if (whole || isGrouped(extension, this.#target)) this.#extension({ kind: 'extension', name: each, asked, byName: false }, pg);
    }
  }

  #extension({ name: asked, asked: at, byName }: AskedMember, pg: string): void {
    const name = groupOf(this.#catalog, asked)!;
    const extension = this.#catalog.extensions[name]!;
    const { exclude } = this.#bundle;
    if (exclude.includes(name) || exclude.includes(asked) || !this.#once(`${name} ${pg}`)) return;
    const carrier = carriersOf(extension, this.#target, pg).find((each) => this.#sources.has(each.source));
    if (!carrier) {
      const availability = availabilityOf(extension, this.#target, pg);
      if (byName || availability === 'missing') this.absent.push({ name, kind: 'extension', pg, reason: this.#unknown(availability === 'available' ? extension.published.map((row) => row.from) : [], pg), asked: at });
      return;
    }
    for (const each of [carrier.package, ...carrier.extras]) this.add({ package: each, kind: 'extension', name, pg, asked: at });
    this.extensions.push(...creations(name, extension, this.#target, pg).map((creation) => Object.assign(creation, { package: carrier.package, pg })));
  }

  #unknown(elsewhere: readonly string[] = [], pg?: string): string {
    const where = `on ${this.#target.code}${pg === undefined ? '' : ` for PostgreSQL ${pg}`}`;
    const others = [...new Set(elsewhere)].filter((source) => !this.#sources.has(source));
    return others.length > 0 ? `no source of the bundle has it ${where}; ${others.join(', ')} ${others.length === 1 ? 'does' : 'do'}` : `no package is known for it ${where}`;
  }

  #once(key: string): boolean {
    return this.#done.size !== this.#done.add(key).size;
  }
}
