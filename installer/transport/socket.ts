import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshTarget } from './ssh.ts';

/** Where the connection of a run to a host is to be met (ssh_config(5), ControlPath): in a folder of this process alone, with a name short enough for a socket. */
export const socketOf = (target: SshTarget): string => join(folder(), createHash('sha256').update(JSON.stringify(target)).digest('hex').slice(0, 16));

let made: string | undefined;

function folder(): string {
  if (made !== undefined) return made;
  const path = mkdtempSync(join(tmpdir(), 'pgark-ssh-'));
  // Connections end by themselves a little later; without their sockets nobody can use them.
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  return (made = path);
}
