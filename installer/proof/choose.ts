import { Fault } from '../../repo/core/fault.ts';
import type { BackupInfo } from '../backup/info.ts';
import { guess } from '../inventory/guess.ts';
import type { Stand } from './stand.ts';

/** What is to be proven. */
export interface Wish {
  cluster: string;
  /** A label, or `latest`. */
  set: string;
  repository?: string;
  /** The address or the member where. */
  on?: string;
}

/** Which backup, and where. */
export interface Choice {
  stand: Stand;
  repository: string;
  /** Absent where the repository cannot be read: the proof will say why. */
  backup?: BackupInfo;
  /** Bytes that it takes there. */
  needed: number;
}

/**
 * The newest backup, or the one that is named, and a host that sees it and has room: a replica before the leader, then who has most room.
 * @throws Fault usage where there is no such repository, host or backup; apply where there is none at all, or nobody can take it
 */
export function choose(wish: Wish, stands: readonly Stand[]): Choice {
  const there = hostsIn(wish, stands);
  const names = [...new Set(there.flatMap(({ repositories }) => repositories.map(({ name }) => name)))];
  const { repository } = wish;
  if (repository !== undefined && !names.includes(repository)) throw new Fault('usage', `${wish.cluster} has no repository "${repository}"${guess(repository, names)}`, { hint: `it has ${names.join(', ')}` });
  const seen = there.flatMap((stand) => choicesOn(stand, wish));
  const found = seen.filter((each) => each.backup && (wish.set === 'latest' || each.backup.label === wish.set)).toSorted(byAge);
  const newest = found[0];
  const blind = seen.find((each) => each.backup === undefined);
  if (!newest && !blind) throw missing(wish, seen);
  if (!newest) return blind!;
  return fittest(found.filter((each) => each.repository === newest.repository && each.backup!.label === newest.backup!.label));
}

function hostsIn({ on, cluster }: Wish, stands: readonly Stand[]): readonly Stand[] {
  if (on === undefined) return stands;
  const there = stands.filter(({ seat }) => [seat.address, seat.member].includes(on));
  if (there.length === 0) throw new Fault('usage', `no host of ${cluster} that answers is "${on}"`, { hint: stands.map(({ seat }) => `${seat.address} (${seat.member})`).join(', ') });
  return there;
}

/** Every backup that a host sees; a repository that cannot be read (99, pgBackRest's word for all that is no matter of content) stands there without one. */
function choicesOn(stand: Stand, { repository }: Wish): Choice[] {
  return stand.repositories.filter(({ name }) => repository === undefined || name === repository).flatMap(({ number, name }): Choice[] => {
    const backups = stand.stanza?.backups.filter(({ repo }) => repo === number) ?? [];
    const code = stand.stanza?.repositories.find((each) => each.number === number)?.code;
    if (backups.length === 0 && code === 99) return [{ stand, repository: name, needed: 0 }];
    return backups.map((backup) => ({ stand, repository: name, backup, needed: Math.ceil(backup.size * 1.1) + stand.spare }));
  });
}

/** The newest first; of the same age, that of the first repository. */
const byAge = (a: Choice, b: Choice): number => (a.backup!.ended < b.backup!.ended ? 1 : a.backup!.ended > b.backup!.ended ? -1 : a.backup!.repo - b.backup!.repo);

function fittest(choices: readonly Choice[]): Choice {
  const able = choices.filter(({ stand, needed }) => !stand.isBusy && stand.free >= needed);
  const best = able.toSorted((a, b) => Number(b.stand.isStandby === true) - Number(a.stand.isStandby === true) || b.stand.free - a.stand.free)[0];
  if (best) return best;
  const details = choices.map(({ stand: { seat, free, isBusy }, needed }) => `${seat.member} (${seat.address}): ${isBusy ? 'another proof is under way' : `${mebibytes(needed)} needed, ${mebibytes(free)} free`}`);
  const [{ backup, repository }] = choices as [Choice];
  throw new Fault('apply', `no host that sees ${backup!.label} in repository ${repository} can take it now`, { details, hint: 'give the disk of the data more room, or wait until the other proof has ended' });
}

const mebibytes = (count: number): string => `${Math.ceil(count / 1024 ** 2)} MiB`;

function missing({ cluster, set, repository, on }: Wish, seen: readonly Choice[]): Fault {
  const what = repository === undefined ? cluster : `repository ${repository} of ${cluster}`;
  const where = on === undefined ? what : `${what}, as ${on} sees it,`;
  const labels = [...new Set(seen.flatMap(({ backup }) => (backup ? [backup.label] : [])))];
  if (labels.length === 0) return new Fault('apply', `${where} has no backup that could be proven`, { hint: on === undefined ? `pgark backup now ${cluster} makes one` : `pgark backup list ${cluster} shows where backups lie` });
  return new Fault('usage', `${where} has no backup "${set}"${guess(set, labels)}`, { hint: `pgark backup list ${cluster} shows those that there are` });
}
