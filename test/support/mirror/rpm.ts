import type { MadeKey } from '../archive.ts';
import { makeRepositories, makeRpm, type MadeRpm } from '../repository.ts';
import type { Entry } from './entry.ts';
import type { MadePlace } from './world.ts';

/** The files of a repository, by path below its folder: what is signed, its index, and the packages. */
export async function makeRepository({ entries }: MadePlace, date: Date, key: MadeKey): Promise<Map<string, Buffer>> {
  const packages = Array.from(entries.values(), (each) => Array.from(each.values(), packageOf)).flat();
  const files = await makeRepositories([{ path: '', date: date.getTime(), packages: packages.map((each) => each.stanza) }], key);
  for (const { path, content } of packages) files.set(path, content);
  return files;
}

function packageOf({ name, version, arch, needs, conflicts, offers, content }: Entry): MadeRpm {
  const isFile = (offer: string): boolean => offer.startsWith('/');
  return makeRpm(name, version, arch, { requires: needs, conflicts, provides: offers.filter((offer) => !isFile(offer)), files: offers.filter(isFile), content });
}
