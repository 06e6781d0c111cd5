import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeDocument } from '../../repo/core/document.ts';
import { writeWhole } from '../../repo/core/files.ts';
import type { Facts } from './facts.ts';

/** What is known of every host since the last run, beside the inventory: what the others must have speaks of a host also while it cannot be asked. */
export const rememberedPath = (inventory: string): string => join(dirname(inventory), 'facts.json');

/** By address. Nothing where nothing can be read: a look goes on without. What an earlier version did not know yet is missing. */
export async function recall(inventory: string): Promise<Map<string, Partial<Facts>>> {
  const text = await readFile(rememberedPath(inventory), 'utf8').catch(() => '{}');
  return new Map(Object.entries(Remembered.safeParse(parsed(text)).data ?? {}));
}

export async function remember(inventory: string, facts: ReadonlyMap<string, Partial<Facts>>): Promise<void> {
  await writeWhole(rememberedPath(inventory), writeDocument(Object.fromEntries([...facts].sort(([a], [b]) => (a < b ? -1 : 1)))), 0o600);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

/** We wrote it ourselves, and what else is in it is as it was then. */
const Remembered = z.record(z.string(), z.looseObject({ hostname: z.string(), addresses: z.array(z.string()), carries: z.boolean() }));
