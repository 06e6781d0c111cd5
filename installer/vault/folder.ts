import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';
import type { KeyPair } from './authority.ts';

/** The files of a vault: how they are read, and who may read them. */

/** The files that everything else stands on. */
const roots = ['secrets.json', 'rotation.json', 'authority.key', 'authority.crt'];

/** What tells one state of a vault from another. */
export async function look(folder: string): Promise<string> {
  const texts = await Promise.all(roots.map((name) => readOptional(join(folder, name))));
  return digestOf(JSON.stringify(texts.map((text) => text ?? null)));
}

export async function makeFolders(folder: string): Promise<void> {
  for (const each of [folder, join(folder, 'issued')]) {
    await mkdir(each, { recursive: true, mode: 0o700 });
    await chmod(each, 0o700);
  }
}

/** The certificates in it, PEM, by name. */
export async function readIssued(folder: string): Promise<Map<string, string>> {
  const names = await readdir(join(folder, 'issued')).catch((error: unknown) => orNothing(error, folder, []));
  const found = names.filter((name) => name.endsWith('.crt')).sort();
  return new Map(await Promise.all(found.map(async (name) => [name.slice(0, -'.crt'.length), await readFile(join(folder, 'issued', name), 'utf8')] as const)));
}

/** @throws Fault invalid, untrusted */
export async function readSecrets(path: string): Promise<Map<string, Secret>> {
  const text = await readPrivate(path);
  if (text === undefined) return new Map();
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    if (entries.every(([, value]) => typeof value === 'string')) return new Map(entries.map(([name, value]) => [name, new Secret(value as string)]));
  } catch {
    // The parser's message would quote a part of the file.
  }
  throw new Fault('invalid', `${path}: is not a JSON object of strings`, { hint: 'restore it from a backup; the passwords of the running deployment are in it' });
}

/** The certificate and key under `path`; undefined unless both are there. */
export async function readPair(path: string): Promise<KeyPair | undefined> {
  const key = await readPrivate(`${path}.key`);
  const certificate = await readOptional(`${path}.crt`);
  return key !== undefined && certificate !== undefined ? { key: new Secret(key), certificate } : undefined;
}

/** @throws Fault untrusted when others than its owner may read it */
export async function readPrivate(path: string): Promise<string | undefined> {
  const text = await readOptional(path);
  if (text !== undefined && ((await stat(path)).mode & 0o077) !== 0) {
    throw new Fault('untrusted', `${path}: can be read by others than its owner`, { hint: `chmod 600 ${path}` });
  }
  return text;
}

export const readOptional = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch((error: unknown) => orNothing(error, path, undefined));

function orNothing<T>(error: unknown, path: string, nothing: T): T {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return nothing;
  if (code === 'EACCES') throw new Fault('invalid', `${path}: permission denied`, { hint: 'the vault belongs to root' });
  throw error;
}
