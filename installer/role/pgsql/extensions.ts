import type { BundleExtension, Descriptor } from '../../../repo/bundle/descriptor.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { nearest } from '../../../repo/core/nearest.ts';
import type { PgExtension } from '../../inventory/access.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { extensionNamed, namesWithin, packageNamed } from '../../inventory/named.ts';
import { instanceOf } from '../instance.ts';
import { sourceOf } from './upstream.ts';

/** What the extensions of an instance ask of its host and of its server. */
export interface Extensions {
  packages: readonly string[];
  /** shared_preload_libraries, in their order. */
  libraries: readonly string[];
}

/**
 * The packages and libraries behind `pg_packages`, `pg_extensions`, `pg_default_extensions`, `pg_libs` and the extensions of all databases.
 * @throws Fault invalid when the bundle has no such extension
 */
export function extensionsOf(host: Host, inventory: Inventory): Extensions {
  const offer = new Offer(inventory, instanceOf(host).version);
  const created = createdIn(sourceOf(host, inventory)).flatMap((name) => offer.withNeeds(name));
  const listed = librariesOf(host.vars.pg_libs);
  const packages = [...created.map((each) => each.package), ...offer.packagesFor(host, 'pg_packages', packageNamed), ...offer.packagesFor(host, 'pg_extensions', extensionNamed), ...listed.flatMap((library) => offer.carrierOf(library))];
  offer.refuseUnknown();
  return { packages: sorted(packages), libraries: inOrder([...listed, ...created.flatMap((each) => each.preload)]) };
}

/** The libraries without which some extensions cannot be created. */
export function preloadsOf(names: readonly string[], host: Host, inventory: Inventory): string[] {
  const offer = new Offer(inventory, instanceOf(host).version);
  return [...new Set(names.flatMap((name) => offer.withNeeds(name)).flatMap(({ preload }) => preload))];
}

/** Every extension that some database of the instance gets, by name. */
function createdIn({ vars }: Host): string[] {
  const wanted = (extensions: readonly PgExtension[]): string[] => extensions.filter((each) => each.state !== 'absent').map((each) => each.name);
  const business = vars.pg_databases.filter((database) => database.state === 'create').flatMap((database) => wanted(database.extensions));
  return [...(vars.pg_provision ? wanted(vars.pg_default_extensions) : []), ...business];
}

/** What the bundle offers for one major. Remembers what was asked for in vain, so that all of it is told at once. */
class Offer {
  readonly #extensions: ReadonlyMap<string, BundleExtension>;
  readonly #unknown: string[] = [];
  readonly #bundle: Descriptor;
  readonly #version: string;

  constructor({ bundle }: Inventory, version: string) {
    this.#bundle = bundle;
    this.#version = version;
    this.#extensions = new Map(bundle.extensions.filter((each) => each.pg === version).map((each) => [each.name, each]));
  }

  /** The extension, and before it those that it needs. */
  withNeeds(name: string): BundleExtension[] {
    const found = this.#extensions.get(name);
    if (found) return [...found.requires.filter((each) => each !== name).flatMap((each) => this.withNeeds(each)), found];
    this.#miss(name);
    return [];
  }

  /** What a list of names installs: of a group, what there is. */
  packagesFor({ vars }: Host, parameter: 'pg_packages' | 'pg_extensions', find: typeof extensionNamed): string[] {
    return vars[parameter].flatMap((item) => namesWithin(item, this.#version)).flatMap((name) => {
      const named = find(name, this.#bundle, this.#version);
      if (named.ok) return named.packages;
      this.#unknown.push(named.because);
      return [];
    });
  }

  /** The package that holds a library; none for the modules of the server itself. */
  carrierOf(library: string): string[] {
    if (serverModules.has(library)) return [];
    const found = [...this.#extensions.values()].find((each) => each.preload.includes(library)) ?? this.#extensions.get(library);
    if (found === undefined) this.#miss(library);
    return found ? [found.package] : [];
  }

  /** @throws Fault invalid */
  refuseUnknown(): void {
    if (this.#unknown.length === 0) return;
    throw new Fault('invalid', `${this.#bundle.id} does not hold every extension that is asked for`, {
      details: [...new Set(this.#unknown)],
      hint: 'pgark inspect lists what a bundle holds',
    });
  }

  #miss(name: string): void {
    const near = nearest(name, this.#extensions.keys());
    this.#unknown.push(`unknown extension "${name}"${near ? `, did you mean "${near}"?` : ''}`);
  }
}

/** Libraries that come with the server and create no extension. */
const serverModules = new Set(['auto_explain', 'auth_delay', 'basebackup_to_shell', 'basic_archive', 'passwordcheck', 'pg_overexplain', 'pg_prewarm', 'pg_stat_statements']);

const librariesOf = (text: string): string[] => text.split(',').map((each) => each.trim().replace(/^\$libdir\//, '')).filter(Boolean);

/** citus insists on being first, timescaledb asks for it (their installation guides); the others keep their order. */
function inOrder(libraries: readonly string[]): string[] {
  const rank = (library: string): number => (library === 'citus' ? 0 : library === 'timescaledb' ? 1 : 2);
  return [...new Set(libraries)].toSorted((one, other) => rank(one) - rank(other));
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
