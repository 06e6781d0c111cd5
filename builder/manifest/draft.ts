import type { Target } from '../../repo/package/target.ts';
import type { Bundle } from './bundle.ts';
import { groupOf, type Catalog } from './catalog.ts';
import { isPerMajor, suppliesOf, type Component, type Supply } from './component.ts';
import type { Member } from './expand.ts';
import { availabilityOf, carriersOf, creations, isGrouped, type Creation } from './extension.ts';
import type { Absent, Asked, Wanted } from './wanted.ts';

export interface AskedMember extends Member {
  asked: Asked;
  /** Whether it was asked for by its own name, so that its absence is worth a word. */
  byName: boolean;
}

/** A manifest as it comes together. */
export class Draft {
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
    if (!this.#packages.has(root.package)) this.#ask(root);
  }

  #ask(root: Wanted): void {
    if (this.#bundle.exclude.includes(root.package)) return;
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

  /** An installer asks for components by name, so each has all its packages, though another has some of them too. */
  #supply({ packages }: Supply, of: Omit<Wanted, 'package'>, component: Component, pg: string): void {
    for (const each of packages) {
      if (this.#once(`${of.name} ${each}`)) this.#ask({ package: each, ...of, ...(isPerMajor(component, this.#target) && { pg }) });
    }
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

/** Whether a component is there for a major; a kernel may be of no major of PostgreSQL at all, and then it is there for any. */
const isOf = ({ kernel }: Component, pg: string): boolean => !kernel || kernel.pg.length === 0 || kernel.pg.includes(pg);
