import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { members, records } from '../../repo/bundle/paths.ts';
import type { FileTree, TreeFile } from '../../repo/bundle/tree.ts';
import type { Digest } from '../../repo/core/digest.ts';
import { writeDocument } from '../../repo/core/document.ts';
import type { Signer } from '../../repo/core/signature.ts';
import type { Lock } from '../lock/lock.ts';
import { laySuite } from './deb.ts';
import { layRpms, type Heads } from './rpm.ts';

/** Everything that a bundle is made of, besides the blobs in the store. */
export interface Cargo {
  lock: Lock;
  /** The lock as it is written. */
  text: string;
  descriptor: Descriptor;
  signer: Signer;
  runtime: { blob: Digest; size: number; license: string };
  installer: { program: string; licenses: string };
  sbom: string;
  /** What the heads of RPM packages told when they were verified; Debian has none. */
  heads?: Heads | undefined;
}

/** Lays out a bundle: every path, and what stands there. */
export async function layTree(cargo: Cargo): Promise<FileTree> {
  const { descriptor, signer, runtime, installer } = cargo;
  return new Map<string, TreeFile>([
    [members.descriptor, { content: writeDocument(descriptor) }],
    [members.keyring, { content: signer.publicKey }],
    ...(await scripts()),
    [`${members.runtime}/node.gz`, { blob: runtime.blob, size: runtime.size }],
    [`${members.runtime}/LICENSE`, { content: runtime.license }],
    [`${members.installer}/pgark.mjs`, { content: installer.program }],
    [`${members.installer}/LICENSES`, { content: installer.licenses }],
    ...(await layRepository(cargo)),
    [records.spdx, { content: cargo.sbom }],
    [records.lock, { content: cargo.text }],
  ]);
}

/** The shell scripts of a bundle, as they stand beside their contract. */
async function scripts(): Promise<[string, TreeFile][]> {
  const sources = [
    [members.bootstrap, 'bootstrap.sh'],
    [members.configure, 'configure.sh'],
    [members.install, 'install.sh'],
    [`${members.installer}/pgark`, 'pgark.sh'],
  ] as const;
  const folder = resolve(import.meta.dirname, '../../repo/bundle');
  return Promise.all(sources.map(async ([path, file]): Promise<[string, TreeFile]> => [path, { content: await readFile(join(folder, file), 'utf8'), executable: true }]));
}

async function layRepository(cargo: Cargo): Promise<[string, TreeFile][]> {
  const files = cargo.lock.target.format === 'deb' ? await laySuite(cargo) : await layRpms(cargo);
  return [...files].map(([path, file]) => [`${members.repository}/${path}`, file]);
}
