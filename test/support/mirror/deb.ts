import { gzipSync } from 'node:zlib';
import { digestOf } from '../../../repo/core/digest.ts';
import type { MadeKey } from '../archive.ts';
import { contentOf, pathOf, type Entry } from './entry.ts';
import type { MadePlace } from './world.ts';

/** The files of a suite, by path below the folder of its repository: what is signed, its indexes, and the packages. */
export async function makeSuite({ place, components, entries }: MadePlace, date: Date, key: MadeKey): Promise<Map<string, Buffer>> {
  if (place.format !== 'deb') throw new Error(`${place.suite} is no suite`);
  const files = new Map<string, Buffer>();
  const listed: string[] = [];
  for (const [nth, component] of [...components].entries()) {
    for (const [arch, packages] of entries) {
      const index = Buffer.from(nth === 0 ? [...packages.values()].map((entry) => stanzaOf(entry, files)).join('\n') : '');
      const path = `${component}/binary-${arch}/Packages`;
      const packed = gzipSync(index, { level: 1 });
      listed.push(` ${digestOf(index)} ${index.length} ${path}`, ` ${digestOf(packed)} ${packed.length} ${path}.gz`);
      files.set(`dists/${place.suite}/${path}.gz`, packed);
    }
  }
  const release = [`Suite: ${place.suite}`, `Codename: ${place.codename}`, `Date: ${date.toUTCString()}`, `Architectures: ${[...entries.keys()].join(' ')}`, `Components: ${[...components].join(' ')}`, 'SHA256:', ...listed, ''].join('\n');
  // A signature may not be older than the key that makes it.
  return files.set(`dists/${place.suite}/InRelease`, Buffer.from(await key.signer.inline(release, key.signer.created)));
}

function stanzaOf(entry: Entry, files: Map<string, Buffer>): string {
  const { name, version, arch, needs, conflicts, offers, essential } = entry;
  const path = pathOf(entry, 'deb');
  const content = contentOf(entry, path);
  files.set(path, content);
  const fields = {
    Package: name,
    Version: version,
    Architecture: arch,
    ...(essential && { Essential: 'yes' }),
    Priority: essential ? 'required' : 'optional',
    Depends: needs.map(relation).join(', '),
    Conflicts: conflicts.join(', '),
    Provides: offers.join(', '),
    'Installed-Size': '20',
    Filename: path,
    Size: String(content.length),
    SHA256: digestOf(content),
  };
  return Object.entries(fields).flatMap(([field, value]) => (value === '' ? [] : [`${field}: ${value}\n`])).join('');
}

const relation = (need: string): string => need.replace(/^(\S+) (>=|=) (\S+)$/, '$1 ($2 $3)');
