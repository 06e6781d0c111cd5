import { bytes } from '../../repo/console/print.ts';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { exitCodes, Fault } from '../../repo/core/fault.ts';
import { clockUntil } from '../cluster/clock.ts';
import type { Met } from '../cluster/sight.ts';
import { choose, type Choice } from '../proof/choose.ts';
import { prove } from '../proof/prove.ts';
import type { ProofResult } from '../proof/result.ts';
import { standOf, type Stand } from '../proof/stand.ts';
import { meetNamed, pgOptions, wordsOf } from './pg-open.ts';

export const check: CommandSpec = {
  name: 'backup check',
  arguments: 'CLUSTER',
  about: 'proves a backup by restoring it into a scratch instance and looking into that',
  options: {
    ...pgOptions,
    set: { value: 'LABEL', about: 'which backup (latest)' },
    repo: { value: 'NAME', about: 'from which repository (the one with the newest)' },
    on: { value: 'ADDRESS', about: 'on which host of the cluster (a replica with room that sees the backup)' },
    latest: { about: 'replay all WAL that is archived, not only up to the end of the backup' },
    full: { about: 'compare indexes with their tables as well' },
    keep: { about: 'leave the scratch instance there, stopped' },
    patience: { value: 'SECONDS', about: 'how long it may take (14400)' },
  },
  notes: `The repository is verified, the backup restored beside the data of a host and started there without network, archive and jobs of its own; every database is
opened, pg_amcheck and the checksums of pages are run, and all of it is taken away again. The cluster goes on meanwhile. It ends with 8 when the backup is not proven.`,
  run,
};

async function run(invocation: Invocation): Promise<ProofResult & { address: string; exitCode?: number }> {
  const { value, has, print, progress, signal } = invocation;
  const [cluster] = wordsOf(invocation, ['CLUSTER']);
  const manner = { full: has('full'), latest: has('latest'), keep: has('keep'), patience: secondsOf(invocation) };
  const stands = await standsOf(await meetNamed(cluster!, invocation), invocation);
  const choice = choose({ cluster: cluster!, set: value('set') ?? 'latest', ...optional('repository', value('repo')), ...optional('on', value('on')) }, stands);
  print(announce(choice, cluster!));
  const result = await prove(choice, manner, { progress, signal, clock: clockUntil(signal) });
  print(outcome(result));
  return { ...result, address: choice.stand.seat.address, ...(result.verdict !== 'proven' && { exitCode: exitCodes.apply }) };
}

/** @throws Fault unreachable or apply where no host can tell how it stands; one that cannot is warned of */
async function standsOf({ cluster, here, lost }: Met, { progress }: Invocation): Promise<Stand[]> {
  if (here.length === 0) throw lost[0]!.because;
  const asked = await progress.each(here, 16, async (seat) => standOf(seat, cluster.name).catch(orFault));
  const stands = asked.flatMap((each) => (each instanceof Fault ? [] : [each]));
  const faults = asked.flatMap((each) => (each instanceof Fault ? [each] : []));
  if (stands.length === 0) throw faults[0]!;
  for (const { message } of faults) progress.warn(message);
  return stands;
}

function orFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

function announce({ backup, repository, stand: { seat, isStandby, free } }: Choice, cluster: string): string {
  const where = `${seat.member} (${seat.address}${isStandby === undefined ? '' : isStandby ? ', a replica' : ', the leader'})`;
  if (!backup) return `repository ${repository} of ${cluster} is looked at on ${where}`;
  return `backup ${backup.label} of ${cluster} (${backup.type}, ${backup.ended}, ${bytes(backup.size)}) in repository ${repository} is restored on ${where}; ${bytes(free)} are free there`;
}

/** For a reader: what was proven, or what is wrong with which backup and what to do next. */
export function outcome(result: ProofResult): string {
  const { cluster, instance, repository, label, verdict, duration, reason, details, hint, notes, kept } = result;
  const what = `${label === 'latest' ? 'the newest backup' : `backup ${label}`} of ${cluster} in repository ${repository}`;
  const said = {
    proven: [`${what} is proven, in ${duration} s on ${instance}: ${findings(result)}`],
    failed: [`${what} is BAD: ${reason}`],
    untried: [`${what} was not proven: ${reason}`],
  }[verdict];
  return [
    ...said,
    ...(details?.split('\n').map((line) => `  ${line.trim()}`) ?? []),
    ...(notes ? [`note: ${notes.trim().replace(/;$/, '')}`] : []),
    ...(hint ? [`next: ${hint}`] : []),
    ...(kept ? [`kept: ${kept} on ${instance}. pg_ctl -D ${kept}/data -o '-c config_file=${kept}/proof.conf' start, as the superuser of the database, starts it; psql -h ${kept}/socket -p 65432 reaches it`] : []),
  ].join('\n');
}

function findings({ reached, reachedTime, databases = [], checksums, amcheck }: ProofResult): string {
  const tables = databases.reduce((sum, each) => sum + each.tables, 0);
  return [
    `recovered to ${reached}${reachedTime ? ` (${reachedTime})` : ''}`,
    `${databases.length} databases with ${tables} tables`,
    `pg_amcheck ${amcheck === 'absent' ? 'is not there' : 'found nothing'}`,
    checksums === 'off' ? 'pages have no checksums' : 'the checksums of all pages are right',
  ].join(', ');
}

function secondsOf({ value }: Invocation): number {
  const text = value('patience') ?? '14400';
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Fault('usage', `--patience: "${text}" is no number of seconds`);
}

const optional = <K extends string>(key: K, given: string | undefined): { [P in K]?: string } => (given === undefined ? {} : ({ [key]: given } as { [P in K]?: string }));
