import { promisify } from 'node:util';
import { gzip, type ZlibOptions } from 'node:zlib';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { type Listing, openListing } from './listing.ts';
import { poolPath, type Pooled } from './pool.ts';
import { writeStanza } from './stanza.ts';

export interface Indexed extends Pooled {
  listing: Listing;
}

/** What a repomd.xml says about the repository (createrepo_c(8)). */
export interface Archive {
  date: Date;
  /** The modules.yaml of the modules that the packages belong to, where there are any. */
  modules?: string;
  /** The updateinfo.xml of advisories about the packages, where there are any. */
  updateinfo?: string;
}

/**
 * The files below `repodata`, the signature excepted, by their path in the repository. The same packages give the same bytes.
 * What stands in primary.xml is the upstream entry of the lock, since the solver decided by it; file lists and changelogs are
 * those of the package's own header, which its signature covers. They are packed with gzip, which every dnf of EL 8 reads.
 * @throws Fault invalid when two packages claim one file
 */
export async function writeIndexes(packages: readonly Indexed[], archive: Archive): Promise<Map<string, string | Uint8Array>> {
  const sorted = sort(packages);
  const openings = sorted.map(openListing);
  const listed = (part: keyof Listing): string[] => sorted.flatMap((item, place) => [openings[place]!, item.listing[part], '</package>\n']);
  // Each is packed on another thread while the next is written; in repomd.xml, primary goes first.
  const lists = [
    pack('filelists', 'filelists.xml', document('filelists', 'filelists', sorted.length, listed('files'))),
    pack('other', 'other.xml', document('otherdata', 'other', sorted.length, listed('changelogs'))),
    ...(archive.modules === undefined ? [] : [pack('modules', 'modules.yaml', Buffer.from(archive.modules))]),
    ...(archive.updateinfo === undefined ? [] : [pack('updateinfo', 'updateinfo.xml', Buffer.from(archive.updateinfo))]),
  ];
  const primary = pack('primary', 'primary.xml', document('metadata', 'common', sorted.length, sorted.flatMap(writeStanza), ' xmlns:rpm="http://linux.duke.edu/metadata/rpm"'));
  const indexes = await Promise.all([primary, ...lists]);
  return new Map<string, string | Uint8Array>([['repodata/repomd.xml', writeRepomd(indexes, archive)], ...indexes.map(({ path, packed }) => [path, packed] as const)]);
}

interface Index {
  type: string;
  path: string;
  packed: Buffer;
  open: Buffer;
}

/** By name, architecture and version, each in a place of its own. */
function sort(packages: readonly Indexed[]): Indexed[] {
  const owners = new Map<string, Indexed>();
  for (const item of packages) {
    const path = poolPath(item);
    const other = owners.get(path);
    if (other) throw new Fault('invalid', `${path} is claimed by two packages`, { details: [other, item].map((each) => `${each.name} ${each.version} ${each.arch} ${each.digest}`).sort() });
    owners.set(path, item);
  }
  return packages.toSorted((a, b) => compare(a.name, b.name) || compare(a.arch, b.arch) || compare(a.version, b.version));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function document(root: string, space: string, count: number, pieces: readonly string[], more = ''): Buffer {
  return bytesOf([`${declaration}<${root} xmlns="http://linux.duke.edu/metadata/${space}"${more} packages="${count}">\n`, ...pieces, `</${root}>\n`]);
}

/** Without a text of fifty megabytes on the way. */
function bytesOf(pieces: readonly string[]): Buffer {
  const content = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let at = 0;
  for (const piece of pieces) at += content.write(piece, at);
  return content;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Named after its digest, so that a mirror in the middle of a change never serves one index under the name of another. */
async function pack(type: string, name: string, open: Buffer): Promise<Index> {
  const packed = await promisify<Uint8Array, ZlibOptions, Buffer>(gzip)(open, { level });
  // RFC 1952, without a name or a time; the byte that names the operating system says "unknown".
  packed[9] = 255;
  return { type, path: `repodata/${digestOf(packed)}-${name}.gz`, packed, open };
}

/** Higher ones take several times as long for a twentieth of the size. */
const level = 6;

function writeRepomd(indexes: readonly Index[], { date }: Archive): string {
  const seconds = Math.floor(date.getTime() / 1000);
  const entries = indexes.map(({ type, path, packed, open }) => [
    `  <data type="${type}">`,
    `    <checksum type="sha256">${digestOf(packed)}</checksum>`,
    `    <open-checksum type="sha256">${digestOf(open)}</open-checksum>`,
    `    <location href="${path}"/>`,
    `    <timestamp>${seconds}</timestamp>`,
    `    <size>${packed.length}</size>`,
    `    <open-size>${open.length}</open-size>`,
    '  </data>',
  ]);
  return `${declaration}<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">\n${[`  <revision>${seconds}</revision>`, ...entries.flat()].join('\n')}\n</repomd>\n`;
}
