import { gzipSync } from 'node:zlib';
import { digestOf } from '../../../repo/core/digest.ts';
import type { MadeKey } from '../archive.ts';
import { contentOf, pathOf, type Entry } from './entry.ts';
import type { MadePlace } from './world.ts';

/** The files of a repository, by path below its folder: what is signed, its index, and the packages. */
export async function makeRepository({ entries }: MadePlace, date: Date, key: MadeKey): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const packages = Array.from(entries.values(), (each) => Array.from(each.values())).flat().map((entry) => packageOf(entry, date, files));
  const primary = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages.length}">\n${packages.join('')}</metadata>\n`);
  const packed = gzipSync(primary, { level: 1 });
  const path = `repodata/${digestOf(packed)}-primary.xml.gz`;
  files.set(path, packed);
  const repomd = Buffer.from(repomdOf(path, primary, packed, date));
  files.set('repodata/repomd.xml', repomd);
  // A signature may not be older than the key that makes it.
  return files.set('repodata/repomd.xml.asc', Buffer.from(await key.signer.detached(repomd, key.signer.created)));
}

function repomdOf(path: string, primary: Buffer, packed: Buffer, date: Date): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>${seconds(date)}</revision>
  <data type="primary">
    <checksum type="sha256">${digestOf(packed)}</checksum>
    <open-checksum type="sha256">${digestOf(primary)}</open-checksum>
    <location href="${path}"/>
    <timestamp>${seconds(date)}</timestamp>
    <size>${packed.length}</size>
    <open-size>${primary.length}</open-size>
  </data>
</repomd>
`;
}

function packageOf(entry: Entry, date: Date, files: Map<string, Buffer>): string {
  const { name, version, arch, needs, conflicts, offers } = entry;
  const path = pathOf(entry, 'rpm');
  const content = contentOf(entry, path);
  files.set(path, content);
  return `<package type="rpm">
  <name>${name}</name>
  <arch>${arch}</arch>
  <version ${evr(version)}/>
  <checksum type="sha256" pkgid="YES">${digestOf(content)}</checksum>
  <summary>${name}</summary>
  <description>${name}</description>
  <packager/>
  <url/>
  <time file="${seconds(date)}" build="${seconds(date)}"/>
  <size package="${content.length}" installed="20480" archive="20480"/>
  <location href="${path}"/>
  <format>
    <rpm:license>PostgreSQL</rpm:license>
    <rpm:vendor/>
    <rpm:group>Unspecified</rpm:group>
    <rpm:buildhost>localhost</rpm:buildhost>
    <rpm:sourcerpm/>
    <rpm:header-range start="0" end="0"/>
${section('provides', [`${name} = ${version}`, `${name}(${arch === 'x86_64' ? 'x86-64' : 'aarch-64'}) = ${version}`, ...offers.filter((offer) => !offer.startsWith('/'))])}${section('requires', needs)}${section('conflicts', conflicts)}${offers.filter((offer) => offer.startsWith('/')).map((file) => `    <file>${file}</file>\n`).join('')}  </format>
</package>
`;
}

function section(title: string, relations: readonly string[]): string {
  return relations.length === 0 ? '' : `    <rpm:${title}>\n${relations.map(entryOf).join('')}    </rpm:${title}>\n`;
}

function entryOf(relation: string): string {
  const [name, op, version] = relation.split(' ') as [string, string?, string?];
  return `      <rpm:entry name="${name}"${version === undefined ? '' : ` flags="${op === '=' ? 'EQ' : 'GE'}" ${evr(version)}`}/>\n`;
}

function evr(version: string): string {
  const [, epoch = '0', ver, rel] = /^(?:(\d+):)?([^-]+)(?:-(.+))?$/.exec(version)!;
  return `epoch="${epoch}" ver="${ver}"${rel === undefined ? '' : ` rel="${rel}"`}`;
}

const seconds = (date: Date): number => date.getTime() / 1000;
