import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, writeWhole } from '../repo/core/files.ts';
import { dropBridge, takeAway } from './bridge.ts';
import { kill } from './container.ts';
import type { HostWanted } from './host.ts';
import { hosts } from './places.ts';

/** What is known of a host between two processes: `host.json` in its folder. */
export interface Record {
  wanted: HostWanted;
  root: string;
  owner: Owner;
}

/** A process that cannot be mistaken for a later one with the same number. */
interface Owner {
  pid: number;
  /** When it started, in ticks since boot: field 22 of proc(5) stat. */
  started: string;
}

export const folderOf = (name: string): string => join(hosts, name);

/** The name that its container has on this machine: short enough for a network interface. */
export const containerOf = (name: string): string => `pa${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;

export const portOf = (name: string): string => `vb-${containerOf(name)}`;

export async function readRecord(name: string): Promise<Record | undefined> {
  try {
    return JSON.parse(await readFile(join(folderOf(name), 'host.json'), 'utf8')) as Record;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const writeRecord = (record: Record): Promise<void> => writeWhole(join(folderOf(record.wanted.name), 'host.json'), `${JSON.stringify(record)}\n`);

export async function thisProcess(): Promise<Owner> {
  return { pid: process.pid, started: (await startOf(process.pid))! };
}

/** Ends a host at once and removes all that it was. */
export async function discard({ wanted: { name, network } }: Record): Promise<void> {
  await kill(containerOf(name));
  if (network !== 'none') await takeAway(portOf(name));
  if (network !== 'none') await dropBridge(network.bridge);
  await rm(folderOf(name), { recursive: true, force: true });
}

/** Discards the hosts whose process has ended without doing so. */
export async function sweep(): Promise<void> {
  const names = (await exists(hosts)) ? await readdir(hosts) : [];
  for (const name of names) {
    const record = await readRecord(name);
    if (record && !record.wanted.stays && (await startOf(record.owner.pid)) !== record.owner.started) await discard(record);
  }
}

async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
