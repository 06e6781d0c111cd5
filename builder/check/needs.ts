import type { Capability, Package, Relation } from '../../repo/package/package.ts';

/**
 * What a package depends on, by names alone, in one line: `libc6 libpq5 python3|python3-minimal`. Bounds are left out,
 * since they move with every rebuild; a name that comes or goes changes what a bundle carries.
 */
export function needsOf(item: Package): string {
  return [...new Set(item.requires.map(spell))].filter((each) => each !== '').sort().join(' ');
}

/** What came and what went between two lines. */
export function changeOf(before: string, after: string): { came: string[]; went: string[] } {
  const [old, now] = [words(before), words(after)];
  return { came: [...now].filter((each) => !old.has(each)), went: [...old].filter((each) => !now.has(each)) };
}

const words = (line: string): Set<string> => new Set(line.split(' ').filter(Boolean));

const spell = (relation: Relation): string => [...new Set(relation.map(nameOf))].filter((each) => each !== '').join('|');

/** A library by its soname, whatever the symbols; what rpm asks of itself is not told. */
function nameOf({ name }: Capability): string {
  if (/^(rpmlib|rtld)\(/.test(name)) return '';
  return (/^\S+?\.so(\.[\w.]+)?(?=\()/.exec(name)?.[0] ?? name).replaceAll(' ', '_');
}
