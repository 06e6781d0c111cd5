import { shell, type Command, type Completed } from '../transport/command.ts';

/** A process that listens on a TCP port. */
export interface Listener {
  port: number;
  /** As /proc writes it: eight hexadecimal digits for IPv4, the bytes of each word reversed. */
  address: string;
  pid?: number;
  /** The name of the program, from /proc/PID/comm. */
  program?: string;
  /** The systemd unit whose control group it is in. */
  unit?: string;
}

/** From /proc alone: a minimal host has neither ss(8) nor lsof(8). */
export const probeListeners: readonly Command[] = [
  { argv: shell('cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || :') },
  { argv: shell('ls -l /proc/[0-9]*/fd 2>/dev/null || :') },
  { argv: shell('grep -H . /proc/[0-9]*/comm /proc/[0-9]*/cgroup 2>/dev/null || :') },
];

/** Reads the three answers. */
export function readListeners([sockets, files, processes]: readonly Completed[]): Listener[] {
  const owners = ownersOf(files!.stdout);
  const { programs, units } = readProcesses(processes!.stdout);
  return listening(sockets!.stdout).map(({ port, address, inode }) => {
    const pid = owners.get(inode);
    if (pid === undefined) return { port, address };
    const program = programs.get(pid);
    const unit = units.get(pid);
    return { port, address, pid, ...(program !== undefined && { program }), ...(unit !== undefined && { unit }) };
  });
}

/** proc(5), /proc/net/tcp: `sl local_address rem_address st … inode`; state 0A is LISTEN. */
function listening(table: string): { port: number; address: string; inode: string }[] {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter((fields) => fields[3] === '0A').map((fields) => {
    const [address, port] = fields[1]!.split(':');
    return { address: address!, port: Number.parseInt(port!, 16), inode: fields[9]! };
  });
}

/** Socket inode → process; of several that share it the first, which is the parent. */
function ownersOf(listing: string): Map<string, number> {
  const owners = new Map<string, number>();
  let pid = 0;
  for (const line of listing.split('\n')) {
    const folder = /^\/proc\/(\d+)\/fd:$/.exec(line);
    if (folder) pid = Number(folder[1]);
    const socket = / -> socket:\[(\d+)\]$/.exec(line);
    if (socket && !owners.has(socket[1]!)) owners.set(socket[1]!, pid);
  }
  return owners;
}

function readProcesses(text: string): { programs: Map<number, string>; units: Map<number, string> } {
  const rows = [...text.matchAll(/^\/proc\/(\d+)\/(comm|cgroup):(.*)$/gm)];
  const unitOf = (path: string): string | undefined => /\/([^/]+\.(?:service|scope))(?:\/|$)/.exec(path)?.[1];
  return {
    programs: new Map(rows.filter((row) => row[2] === 'comm').map((row) => [Number(row[1]), row[3]!])),
    units: new Map(rows.filter((row) => row[2] === 'cgroup').flatMap((row) => (unitOf(row[3]!) === undefined ? [] : [[Number(row[1]), unitOf(row[3]!)!] as const]))),
  };
}
