import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fieldOf, readFields } from '../../repo/deb/stanza.ts';

/** One source of packages that the machine's own apt uses (sources.list(5)). */
export interface AptSource {
  uri: string;
  suites: readonly string[];
  components: readonly string[];
  /** The keyring it must be signed by, empty when apt's whole keyring counts. */
  signedBy: string;
  /** The file it stands in. */
  file: string;
}

/** Reads `sources.list` and `sources.list.d`, both forms, in the order in which apt reads them; nothing where there is no apt. */
export async function readAptSources(folder = '/etc/apt'): Promise<AptSource[]> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(nothing([] as string[]));
  const paths = ['sources.list', ...parts.sort().map((name) => join('sources.list.d', name))].map((name) => join(folder, name));
  const sources: AptSource[] = [];
  for (const path of paths) {
    // Apt itself ignores every other ending.
    if (path.endsWith('.sources')) sources.push(...stanzas(await text(path), path));
    else if (path.endsWith('.list')) sources.push(...lines(await text(path), path));
  }
  return sources;
}

/** The form with one source a line: `deb [signed-by=…] http://… bookworm main`. */
function lines(content: string, file: string): AptSource[] {
  return content.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[(?<options>[^\]]*)\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)(?<components>[^#]*)/.exec(line)?.groups;
    if (!found) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(found['options'] ?? '')?.[1] ?? '';
    return [{ uri: found['uri']!, suites: [found['suite']!], components: words(found['components']), signedBy, file }];
  });
}

/** The form with one source a stanza (deb822(5)). */
function stanzas(content: string, file: string): AptSource[] {
  const plain = content.split('\n').filter((line) => !line.startsWith('#')).join('\n');
  return plain.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = readFields(stanza);
    const value = (name: string): string => fieldOf(fields, name) ?? '';
    if (!words(value('Types')).includes('deb') || /^(no|false|without|off|disable|0)$/i.test(value('Enabled'))) return [];
    const rest = { suites: words(value('Suites')), components: words(value('Components')), signedBy: value('Signed-By').trim(), file };
    return words(value('URIs')).map((uri) => Object.assign({ uri }, rest));
  });
}

const words = (value = ''): string[] => value.split(/\s+/).filter(Boolean);

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(nothing(''));

function nothing<T>(otherwise: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'EACCES') return otherwise;
    throw error;
  };
}
