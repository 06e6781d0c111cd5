import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestFile } from '../../repo/core/digest.ts';
import { makeKey, openSigner } from '../../repo/core/signature.ts';
import { readHeadOf } from '../../repo/rpm/head.ts';
import { type Archive, type Indexed, writeIndexes } from '../../repo/rpm/index.ts';
import { listingOf } from '../../repo/rpm/listing.ts';
import { metadataOf } from '../../repo/rpm/metadata.ts';
import { poolPath } from '../../repo/rpm/pool.ts';
import { stanzaOf } from '../../repo/rpm/stanza.ts';
import { configured } from './dnf-configured.ts';
import type { Workshop } from './rpm-built.ts';

/** What the writer of indexes takes of a package file. */
export async function indexed(path: string): Promise<Indexed> {
  const head = readHeadOf(path, basename(path));
  const { digest, size } = await digestFile(path);
  const metadata = metadataOf(head, basename(path));
  const { name, arch, epoch, version, release } = metadata;
  return { name, arch, version: `${epoch === 0 ? '' : `${epoch}:`}${version}-${release}`, digest, size, stanza: stanzaOf(metadata, { digest, size }), listing: listingOf(head, basename(path)) };
}

/** Writes a repository of ours with its packages, its index signed. The keys lie beside it. */
export async function publish(workshop: Workshop, files: readonly string[], packageKey: string, documents: Pick<Archive, 'modules' | 'updateinfo'> = {}): Promise<string> {
  const repository = join(workshop.folder, 'ours');
  const made = await makeKey('rsa4096', 'pgark');
  const signer = await openSigner(made.privateKey);
  const date = new Date(Math.floor(Date.now() / 1000) * 1000);
  const items = await Promise.all(files.map(indexed));
  const indexes = await writeIndexes(items, { date, ...documents });
  indexes.set('repodata/repomd.xml.asc', await signer.detached(indexes.get('repodata/repomd.xml')!, date));
  for (const [path, content] of indexes) await write(join(repository, path), content);
  for (const [place, item] of items.entries()) await write(join(repository, poolPath(item)), await readFile(files[place]!));
  await write(join(workshop.folder, 'packages.asc'), packageKey);
  await write(join(workshop.folder, 'index.asc'), made.publicKey);
  return repository;
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Makes the machine's dnf know the repository and none but the others given, on an empty root. Answers the words that begin every command. */
export async function dnfOn({ folder }: Workshop, repository: string, options: object = {}, others: Readonly<Record<string, object>> = {}): Promise<[string, ...string[]]> {
  const file = join(folder, 'dnf.conf');
  await writeFile(file, configured({ folder, release: '9', baseurl: `file://${repository}`, keys: [`file://${folder}/packages.asc`, `file://${folder}/index.asc`], options, others }));
  return ['dnf', '--quiet', '--config', file, '--installroot', join(folder, 'root'), '--releasever', '9'];
}
