import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { list } from 'tar';
import { Fault } from '../../repo/core/fault.ts';
import type { Store } from '../store/store.ts';
import { place } from './place.ts';
import type { Pin } from './runtime.ts';

/** What a bundle takes from an npm package of Node.js. */
export interface NodeFiles {
  binary: Buffer;
  license: string;
}

/** The npm package of Node.js: out of the store, or as npm brings it, with the registry and credentials that this machine is configured for. */
export async function fetchNode(pin: Pin, store: Store): Promise<NodeFiles> {
  const kept = await store.recall(nameOf(pin));
  if (kept && integrityOf(kept) === pin.integrity) return readNode(kept, specOf(pin));
  const content = await askNpm(pin);
  checkIntegrity(content, pin);
  await store.remember(nameOf(pin), content);
  return readNode(content, specOf(pin));
}

async function askNpm(pin: Pin): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-runtime-'));
  try {
    const spec = specOf(pin);
    await promisify(execFile)('npm', ['pack', spec, '--pack-destination', folder, '--silent'], { cwd: place, timeout: 600_000 }).catch((cause: unknown) => {
      throw new Fault('fetch', `npm could not fetch ${spec}, the Node.js of the target`, { details: describe(cause), hint: 'npm config get registry tells where it asked', cause });
    });
    const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (!file) throw new Fault('fetch', `npm left nothing of ${spec}`);
    return await readFile(join(folder, file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const specOf = (pin: Pin): string => `${pin.name}@${pin.version}`;

const nameOf = (pin: Pin): string => `npm/${pin.name}/${pin.version}.tgz`;

/** Of what came, against package-lock.json. @throws Fault untrusted */
export function checkIntegrity(content: Uint8Array, pin: Pin): void {
  const found = integrityOf(content);
  if (found !== pin.integrity) throw new Fault('untrusted', `${pin.name}@${pin.version} is not what package-lock.json pins`, { details: [`pinned: ${pin.integrity}`, `found:  ${found}`] });
}

/** Subresource Integrity, as npm writes it. */
const integrityOf = (content: Uint8Array): string => `sha512-${createHash('sha512').update(content).digest('base64')}`;

async function readNode(content: Buffer, spec: string): Promise<NodeFiles> {
  const found = new Map<string, Promise<Buffer>>();
  const reading = list({
    onReadEntry: (entry) => {
      if (entry.path === 'package/bin/node' || entry.path === 'package/LICENSE') found.set(entry.path, entry.concat() as Promise<Buffer>);
    },
  });
  await new Promise((done, failed) => reading.on('end', done).on('error', failed).end(content));
  const [binary, license] = await Promise.all([found.get('package/bin/node'), found.get('package/LICENSE')]);
  if (!binary || !license) throw new Fault('untrusted', `${spec} holds no bin/node with a LICENSE`);
  return { binary, license: license.toString('utf8') };
}

const describe = (cause: unknown): string[] => String((cause as { stderr?: string }).stderr ?? cause).trim().split('\n').slice(0, 8);
