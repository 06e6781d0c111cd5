import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { besideOf, exists } from '../../../repo/core/files.ts';
import { hosts } from '../../../vagrant/places.ts';
import { readRecord } from '../../../vagrant/record.ts';

/** So many of a kind stay, the ones that were used last: two trees side by side are not each other's loss. */
const kept = 2;

/** What was asked for within it may still be read by whoever asked, and what was begun within it may still be made. */
const hour = 3_600_000;

/** Says that a folder was asked for. */
export const use = (place: string): Promise<void> => utimes(place, new Date(), new Date());

/** Removes folders of a kind that nobody uses any more: not the last that were used, not within an hour, and under no host. What was never finished goes too. */
export async function prune(folder: string, kind: RegExp, grounds: readonly string[], now = Date.now()): Promise<void> {
  const all = (await Promise.all((await readdir(folder)).map((name) => entryOf(folder, name)))).flat();
  const whole = all.filter(({ name }) => kind.test(name)).toSorted((a, b) => b.at - a.at);
  const parts = all.filter(({ name }) => kind.test(/^\.(.+)\.[0-9a-f]{8}\.part$/.exec(name)?.[1] ?? ''));
  const free = (place: string): boolean => !grounds.some((root) => root === place || root.startsWith(`${place}/`));
  for (const { place, at } of [...whole.slice(kept), ...parts]) if (now - at > hour && free(place)) await remove(place);
}

/** Nothing, when another process was quicker to remove it. */
async function entryOf(folder: string, name: string): Promise<{ name: string; place: string; at: number }[]> {
  const place = join(folder, name);
  const found = await stat(place).catch(allowingGone);
  return found ? [{ name, place, at: found.mtimeMs }] : [];
}

/** The roots that hosts lay their layer over, running or not. */
export async function groundsOfHosts(): Promise<string[]> {
  const names = (await exists(hosts)) ? await readdir(hosts) : [];
  const records = await Promise.all(names.map(readRecord));
  return records.flatMap((record) => (record ? [record.root] : []));
}

/** Out of its place first: half of it is never found there. */
async function remove(place: string): Promise<void> {
  const gone = besideOf(place);
  await rename(place, gone).catch(allowingGone);
  await rm(gone, { recursive: true, force: true });
}

function allowingGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
