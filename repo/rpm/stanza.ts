import { Fault } from '../core/fault.ts';
import { entriesOf, isPrimary, writeEntry } from './entry.ts';
import type { Metadata } from './metadata.ts';
import { poolPath, type Pooled } from './pool.ts';
import { versionOf } from './relation.ts';
import { attributesOf, plain } from './scan.ts';
import { type DependencyKind, dependencyTags } from './tags.ts';
import { escape, quote } from './xml.ts';

/**
 * The upstream entry of a package in primary.xml, with the path that its file has with us.
 * @throws Fault untrusted when the entry is about another package
 */
export function writeStanza(item: Pooled): string {
  const { stanza } = item;
  refuseOther(item);
  return stanza.replace(tagOf('location'), () => `<location href=${quote(poolPath(item))}/>`);
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

/** A file as primary.xml and filelists.xml list it. */
export const writeFile = ({ path, kind }: Metadata['files'][number]): string => `<file${kind === 'file' ? '' : ` type="${kind}"`}>${escape(path)}</file>`;

function sectionOf(kind: DependencyKind, metadata: Metadata): string[] {
  const entries = entriesOf(metadata, kind);
  if (entries.length === 0) return [];
  return [`    <rpm:${kind}>`, ...entries.map((entry) => `      ${writeEntry(entry)}`), `    </rpm:${kind}>`];
}

/** People read the names and versions of a lock, dnf on a target its stanzas: what is signed must say the same in both. */
function refuseOther(item: Pooled): void {
  const { stanza } = item;
  const { epoch, ver, rel } = attributesOf(tagOf('version').exec(stanza)?.[0] ?? '');
  const said: [string, string | undefined, string][] = [
    ['name', textOf(stanza, 'name'), item.name],
    ['arch', textOf(stanza, 'arch'), item.arch],
    ['version', ver === undefined ? undefined : versionOf({ epoch, ver, rel }), item.version],
    ['checksum', textOf(stanza, 'checksum'), item.digest],
    ['size', attributesOf(tagOf('size').exec(stanza)?.[0] ?? '')['package'], String(item.size)],
  ];
  const wrong = said.filter(([, own, meant]) => own !== meant).map(([name, own]) => (own === undefined ? `it has no ${name}` : `it says ${name}: ${own}`));
  const twice = [...said.map(([name]) => name), 'location', 'package'].filter((name) => [...stanza.matchAll(new RegExp(tagOf(name), 'g'))].length !== 1).map((name) => `it does not have one ${name}`);
  if (!isOneElement(stanza)) twice.push('it is not the one element that an entry is');
  if (wrong.length + twice.length > 0) throw new Fault('untrusted', `the stanza of ${item.name} ${item.version} ${item.arch} is that of another package`, { details: [...wrong, ...twice], hint: 'lock the bundle again; a lock is not made to be edited' });
}

/** A comment, a CDATA section or a second end could hide from one reader what another sees. */
const isOneElement = (stanza: string): boolean => stanza.startsWith('<package type="rpm">') && stanza.indexOf('</package>') === stanza.length - '</package>'.length && !/<[!?]/.test(stanza);

const tagOf = (name: string): RegExp => tagForms[name]!;

const tagForms: Record<string, RegExp> = Object.fromEntries(['package', 'name', 'arch', 'version', 'checksum', 'size', 'location'].map((name) => [name, new RegExp(`<${name}(?=[\\s/>])[^>]*>`)]));

function textOf(stanza: string, name: string): string | undefined {
  const tag = tagOf(name).exec(stanza);
  if (tag === null) return undefined;
  const begin = tag.index + tag[0].length;
  return plain(stanza.slice(begin, stanza.indexOf('<', begin)));
}
