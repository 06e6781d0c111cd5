import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { leaderIn, lookAtBackups, repositoriesSeen, type ListedBackup } from '../backup/look.ts';
import { awaitBackup, startBackup, type BackupWish } from '../backup/start.ts';
import { clockUntil } from '../cluster/clock.ts';
import { leadingView, lookAndWarn, openBackedUp, refuseUnknownRepository, type BackedUp } from './backup-open.ts';
import { backupTable } from './backup-page.ts';
import { pgOptions, wordsOf } from './pg-open.ts';

export const now: CommandSpec = {
  name: 'backup now',
  arguments: 'CLUSTER',
  about: 'backs a cluster up, on the member that leads',
  options: {
    ...pgOptions,
    type: { value: 'TYPE', about: 'full, diff or incr (incr, which becomes a full one where there is none)' },
    repo: { value: 'NAME', about: 'into this repository of pgbackrest_method alone (all of them)' },
    annotation: { value: 'KEY=VALUE', many: true, about: 'keep this with the backup' },
    patience: { value: 'SECONDS', about: 'how long to wait for its end (86400)' },
  },
  notes: 'It runs as a unit of the host: when the waiting is interrupted, the backup goes on. Backups of one cluster that come at once wait for each other.',
  run: async (invocation) => {
    const [name] = wordsOf(invocation, ['CLUSTER']);
    const wish = wishOf(invocation);
    const seconds = secondsOf(invocation);
    const [backedUp] = await openBackedUp(invocation, name);
    refuseUnknownRepository(backedUp!, wish.repo);
    return backUp(backedUp!, wish, seconds, invocation);
  },
};

export async function backUp(backedUp: BackedUp, wish: BackupWish, seconds: number, invocation: Invocation): Promise<object> {
  const { cluster } = backedUp;
  const before = await lookAndWarn(backedUp, invocation);
  const { seat } = leadingView(before, backedUp);
  const known = new Set(made(backedUp, before).map(keyOf));
  const { progress, signal } = invocation;
  await progress.step(`${wish.type} backup of ${cluster.name} on ${seat.member}`, async (inner) => {
    await startBackup(seat, wish);
    await awaitBackup(seat, seconds, { progress: inner, signal, clock: clockUntil(signal) });
  });
  const fresh = made(backedUp, await lookAtBackups(cluster)).filter((each) => !known.has(keyOf(each)));
  if (fresh.length === 0) throw new Fault('apply', `${seat.member} said that it was backed up, and there is no new backup`, { hint: `whether it still leads: pgark pg list ${cluster.name}` });
  // Beside it there may be one that the schedule has made meanwhile.
  for (const [repository, [first, ...others]] of Map.groupBy(fresh, (each) => each.repository)) {
    if (![first!, ...others].some(({ type }) => type === wish.type)) progress.warn(`${repository} had nothing that a backup of type ${wish.type} could stand on: it is one of type ${first!.type}`);
  }
  invocation.print(backupTable(fresh));
  return { cluster: cluster.name, member: seat.member, backups: fresh };
}

/** Where backups are made now, each with the name of its repository. */
function made({ repositories }: BackedUp, views: Parameters<typeof repositoriesSeen>[1]): (ListedBackup & { repository: string })[] {
  return leaderIn(views) ? repositoriesSeen(repositories, views).filter(({ inUse }) => inUse).flatMap(({ name, backups }) => backups.map((each) => ({ ...each, repository: name }))) : [];
}

const keyOf = ({ repo, label }: ListedBackup): string => `${repo} ${label}`;

function wishOf({ value, values }: Invocation): BackupWish {
  const type = value('type') ?? 'incr';
  if (type !== 'full' && type !== 'diff' && type !== 'incr') throw new Fault('usage', `--type: "${type}" is none of full, diff, incr`);
  const annotations = values('annotation');
  for (const each of annotations) if (!/^[\w.-]+=./.test(each)) throw new Fault('usage', `--annotation: "${each}" is no KEY=VALUE`);
  const repo = value('repo');
  return { type, annotations, ...(repo !== undefined && { repo }) };
}

function secondsOf({ value }: Invocation): number {
  const text = value('patience') ?? '86400';
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Fault('usage', `--patience: "${text}" is no number of seconds`);
}
