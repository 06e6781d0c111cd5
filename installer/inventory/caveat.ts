import type { BundleExtension, Descriptor } from '../../repo/bundle/descriptor.ts';

/** Why one of them cannot be created as shipped, itself or something that it needs, in a sentence that begins with its name. */
export function caveatAmong(names: readonly string[], bundle: Descriptor, pg: string): string | undefined {
  const barred = [...withNeeds(names, bundle, pg)].find((each) => each.caveat !== undefined);
  return barred && `${barred.name}: ${barred.caveat}`;
}

/** The extensions of these names that a bundle has for a major, and all that they need, each once. */
export function withNeeds(names: readonly string[], bundle: Descriptor, pg: string): Set<BundleExtension> {
  const known = new Map(bundle.extensions.filter((each) => each.pg === pg).map((each) => [each.name, each]));
  const all = new Set<BundleExtension>();
  const add = (name: string): void => {
    const found = known.get(name);
    if (found === undefined || all.has(found)) return;
    all.add(found);
    found.requires.forEach(add);
  };
  names.forEach(add);
  return all;
}
