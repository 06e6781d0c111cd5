import { members, records } from '../../repo/bundle/paths.ts';
import type { OpenedBundle } from '../../repo/bundle/open.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Package } from '../../repo/package/package.ts';
import { auditRepository, isOfRepository } from './repository.ts';
import { auditSuite, suite } from './suite.ts';

/** The members whose content an audit reads; all else is only digested. */
export const isAudited = (path: string): boolean => isIndex(path);

/** What the repository inside says, and what is wrong with it. */
export interface Findings {
  packages: readonly Package[];
  /** What the index that names them is called. */
  index: string;
  problems: readonly string[];
}

/**
 * Checks what the list of digests cannot say: that the repository inside is signed by the same key, that its indexes are
 * those that are signed, that every package is the one its index names, and that the descriptor tells the truth.
 * @throws Fault untrusted with everything that is wrong
 */
export async function auditBundle(bundle: OpenedBundle, path: string): Promise<void> {
  const findings = bundle.descriptor.target.format === 'deb' ? await auditSuite(bundle, path) : await auditRepository(bundle, path);
  const problems = [...findings.problems, ...auditPool(bundle, findings), ...auditDescriptor(bundle, findings)];
  if (problems.length > 0) throw new Fault('untrusted', `${path}: the repository inside is not whole`, { details: problems });
}

/** What is no package. */
const isIndex = (path: string): boolean => path.startsWith(`${suite}/`) || isOfRepository(path);

function auditPool({ files }: OpenedBundle, { packages, index }: Findings): string[] {
  const named = new Map(packages.map((item) => [`${members.repository}/${item.url}`, item]));
  const wrong = [...named].filter(([place, item]) => files.get(place)?.digest !== item.digest || files.get(place)?.size !== item.size);
  const strays = [...files.keys()].filter((place) => place.startsWith(`${members.repository}/`) && !isIndex(place) && !named.has(place));
  return [...wrong.map(([place]) => `${place}: is not what ${index} names`), ...strays.map((place) => `${place}: no index names it`)];
}

/** Packages that fit every architecture, as the two families say it. */
const independent: ReadonlySet<string> = new Set(['all', 'noarch']);

function auditDescriptor({ descriptor, files }: OpenedBundle, { packages, index }: Findings): string[] {
  const held = new Set(packages.map((item) => item.name));
  const provided = new Set(packages.flatMap((item) => item.provides.map((capability) => capability.name)));
  const carried = (name: string): boolean => held.has(name) || provided.has(name);
  const arches = new Set(packages.map((item) => item.arch).filter((arch) => !independent.has(arch) && arch !== descriptor.target.packageArch));
  const size = packages.reduce((sum, item) => sum + item.size, 0);
  const roots = new Set(descriptor.roots.map((root) => root.package));
  return [
    ...(descriptor.lock === files.get(records.lock)?.digest ? [] : [`${records.lock}: is not the lock that ${members.descriptor} names`]),
    ...(descriptor.packages === packages.length ? [] : [`${members.descriptor}: it claims ${descriptor.packages} packages, there are ${packages.length}`]),
    ...(descriptor.size === size ? [] : [`${members.descriptor}: it claims ${descriptor.size} bytes of packages, there are ${size}`]),
    ...[...arches].map((arch) => `${index}: holds packages for ${arch}, the bundle is for ${descriptor.target.packageArch}`),
    ...descriptor.roots.filter((root) => !carried(root.package)).map((root) => `${members.descriptor}: the root ${root.package} is not among the packages`),
    ...descriptor.extensions.filter((extension) => !held.has(extension.package)).map((extension) => `${members.descriptor}: the package of the extension ${extension.name}, ${extension.package}, is not there`),
    ...descriptor.baselines.flatMap(({ name, failing }) => failing.flatMap((each) => each.roots).filter((root) => !roots.has(root)).map((root) => `${members.descriptor}: ${root}, which is said not to install on ${name}, is no root`)),
  ];
}
