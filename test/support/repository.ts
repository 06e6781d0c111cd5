import { gzipSync } from 'node:zlib';
import { digestOf } from '../../repo/core/digest.ts';
import type { MadeKey } from './archive.ts';

/** A repository of RPM packages, small enough to read. */
export interface MadeRepository {
  /** The folder below the base address. */
  path: string;
  /** Milliseconds since the epoch. */
  date: number;
  /** `<package>` elements. */
  packages: readonly string[];
  /** The text of a modules.yaml. */
  modules?: string;
  /** The text of a filelists.xml. */
  filelists?: string;
  /** The text of a comps.xml. */
  group?: string;
  /** The text of an updateinfo.xml. */
  updateinfo?: string;
  /** Changes the repomd.xml before it is signed. */
  lie?: (repomd: string) => string;
  unsigned?: boolean;
}

export interface MadeRpm {
  path: string;
  content: Buffer;
  /** The `<package>` element. */
  stanza: string;
}

/** Entries as rpm writes them on a command line: `libpq >= 1:17.0-1`, `/bin/sh`, `(a or b)`; and what is in its file, where that matters. */
export type Fields = Partial<Record<(typeof dependencies)[number], readonly string[]>> & { files?: readonly string[]; content?: string | undefined };

const dependencies = ['provides', 'requires', 'recommends', 'conflicts', 'obsoletes', 'supplements', 'suggests', 'enhances'] as const;

/** A package of an RPM repository, and the file that it is about. */
export function makeRpm(name: string, evr = '1.0-1.el9', arch = 'x86_64', fields: Fields = {}): MadeRpm {
  const { epoch, ver, rel } = partsOf(evr);
  const content = Buffer.from(fields.content ?? `the file of ${name} ${evr} ${arch}\n`);
  const path = `Packages/${name}-${ver}-${rel}.${arch}.rpm`;
  const provides = [`${name} = ${evr}`, ...(arch === 'x86_64' ? [`${name}(x86-64) = ${evr}`] : []), ...(fields.provides ?? [])];
  const sections = dependencies.map((section) => sectionOf(section, section === 'provides' ? provides : (fields[section] ?? [])));
  const files = (fields.files ?? []).map((file) => `<file>${escape(file)}</file>`).join('');
  const stanza = `<package type="rpm"><name>${name}</name><arch>${arch}</arch><version epoch="${epoch}" ver="${ver}" rel="${rel}"/><checksum type="sha256" pkgid="YES">${digestOf(content)}</checksum><size package="${content.length}" installed="2048" archive="2100"/><location href="${path}"/><format>${sections.join('')}${files}</format></package>`;
  return { path, content, stanza };
}

/** Signed repositories, by path below their base address. */
export async function makeRepositories(repositories: readonly MadeRepository[], { signer }: MadeKey): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const { path, date, packages, lie, unsigned, ...texts } of repositories) {
    const parts = [partOf('primary', 'xml', primaryOf(packages)), ...further.flatMap((type) => (texts[type] === undefined ? [] : [partOf(type, type === 'modules' ? 'yaml' : 'xml', texts[type])]))];
    const honest = repomdOf(parts, date);
    const repomd = Buffer.from(lie?.(honest) ?? honest);
    for (const { place, packed } of parts) files.set(below(path, place), packed);
    files.set(below(path, 'repodata/repomd.xml'), repomd);
    // A signature may not be older than the key that makes it.
    if (!unsigned) files.set(below(path, 'repodata/repomd.xml.asc'), Buffer.from(await signer.detached(repomd, new Date())));
  }
  return files;
}

const further = ['modules', 'filelists', 'group', 'updateinfo'] as const;

const below = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`);

export function primaryOf(packages: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages.length}">
${packages.join('\n')}
</metadata>
`;
}

/** Lists of files of packages, as createrepo_c writes them. */
export function filelistsOf(packages: readonly { digest: string; name: string; files: readonly string[] }[]): string {
  const entries = packages.map(({ digest, name, files }) => `<package pkgid="${digest}" name="${name}" arch="x86_64">\n  <version epoch="0" ver="1" rel="1"/>\n${files.map((file) => `  <file>${escape(file)}</file>\n`).join('')}</package>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="${packages.length}">\n${entries.join('')}</filelists>\n`;
}

interface Part {
  type: string;
  place: string;
  plain: Buffer;
  packed: Buffer;
}

function partOf(type: string, ending: string, text: string): Part {
  const plain = Buffer.from(text);
  const packed = gzipSync(plain);
  return { type, place: `repodata/${digestOf(packed)}-${type}.${ending}.gz`, plain, packed };
}

function repomdOf(parts: readonly Part[], date: number): string {
  const data = parts.map(({ type, place, plain, packed }) => `  <data type="${type}">
    <checksum type="sha256">${digestOf(packed)}</checksum>
    <open-checksum type="sha256">${digestOf(plain)}</open-checksum>
    <location href="${place}"/>
    <timestamp>${date / 1000}</timestamp>
    <size>${packed.length}</size>
    <open-size>${plain.length}</open-size>
  </data>
`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>${date / 1000}</revision>
${data.join('')}</repomd>
`;
}

const flags: Record<string, string> = { '<': 'LT', '<=': 'LE', '=': 'EQ', '>=': 'GE', '>': 'GT' };

function sectionOf(section: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : `<rpm:${section}>${entries.map(entryOf).join('')}</rpm:${section}>`;
}

function entryOf(text: string): string {
  const [, name, op, evr] = text.startsWith('(') ? [text, text] : /^(\S+)(?: (<|<=|=|>=|>) (\S+))?$/.exec(text)!;
  if (op === undefined) return `<rpm:entry name="${escape(name!)}"/>`;
  const { epoch, ver, rel } = partsOf(evr!);
  return `<rpm:entry name="${escape(name!)}" flags="${flags[op]}" epoch="${epoch}" ver="${ver}"${rel === '' ? '' : ` rel="${rel}"`}/>`;
}

function partsOf(evr: string): { epoch: string; ver: string; rel: string } {
  const [, epoch = '0', ver, rel = ''] = /^(?:(\d+):)?([^-]+)(?:-(.+))?$/.exec(evr)!;
  return { epoch, ver: ver!, rel };
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
