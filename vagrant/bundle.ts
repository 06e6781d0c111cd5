import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault, exitCodes, type FaultCode } from '../repo/core/fault.ts';
import { besideOf, writeWhole } from '../repo/core/files.ts';
import type { Progress } from '../repo/core/progress.ts';
import { execute } from './execute.ts';
import { locked } from './locked.ts';
import { cache } from './places.ts';
import type { Suite } from './root.ts';

/** What a build leaves for an operator. */
export interface Built {
  /** The bundle; its detached signature lies beside it, with `.asc`. */
  tar: string;
  /** A copy of the script that takes it in. */
  bootstrap: string;
  /** Of the key that signed it. */
  fingerprint: string;
}

export interface Key {
  file: string;
  fingerprint: string;
}

/** The code of a suite's target, and the PostgreSQL major that its archive carries. */
export const targets: Readonly<Record<Suite, { code: string; pg: string }>> = {
  bookworm: { code: 'd12.x86_64', pg: '15' },
  trixie: { code: 'd13.x86_64', pg: '17' },
};

/** Builds a bundle from this tree for a release, signed with a throwaway key of this machine. What it downloads is kept. */
export async function buildBundle(name: string, suite: Suite, progress: Progress, signal?: AbortSignal): Promise<Built> {
  const folder = join(cache, 'bundles', `${name}-${suite}`);
  const beside = besideOf(folder);
  await mkdir(beside, { recursive: true });
  try {
    await buildInto(beside, name, suite, progress, signal);
    await rm(folder, { recursive: true, force: true });
    await rename(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return builtIn(folder, progress);
}

/** The same, into a folder that is there and empty. */
export async function buildInto(folder: string, name: string, suite: Suite, progress: Progress, signal?: AbortSignal): Promise<void> {
  const key = await throwawayKey(progress);
  await pgark(['build', join(top, 'manifests/bundles', `${name}.yml`), '--target', targets[suite].code, '--out', folder, '--key', key.file], progress, signal);
}

/** What a build has left in a folder, signed with the throwaway key. */
export async function builtIn(folder: string, progress: Progress): Promise<Built> {
  const [tar, bootstrap, { fingerprint }] = await Promise.all([theOne(folder, /\.tar$/), theOne(folder, /bootstrap$/), throwawayKey(progress)]);
  return { tar: join(folder, tar), bootstrap: join(folder, bootstrap), fingerprint };
}

/** A signing key for trials, made once; whoever trusts it trusts nothing but this machine. */
export function throwawayKey(progress: Progress): Promise<Key> {
  return locked(join(cache, 'key.lock'), () => keyIn(join(cache, 'key.json'), progress));
}

async function keyIn(noted: string, progress: Progress): Promise<Key> {
  const known = await readFile(noted, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Key;
  // A key without its note is one whose making was interrupted.
  await rm(join(cache, 'key'), { recursive: true, force: true });
  const made = (await pgark(['keygen', '--out', join(cache, 'key'), '--ed25519'], progress)) as { private: string; fingerprint: string };
  const key: Key = { file: made.private, fingerprint: made.fingerprint };
  await writeWhole(noted, `${JSON.stringify(key)}\n`);
  return key;
}

/**
 * Runs pgark of this tree in a process of its own, its progress as our own, and answers with its result.
 * @throws Fault as it did
 */
export async function pgark(argv: readonly string[], progress: Progress, signal?: AbortSignal): Promise<unknown> {
  const { code, stdout, stderr } = await execute([join(top, 'pgark'), ...argv, '--json'], { line: (text) => relay(text, progress), timeout: 3600, ...(signal && { signal }) });
  const result = JSON.parse(stdout.trim() || '{}') as { error?: string; message?: string; details?: string[]; hint?: string };
  if (code === 0) return result;
  signal?.throwIfAborted();
  if (result.error === undefined || !(result.error in exitCodes)) throw new Error(`pgark ${argv.join(' ')} ended with ${code}: ${stderr}`);
  throw new Fault(result.error as FaultCode, result.message ?? '', { details: result.details ?? [], ...(result.hint && { hint: result.hint }) });
}

const top = resolve(import.meta.dirname, '..');

/** Steps of another program, told as a line of ours; its warnings stay warnings. */
export function relay(line: string, progress: Progress): void {
  const event = ((): { step?: string; say?: string; warning?: string } => {
    try {
      return JSON.parse(line) as object;
    } catch {
      return { say: line };
    }
  })();
  if (event.warning) progress.warn(event.warning);
  const text = event.step ?? event.say;
  if (text?.trim()) progress.say(text.trim());
}

async function theOne(folder: string, name: RegExp): Promise<string> {
  const found = (await readdir(folder)).filter((file) => name.test(file));
  if (found.length !== 1) throw new Error(`${folder} should hold one file like ${name.source}, it holds ${found.join(', ') || 'none'}`);
  return found[0]!;
}
