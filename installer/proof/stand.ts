import { Fault } from '../../repo/core/fault.ts';
import { readInfo, type StanzaInfo } from '../backup/info.ts';
import type { Seat } from '../cluster/cluster.ts';
import type { Command, Completed } from '../transport/command.ts';

/** How a host stands on which a backup may be proven. */
export interface Stand {
  seat: Seat;
  /** Bytes on the disk of the scratch instance, and how many of them are never taken. */
  free: number;
  spare: number;
  /** Undefined where its own server does not answer. */
  isStandby?: boolean;
  /** Another proof is under way. */
  isBusy: boolean;
  repositories: readonly { number: number; name: string; isLocal: boolean }[];
  /** What it sees in them. */
  stanza?: StanzaInfo;
}

/** The program on each host; the role `proof` puts it there. */
const program = '/usr/local/lib/pgark/backup-check';

/** @throws Fault apply where the host has no such program, unreachable */
export async function standOf(seat: Seat, cluster: string): Promise<Stand> {
  const [told, info] = await seat.transport.probe(questions(seat, cluster));
  if (told!.code !== 0) throw new Fault('apply', `${seat.member}: its host has nothing to prove backups with`, { details: [told!.stderr.trim()].filter(Boolean), hint: 'pgark apply brings it; pgbackrest_enabled must be true' });
  return { seat, ...readStand(told!), ...stanzaIn(info!, cluster) };
}

const questions = ({ dbsu }: Seat, cluster: string): Command[] => [
  { argv: [program, 'describe'], as: dbsu, timeout: 30 },
  { argv: ['pgbackrest', `--stanza=${cluster}`, '--output=json', 'info'], as: dbsu, timeout: 120 },
];

function stanzaIn({ code, stdout }: Completed, cluster: string): Pick<Stand, 'stanza'> {
  const stanza = code === 0 ? readInfo(stdout).find(({ name }) => name === cluster) : undefined;
  return stanza ? { stanza } : {};
}

/** `free 49798610944`, `standby t`, `busy`, `repository 1 local here` */
export function readStand({ stdout }: Pick<Completed, 'stdout'>): Omit<Stand, 'seat' | 'stanza'> {
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const first = (word: string): string | undefined => lines.find(([key]) => key === word)?.[1];
  const standby = first('standby');
  return {
    free: Number(first('free') ?? 0),
    spare: Number(first('spare') ?? 0),
    ...(standby && { isStandby: standby === 't' }),
    isBusy: lines.some(([key]) => key === 'busy'),
    repositories: lines.filter(([key]) => key === 'repository').map(([, number, name, place]) => ({ number: Number(number), name: name!, isLocal: place === 'here' })),
  };
}
