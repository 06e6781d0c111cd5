import { isDigest, type Digest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { attributesOf } from './scan.ts';
import { escape } from './xml.ts';

/**
 * Finds who has these paths in a filelists.xml, which comes in pieces and is never held as a whole: for each package, by its
 * digest, those of the paths that it has. All else in it is passed over. @throws Fault invalid
 */
export async function findOwners(pieces: AsyncIterable<Uint8Array>, paths: readonly string[], what: string): Promise<Map<Digest, string[]>> {
  const sought = paths.map((path) => ({ path, element: Buffer.from(`>${escape(path)}</file>`) }));
  const owners = new Map<Digest, string[]>();
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const text = Buffer.concat([rest, piece]);
    const last = text.lastIndexOf(closing);
    const end = last < 0 ? 0 : last + closing.length;
    if (end === 0 && text.length > largest) throw new Fault('invalid', `${what}: the list of one package is larger than ${largest} bytes`);
    gather(text.subarray(0, end), sought, owners, what);
    rest = text.subarray(end);
  }
  if (!rest.includes('</filelists>')) throw new Fault('invalid', `${what} ends within a package`);
  return owners;
}

const closing = '</package>';

/** More than the list of any package that exists. */
const largest = 1 << 25;

interface Sought {
  path: string;
  element: Buffer;
}

/** A comment or CDATA section could hide or show a file to one reader and not to another; repodata has none. */
function gather(packages: Buffer, sought: readonly Sought[], owners: Map<Digest, string[]>, what: string): void {
  if (packages.includes('<!')) throw new Fault('invalid', `${what} holds comments or CDATA, which are not read`);
  for (const { path, element } of sought) {
    for (let at = packages.indexOf(element); at >= 0; at = packages.indexOf(element, at + element.length)) {
      const digest = packageAt(packages, at, what);
      owners.set(digest, [...(owners.get(digest) ?? []), path]);
    }
  }
}

function packageAt(packages: Buffer, at: number, what: string): Digest {
  const begin = packages.lastIndexOf('<package ', at);
  const tag = begin < 0 ? '' : packages.toString('latin1', begin, packages.indexOf('>', begin) + 1);
  const digest = attributesOf(tag)['pkgid'] ?? '';
  if (!isDigest(digest)) throw new Fault('invalid', `${what} does not name the packages of its lists by SHA-256`);
  return digest;
}
