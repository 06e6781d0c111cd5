import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Lock, LockedPackage } from '../../builder/lock/lock.ts';
import { writeLock } from '../../builder/lock/read.ts';
import { runtimeVersion } from '../../builder/runtime/runtime.ts';
import type { Store } from '../../builder/store/store.ts';
import { describe } from '../../builder/tree/describe.ts';
import { layTree, type Cargo } from '../../builder/tree/tree.ts';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { pack, type Packed } from '../../repo/bundle/pack.ts';
import { digestOf } from '../../repo/core/digest.ts';
import type { Signer } from '../../repo/core/signature.ts';
import type { Target } from '../../repo/package/target.ts';

export const targets = {
  bookworm: { code: 'd12.x86_64', distro: 'debian', format: 'deb', release: '12', codename: 'bookworm', arch: 'x86_64', packageArch: 'amd64' },
  trixie: { code: 'd13.x86_64', distro: 'debian', format: 'deb', release: '13', codename: 'trixie', arch: 'x86_64', packageArch: 'amd64' },
} as const satisfies Record<string, Target>;

/** A package of nothing but its name and a file of `filling` bytes, made with dpkg-deb. */
export interface TinyPackage {
  name: string;
  version: string;
  arch: string;
  depends?: string;
  filling?: number;
}

export const tinyPackages: readonly TinyPackage[] = [
  { name: 'tiny-server', version: '1:15.1-1+deb12u1', arch: 'amd64', depends: 'tiny-common (>= 2~rc1)', filling: 20_000 },
  { name: 'tiny-common', version: '2.0~rc1-1', arch: 'all' },
];

export interface TinyOptions {
  created?: string;
  version?: string;
  packages?: readonly TinyPackage[];
}

/** Builds the packages, puts them into the store, and freezes them into a lock as the solver would. */
export const tinyLock = (store: Store, target: Target, options: TinyOptions = {}): Promise<{ lock: Lock; text: string }> => freezeTiny(store, target, buildTiny, options);

/** The same of packages that are only named so: for tests that never give them to dpkg. */
export const paperLock = (store: Store, target: Target, options: TinyOptions = {}): Promise<{ lock: Lock; text: string }> =>
  freezeTiny(store, target, async (item) => Buffer.from(`!<arch>\n${filling(item)}`), options);

/** A signed bundle of a lock, with any runtime and installer: for tests that do not run them. */
export async function packTiny(given: { lock: Lock; text: string; store: Store; signer: Signer; out: string; runtime?: Cargo['runtime']; heads?: Cargo['heads']; shuffle?: boolean }): Promise<Packed & { descriptor: Descriptor }> {
  const { lock, text, store, signer, out } = given;
  const descriptor = describe(lock, text, signer, given.heads?.keys.keys());
  const node = gzipSync('not a runtime');
  const runtime = given.runtime ?? { blob: await store.put(node), size: node.length, license: 'MIT' };
  const tree = await layTree({ lock, text, descriptor, signer, runtime, installer: { program: 'export {};\n', licenses: 'none\n' }, sbom: '{}\n', heads: given.heads });
  const paths = given.shuffle ? [...tree].reverse() : [...tree];
  const packed = await pack({ id: descriptor.id, tree: new Map(paths), created: new Date(descriptor.created), signer, blobPath: (digest) => store.pathOf(digest), out });
  return { ...packed, descriptor };
}

async function freezeTiny(store: Store, target: Target, build: (item: TinyPackage) => Promise<Buffer>, options: TinyOptions): Promise<{ lock: Lock; text: string }> {
  const packages = await Promise.all((options.packages ?? tinyPackages).map(async (item) => lockTiny(store, item, await build(item))));
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  const created = options.created ?? '2026-01-02T03:04:05.000Z';
  const root = packages.findIndex((item) => item.name === 'tiny-server');
  const lock: Lock = {
    format: 1, bundle: 'tiny', version: options.version ?? '0.1.0', created, target, pg: ['15'], recommends: 'exclude',
    runtime: await runtimeVersion('x86_64'), manifest: digestOf('tiny'),
    sources: [{ name: `debian/${target.codename}`, archive: 'debian', url: 'http://ftp.debian.org/debian', path: '', suite: target.codename, signer: 'A'.repeat(40), keys: ['A'.repeat(40)], date: created, release: digestOf('release'), indexes: [] }],
    roots: [{ package: 'tiny-server', version: packages[root]!.version, kind: 'server', name: 'postgres', pg: '15', proof: packages.map((_, place) => place), removes: [], conflicts: [] }],
    extensions: [], groups: [], missing: [], rivalries: [], rejected: [], packages,
  };
  return { lock, text: writeLock(lock) };
}

async function lockTiny(store: Store, item: TinyPackage, content: Buffer): Promise<LockedPackage> {
  const digest = await store.put(content);
  const file = `pool/main/t/tiny/${item.name}_${item.version.replace(/^\d+:/, '')}_${item.arch}.deb`;
  const stanza = `${controlOf(item)}Filename: ${file}\nSize: ${content.length}\nMD5sum: ${'0'.repeat(32)}\nSHA256: ${digest}\nPhased-Update-Percentage: 10\n`;
  return { name: item.name, version: item.version, arch: item.arch, size: content.length, installed: 20, digest, source: 'debian/bookworm', url: `http://ftp.debian.org/debian/${file}`, because: [{ kind: 'root', root: 'tiny-server' }], stanza };
}

async function buildTiny(item: TinyPackage): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-tiny-'));
  try {
    await mkdir(join(folder, 'root/DEBIAN'), { recursive: true });
    await mkdir(join(folder, 'root/usr/share', item.name), { recursive: true });
    await writeFile(join(folder, 'root/DEBIAN/control'), controlOf(item));
    await writeFile(join(folder, 'root/usr/share', item.name, 'filling'), filling(item));
    await promisify(execFile)('dpkg-deb', ['--root-owner-group', '-Znone', '--build', join(folder, 'root'), join(folder, 'tiny.deb')], { env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' } });
    return await readFile(join(folder, 'tiny.deb'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const filling = ({ name, filling: size = 100 }: TinyPackage): string => `${name}\n`.repeat(Math.ceil(size / (name.length + 1))).slice(0, size);

function controlOf({ name, version, arch, depends }: TinyPackage): string {
  return `Package: ${name}\nVersion: ${version}\nArchitecture: ${arch}\nMaintainer: Nobody <nobody@example.org>\nInstalled-Size: 20\n${depends ? `Depends: ${depends}\n` : ''}Section: misc\nPriority: optional\nDescription: tiny\n a package of almost nothing\n`;
}
