import { open } from 'node:fs/promises';
import { peekBundle, type BundleHead } from '../../repo/bundle/open.ts';
import { readContent, readMembers } from '../../repo/bundle/read.ts';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault, faultOn } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Lock } from '../lock/lock.ts';
import { readLock } from '../lock/read.ts';
import { indexPath, packagesIn } from '../tree/contents.ts';

/** What a file given to `inspect` and `diff` is. */
export type Given = { kind: 'lock'; lock: Lock } | { kind: 'bundle'; head: BundleHead; packages: readonly Package[] };

/** Opens a lock or a bundle. Of a bundle, what is read is checked against the key inside; whose key that is, is for `verify`. @throws Fault */
export async function openGiven(path: string): Promise<Given> {
  // A lock is JSON and begins with a brace, a tar with the name of its first member.
  if ((await firstByte(path)) === '{') return { kind: 'lock', lock: readLock((await readGiven(path)).toString('utf8'), path) };
  const head = await peekBundle(path);
  return { kind: 'bundle', head, packages: await readIndex(path, head) };
}

async function readIndex(path: string, head: BundleHead): Promise<readonly Package[]> {
  const { descriptor, sums } = head;
  const name = indexPath(head);
  for await (const member of readMembers(path)) {
    if (member.path !== `${descriptor.id}/${name}`) continue;
    const content = await readContent(member);
    if (sums.get(name!) !== digestOf(content)) throw new Fault('untrusted', `${path}: ${name} is not what was signed`);
    return packagesIn(content, head, descriptor.id);
  }
  throw new Fault('invalid', `${path} has no ${name ?? 'index of its packages'}`);
}

async function firstByte(path: string): Promise<string> {
  return faultOn(
    async () => {
      await using file = await open(path);
      return (await file.read({ length: 1 })).buffer.toString('latin1', 0, 1);
    },
    (code) => new Fault('invalid', `${path}: ${code === 'ENOENT' ? 'no such file' : code}`),
  );
}
