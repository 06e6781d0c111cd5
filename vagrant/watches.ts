import { readFile, writeFile } from 'node:fs/promises';
import type { Progress } from '../repo/core/progress.ts';

// The processes of a host with systemd hold eight or so; every spec of the sandbox at once is some thirty.
const enough = 1024;

const setting = '/proc/sys/fs/inotify/max_user_instances';

/**
 * Containers of root share the instances of inotify that this machine allows its root: without one, units of a host do not
 * start. Where they are too few, more are allowed until the machine boots anew.
 */
export async function allowWatches({ warn }: Pick<Progress, 'warn'>, file = setting): Promise<void> {
  const allowed = Number(await readFile(file, 'utf8'));
  if (allowed >= enough) return;
  await writeFile(file, `${enough}\n`);
  warn(`fs.inotify.max_user_instances of this machine was ${allowed}, too few for containers; it is ${enough} until the next boot`);
}
