import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';

/** Where the Vagrantfile stands, and all that it reads. */
export const vagrantFolder = resolve(import.meta.dirname, '..');

const Node = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  address: z.ipv4(),
  cpus: z.int().positive(),
  /** In megabytes. */
  memory: z.int().min(1024),
});

/** Which nodes there are. The first has the bundle, and a key to the others. */
export const Spec = z.strictObject({
  about: z.string(),
  /** For `pgark configure`. */
  topology: z.enum(['single', 'dual', 'trio', 'full']).optional(),
  /** An inventory beside the spec, where no topology says it. */
  inventory: z.string().optional(),
  network: z.cidrv4().endsWith('.0/24'),
  nodes: z.array(Node).min(1),
});
export type Spec = z.infer<typeof Spec>;

export interface NamedSpec extends Spec {
  name: string;
}

/** @throws Fault usage where there is no such spec, invalid where it is none */
export async function readSpec(name: string | undefined): Promise<NamedSpec> {
  const names = await specNames();
  if (name === undefined) throw new Fault('usage', 'which spec?', { details: names, hint: 'pgark sandbox list' });
  if (!names.includes(name)) throw new Fault('usage', `there is no spec "${name}"`, { hint: `${nearest(name, names) ?? names[0]}? They are ${names.join(', ')}` });
  const file = join(vagrantFolder, 'specs', `${name}.yml`);
  return { name, ...readDocument(Spec, await readFile(file, 'utf8'), file) };
}

export async function specNames(): Promise<string[]> {
  const files = await readdir(join(vagrantFolder, 'specs'));
  return files.filter((file) => /^[a-z0-9-]+\.yml$/.test(file)).map((file) => file.slice(0, -4)).toSorted();
}

/** Codes of the operating systems for which a box is known. */
export async function osCodes(): Promise<string[]> {
  const file = join(vagrantFolder, 'boxes.yml');
  return Object.keys(readDocument(z.record(z.string(), z.string()), await readFile(file, 'utf8'), file));
}
