import { openDocument } from '../core/document.ts';
import { Fault } from '../core/fault.ts';
import type { Package } from '../package/package.ts';

/** What a modules.yaml says of the packages beside it (libmodulemd, modulemd-stream v2 and modulemd-defaults v1). */
export interface Modules {
  /** Packages of streams that are on unless somebody turns them off, by name, version and architecture. */
  on: ReadonlySet<string>;
  /** Those of all other streams; dnf does not see them until one is turned on. */
  off: ReadonlySet<string>;
}

/** Reads a modules.yaml. @throws Fault invalid */
export function readModules(text: string, what: string): Modules {
  const documents = text.split(/^---[ \t]*$/m).filter((part) => part.trim() !== '').map((part) => openDocument(part.replace(/^\.\.\.[ \t]*$/m, ''), what).value);
  const defaults = new Set(documents.flatMap(defaultOf));
  const [on, off] = [new Set<string>(), new Set<string>()];
  for (const { stream, packages } of documents.flatMap((document) => streamOf(document, what))) {
    for (const each of packages) (defaults.has(stream) ? on : off).add(each);
  }
  for (const each of on) off.delete(each);
  return { on, off };
}

/**
 * What dnf sees of a repository: nothing of a stream that is off, and no package beside a stream that is on that bears the
 * name of one of its packages (dnf, modularity, "package filtering").
 */
export function seenThrough({ on, off }: Modules, packages: readonly Package[]): Package[] {
  const modular = new Set(packages.filter((item) => on.has(keyOf(item))).map((item) => item.name));
  return packages.filter((item) => {
    const key = keyOf(item);
    return !off.has(key) && (on.has(key) || !modular.has(item.name));
  });
}

/** `name-epoch:version-release.arch`, the epoch always there. */
const keyOf = ({ name, version, arch }: Package): string => `${name}-${version.includes(':') ? version : `0:${version}`}.${arch}`;

type Document = { document?: unknown; data?: { module?: unknown; name?: unknown; stream?: unknown; artifacts?: { rpms?: unknown } } } | null;

/** `module:stream`, where a module has one that is on. */
function defaultOf(value: unknown): string[] {
  const { document, data } = (value ?? {}) as NonNullable<Document>;
  return document === 'modulemd-defaults' && data?.module !== undefined && data.stream !== undefined ? [`${data.module}:${data.stream}`] : [];
}

function streamOf(value: unknown, what: string): { stream: string; packages: readonly string[] }[] {
  const { document, data } = (value ?? {}) as NonNullable<Document>;
  if (document !== 'modulemd') return [];
  const packages = data?.artifacts?.rpms ?? [];
  if (data?.name === undefined || data.stream === undefined || !Array.isArray(packages)) throw new Fault('invalid', `${what}: a stream of a module cannot be read`);
  return [{ stream: `${data.name}:${data.stream}`, packages: packages.map(String) }];
}
