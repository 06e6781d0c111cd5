import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { writeWhole } from '../../repo/core/files.ts';
import { cache } from '../places.ts';

export const providers = ['lxc', 'libvirt', 'virtualbox'] as const;
export type Provider = (typeof providers)[number];

/** What was said when a sandbox was raised, and holds until it is thrown away. */
export const Sandbox = z.strictObject({
  spec: z.string(),
  provider: z.enum(providers),
  os: z.string(),
  bundle: z.string().optional(),
  bootstrap: z.string().optional(),
  fingerprint: z.string().optional(),
  pg: z.string().optional(),
  /** Whether an installation came to its end. */
  deployed: z.boolean(),
});
export type Sandbox = z.infer<typeof Sandbox>;

/** Vagrant keeps here what it knows of the nodes of a spec, and we what was said. */
export const folderOf = (spec: string): string => join(cache, 'vagrant', spec);

export async function findSandbox(spec: string): Promise<Sandbox | undefined> {
  const file = noteOf(spec);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return text === undefined ? undefined : readDocument(Sandbox, text, file);
}

/** @throws Fault unreachable */
export async function demandSandbox(spec: string): Promise<Sandbox> {
  const found = await findSandbox(spec);
  if (found) return found;
  throw new Fault('unreachable', `there is no sandbox ${spec} that is up`, { hint: `pgark sandbox up ${spec}` });
}

export const keepSandbox = (sandbox: Sandbox): Promise<void> => writeWhole(noteOf(sandbox.spec), `${JSON.stringify(sandbox, undefined, 2)}\n`);

export const forgetSandbox = (spec: string): Promise<void> => rm(folderOf(spec), { recursive: true, force: true });

const noteOf = (spec: string): string => join(folderOf(spec), 'sandbox.json');
