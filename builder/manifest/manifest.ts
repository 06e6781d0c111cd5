import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { writeDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Target } from '../../repo/package/target.ts';
import type { Bundle } from './bundle.ts';
import type { Catalog } from './catalog.ts';
import { packagesOf } from './component.ts';
import { creations, isArchived, packageOf, type Creation } from './extension.ts';
import { suitesFor, type Source, type Suite } from './source.ts';

/** A package that the bundle is made for. */
export interface Wanted {
  package: string;
  kind: 'server' | 'component' | 'extension';
  /** The component or extension in the manifests. */
  name: string;
  pg?: string;
}

/** Something wanted that no package is known for; the bundle says what to make of it. */
export interface Absent {
  name: string;
  kind: Wanted['kind'];
  pg?: string;
  reason: string;
}

/** One suite to be read. */
export interface Drawn {
  source: Source;
  suite: Suite;
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
  /** Over everything above, so that a lock tells whether it is still the answer to this question. */
  digest: Digest;
}

/** Spells out what a bundle asks for on a target, for all its PostgreSQL majors or some of them. @throws Fault usage or invalid */
export function manifestOf(bundle: Bundle, catalog: Catalog, target: Target, only: readonly string[] = []): Manifest {
  const pg = majorsOf(bundle, target, only);
  const wanted: Wanted[] = [];
  const absent: Absent[] = [];
  for (const name of componentsOf(bundle, catalog)) want(name, catalog, target, pg, wanted, absent);
  const extensions = pg.flatMap((major) => extensionsOf(bundle, catalog, target, major, wanted, absent));
  const suites = bundle.sources.flatMap((name) => suitesFor(catalog.sources[name]!, target).map((suite) => ({ source: catalog.sources[name]!, suite })));
  if (suites.length === 0) throw new Fault('invalid', `no source of the bundle "${bundle.name}" has packages for ${target.code}`);
  const manifest = { bundle, target, pg, suites, wanted, extensions, absent };
  return { ...manifest, digest: digestOf(writeDocument(manifest)) };
}

function majorsOf(bundle: Bundle, target: Target, only: readonly string[]): string[] {
  const majors = bundle.targets[target.code];
  if (!majors) {
    throw new Fault('usage', `the bundle "${bundle.name}" is not made for ${target.code}`, { hint: `its targets are ${Object.keys(bundle.targets).join(', ')}` });
  }
  const strange = only.filter((major) => !majors.includes(major));
  if (strange.length > 0) {
    throw new Fault('usage', `the bundle "${bundle.name}" has no PostgreSQL ${strange.join(', ')} for ${target.code}`, { hint: `there it has ${majors.join(', ')}` });
  }
  return (only.length > 0 ? [...new Set(only)] : majors).toSorted();
}

function componentsOf(bundle: Bundle, catalog: Catalog): string[] {
  return [...new Set([...bundle.modules.flatMap((module) => catalog.modules[module]!), ...bundle.components])];
}

function want(name: string, catalog: Catalog, target: Target, pg: readonly string[], wanted: Wanted[], absent: Absent[]): void {
  const component = catalog.components[name]!;
  const packages = packagesOf(component, target);
  if (!packages) absent.push({ name, kind: component.kind, reason: `no package is known for it on ${target.code}` });
  for (const each of packages ?? []) {
    for (const root of each.includes('{pg}') ? pg.map((major) => ({ package: each.replaceAll('{pg}', major), pg: major })) : [{ package: each }]) {
      add(wanted, { ...root, kind: component.kind, name });
    }
  }
}

function extensionsOf(bundle: Bundle, catalog: Catalog, target: Target, pg: string, wanted: Wanted[], absent: Absent[]): (Creation & { package: string; pg: string })[] {
  const selected = Array.isArray(bundle.extensions)
    ? bundle.extensions
    : Object.keys(catalog.extensions).filter((name) => isArchived(catalog.extensions[name]!, target, pg));
  return selected.toSorted().flatMap((name) => {
    const extension = catalog.extensions[name]!;
    const carrier = packageOf(extension, target, pg);
    if (!carrier) {
      absent.push({ name, kind: 'extension', pg, reason: `no package is known for it on ${target.code}` });
      return [];
    }
    add(wanted, { package: carrier, kind: 'extension', name, pg });
    return creations(name, extension, target, pg).map((creation) => Object.assign(creation, { package: carrier, pg }));
  });
}

/** A package is wanted once, for the first reason: the additional modules come with the server, which is a root already. */
function add(wanted: Wanted[], root: Wanted): void {
  if (!wanted.some((each) => each.package === root.package)) wanted.push(root);
}
