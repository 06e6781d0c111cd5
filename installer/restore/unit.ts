import type { Seat } from '../cluster/cluster.ts';
import { shell, type Command } from '../transport/command.ts';
import { must } from './on.ts';

/** A program that runs on a host by itself, as the account of the database: it outlives a connection, and is gone after a boot (systemd-run(1)). */
export interface Program {
  /** `pgark-restore-copy` */
  unit: string;
  argv: readonly string[];
  /** Where its output is kept. */
  log: string;
  /** A file of hosts that it sees in the place of the host's own. */
  hosts?: string;
  /** Of all that lies on the host, what it may write; without it, whatever its account may. */
  writes?: readonly string[];
  /** What it sees in the place of something else, which is out of its reach. */
  instead?: readonly { path: string; of: string }[];
  /** One that comes to an end by itself, and whose end is waited for. */
  ends?: true;
}

export async function start(seat: Seat, program: Program): Promise<void> {
  await stop(seat, program.unit);
  await must(seat.transport, `${program.unit} starts`, { argv: ['systemd-run', '--quiet', '--no-block', `--unit=${program.unit}`, ...properties(program, seat).map((each) => `--property=${each}`), ...program.argv], timeout: 60 });
}

function properties({ log, hosts, writes, instead = [], ends }: Program, { dbsu }: Seat): string[] {
  return [
    `User=${dbsu}`,
    `Group=${dbsu}`,
    'UMask=0077',
    'Environment=PATH=/usr/pgsql/bin:/usr/local/bin:/usr/bin:/bin',
    `StandardOutput=append:${log}`,
    `StandardError=append:${log}`,
    // A fast shutdown of PostgreSQL: its checkpoint takes as long as it takes.
    'KillSignal=SIGINT',
    'KillMode=mixed',
    'TimeoutStopSec=3600',
    'LimitNOFILE=1048576',
    ...(hosts === undefined ? [] : [`BindReadOnlyPaths=${hosts}:/etc/hosts`]),
    ...(writes === undefined ? [] : ['ProtectSystem=strict', 'PrivateTmp=yes', ...writes.map((path) => `ReadWritePaths=${quoted(path)}`)]),
    ...instead.map(({ path, of }) => `BindPaths=${quoted(path)}:${quoted(of)}`),
    ...(ends ? ['Type=oneshot', 'RemainAfterExit=yes'] : []),
  ];
}

/** As systemd reads a path in a list of them. */
const quoted = (path: string): string => `"${path.replaceAll(/[\\"]/g, '\\$&')}"`;

export type Standing = 'runs' | 'done' | 'failed' | 'absent';

/** How a program stands. */
export async function standing({ transport }: Seat, unit: string): Promise<Standing> {
  const [told] = await transport.probe([{ argv: ['systemctl', 'show', '-p', 'ActiveState,SubState', unit], timeout: 20 }]);
  const [, active, sub] = /ActiveState=(\w+)\nSubState=(\w+)/.exec(told!.stdout) ?? [];
  if (active === 'active' && sub === 'exited') return 'done';
  if (active === 'active' || active === 'activating' || active === 'deactivating') return 'runs';
  return active === 'failed' ? 'failed' : 'absent';
}

/** Ends it and forgets how it ended. */
export async function stop({ transport }: Seat, unit: string): Promise<void> {
  await must(transport, `${unit} ends`, ending(unit));
}

const ending = (unit: string): Command => ({ argv: shell('systemctl stop "$1" 2>/dev/null || :; systemctl reset-failed "$1" 2>/dev/null || :', `${unit}.service`), timeout: 3700 });
