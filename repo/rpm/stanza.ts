import { Fault } from '../core/fault.ts';
import { entriesOf, isPrimary, writeEntry } from './entry.ts';
import type { Metadata } from './metadata.ts';
import { poolPath, type Pooled } from './pool.ts';
import { versionOf } from './relation.ts';
import { attributesOf, plain } from './scan.ts';
import { type DependencyKind, dependencyTags } from './tags.ts';
import { escape, quote } from './xml.ts';

/**
 * The upstream entry of a package in primary.xml, with the path that its file has with us, in pieces.
 * @throws Fault untrusted when the entry is about another package
 */
export function writeStanza(item: Pooled): string[] {
  const { stanza } = item;
  const elements = elementsIn(stanza);
  refuseOther(item, elements);
  const at = elements.get('location')![0]!;
  return [stanza.slice(0, at), `<location href=${quote(poolPath(item))}/>`, stanza.slice(stanza.indexOf('>', at) + 1), '\n'];
}

/** An entry for a package that comes without one: what createrepo_c would say of it. */
export function stanzaOf(metadata: Metadata, { digest, size }: Pick<Pooled, 'digest' | 'size'>): string {
  const { name, epoch, version, release, arch, built, sizes, range } = metadata;
  const path = poolPath({ name, arch, version: versionOf({ epoch: String(epoch), ver: version, rel: release }) });
  const lines = [
    '<package type="rpm">',
    `  <name>${escape(name)}</name>`,
    `  <arch>${escape(arch)}</arch>`,
    `  <version epoch="${epoch}" ver=${quote(version)} rel=${quote(release)}/>`,
    `  <checksum type="sha256" pkgid="YES">${digest}</checksum>`,
    `  <summary>${escape(metadata.summary)}</summary>`,
    `  <description>${escape(metadata.description)}</description>`,
    `  <packager>${escape(metadata.packager)}</packager>`,
    `  <url>${escape(metadata.url)}</url>`,
    // A file of ours has no time of its own.
    `  <time file="${built}" build="${built}"/>`,
    `  <size package="${size}" installed="${sizes.installed}" archive="${sizes.archive}"/>`,
    `  <location href=${quote(path)}/>`,
    '  <format>',
    `    <rpm:license>${escape(metadata.license)}</rpm:license>`,
    `    <rpm:vendor>${escape(metadata.vendor)}</rpm:vendor>`,
    `    <rpm:group>${escape(metadata.group || 'Unspecified')}</rpm:group>`,
    `    <rpm:buildhost>${escape(metadata.buildHost)}</rpm:buildhost>`,
    `    <rpm:sourcerpm>${escape(metadata.sourceRpm)}</rpm:sourcerpm>`,
    `    <rpm:header-range start="${range.start}" end="${range.end}"/>`,
    ...(Object.keys(dependencyTags) as DependencyKind[]).flatMap((kind) => sectionOf(kind, metadata)),
    ...metadata.files.filter((file) => isPrimary(file.path)).map((file) => `    ${writeFile(file)}`),
    '  </format>',
    '</package>',
  ];
  return lines.join('\n');
}

const writeFile = ({ path, kind }: Metadata['files'][number]): string => `<file${kind === 'file' ? '' : ` type="${kind}"`}>${escape(path)}</file>`;

function sectionOf(kind: DependencyKind, metadata: Metadata): string[] {
  const entries = entriesOf(metadata, kind);
  if (entries.length === 0) return [];
  return [`    <rpm:${kind}>`, ...entries.map((entry) => `      ${writeEntry(entry)}`), `    </rpm:${kind}>`];
}

/** Where the elements begin that are looked at, and what could hide from one reader what another sees. */
type Elements = ReadonlyMap<string, readonly number[]>;

function elementsIn(stanza: string): Elements {
  const found = new Map<string, number[]>();
  for (const { 1: name, index } of stanza.matchAll(/<(package|name|arch|version|checksum|size|location|\/package|!|\?)(?![\w:.])/g)) {
    const places = found.get(name!);
    if (places) places.push(index);
    else found.set(name!, [index]);
  }
  return found;
}

/** People read the names and versions of a lock, dnf on a target its stanzas: what is signed must say the same in both. */
function refuseOther(item: Pooled, elements: Elements): void {
  const { stanza } = item;
  const tag = (name: string): Record<string, string> => attributesOf(tagAt(stanza, elements.get(name)?.[0]));
  const text = (name: string): string | undefined => textAt(stanza, elements.get(name)?.[0]);
  const { epoch, ver, rel } = tag('version');
  const said: [string, string | undefined, string][] = [
    ['name', text('name'), item.name],
    ['arch', text('arch'), item.arch],
    ['version', ver === undefined ? undefined : versionOf({ epoch, ver, rel }), item.version],
    ['checksum', text('checksum'), item.digest],
    ['size', tag('size')['package'], String(item.size)],
  ];
  const wrong = said.filter(([, own, meant]) => own !== meant).map(([name, own]) => (own === undefined ? `it has no ${name}` : `it says ${name}: ${own}`));
  const strange = once.filter((name) => elements.get(name)?.length !== 1).map((name) => `it does not have one ${name}`);
  if (!isOneElement(stanza, elements)) strange.push('it is not the one element that an entry is');
  if (wrong.length + strange.length > 0) throw new Fault('untrusted', `the stanza of ${item.name} ${item.version} ${item.arch} is that of another package`, { details: [...wrong, ...strange], hint: 'lock the bundle again; a lock is not made to be edited' });
}

const once = ['package', 'name', 'arch', 'version', 'checksum', 'size', 'location'] as const;

/** Without comments, CDATA sections and instructions, and with nothing behind its end. */
const isOneElement = (stanza: string, elements: Elements): boolean => stanza.startsWith('<package type="rpm">') && elements.get('/package')?.join() === String(stanza.length - '</package>'.length) && !elements.has('!') && !elements.has('?');

const tagAt = (stanza: string, at: number | undefined): string => (at === undefined ? '' : stanza.slice(at, stanza.indexOf('>', at) + 1));

function textAt(stanza: string, at: number | undefined): string | undefined {
  if (at === undefined) return undefined;
  const begin = stanza.indexOf('>', at) + 1;
  return plain(stanza.slice(begin, stanza.indexOf('<', begin)));
}
