import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../repo/core/files.ts';

const top = '/sys/fs/cgroup';

/** The cgroups of this name in the hierarchies by which systemd tells services apart: a host lives in them with all its processes. */
export async function groupsOf(name: string): Promise<string[]> {
  const groups: string[] = [];
  for (const hierarchy of ['', 'systemd', 'unified']) if (await exists(join(top, hierarchy, 'cgroup.procs'))) groups.push(join(top, hierarchy, name));
  return groups;
}

export async function makeGroups(name: string): Promise<string[]> {
  const groups = await groupsOf(name);
  for (const group of groups) {
    await mkdir(group, { recursive: true });
  }
  return groups;
}

/** Every process in these cgroups and those below. */
export async function processesIn(groups: readonly string[]): Promise<number[]> {
  const pids = new Set<number>();
  for (const group of groups) {
    for (const folder of await treeOf(group)) {
      for (const pid of (await read(join(folder, 'cgroup.procs'))).split('\n').filter(Boolean)) pids.add(Number(pid));
    }
  }
  return [...pids];
}

export async function removeGroups(groups: readonly string[]): Promise<void> {
  for (const group of groups) for (const folder of (await treeOf(group)).toReversed()) await rmdir(folder);
}

/** The group itself first, then what is below. */
async function treeOf(group: string): Promise<string[]> {
  if (!(await exists(group))) return [];
  const below = await readdir(group, { recursive: true, withFileTypes: true }).catch(() => []);
  return [group, ...below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)).toSorted()];
}

/** A group may go away while it is looked at. */
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENODEV') return '';
    throw error;
  });
}
