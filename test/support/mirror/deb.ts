import { makeArchive, makePackage, type MadeKey } from '../archive.ts';
import type { Entry } from './entry.ts';
import type { MadePlace } from './world.ts';

/** The files of a suite, by path below the folder of its repository: what is signed, its indexes, and the packages. */
export async function makeSuite({ place, components, entries }: MadePlace, date: Date, key: MadeKey): Promise<Map<string, Buffer>> {
  if (place.format !== 'deb') throw new Error(`${place.suite} is no suite`);
  const made = Array.from(entries, ([arch, packages]) => [arch, Array.from(packages.values(), packageOf)] as const);
  const texts = made.map(([arch, packages]) => [arch, packages.map((each) => each.stanza).join('\n')] as const);
  const pool = made.flatMap(([, packages]) => packages.map((each) => [each.path, each.content] as const));
  return makeArchive([{ suite: place.suite, codename: place.codename, date: date.getTime(), packages: Object.fromEntries(texts), components: [...components] }], key, Object.fromEntries(pool));
}

function packageOf({ name, version, arch, needs, conflicts, offers, essential, content }: Entry): ReturnType<typeof makePackage> {
  const fields = {
    Version: version,
    Architecture: arch,
    ...(essential && { Essential: 'yes' }),
    Priority: essential ? 'required' : 'optional',
    Depends: needs.join(', '),
    Conflicts: conflicts.join(', '),
    Provides: offers.join(', '),
    'Installed-Size': '20',
  };
  return makePackage(name, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')), content);
}
