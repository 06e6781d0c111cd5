import type { RepositoryName } from '../../../installer/backup/repositories.ts';
import type { Cluster, Seat } from '../../../installer/cluster/cluster.ts';
import type { Command, Transport } from '../../../installer/transport/command.ts';
import { Fault } from '../../../repo/core/fault.ts';

/** A backup as pgBackRest tells of it: `20261122-010000F` in repository 1, a second long. */
export function told(label: string, repo = 1, more: object = {}): object {
  const start = Date.parse(label.slice(-16, -1).replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z')) / 1000;
  const type = { F: 'full', D: 'diff', I: 'incr' }[label.at(-1)!];
  return {
    label, type, database: { id: 1, 'repo-key': repo }, timestamp: { start, stop: start + 1 }, lsn: { start: '0/6000028', stop: '0/6000100' },
    archive: { start: '000000010000000000000006', stop: '000000010000000000000006' }, error: false, info: { size: 33_745_064, repository: { delta: 4_172_736 } }, reference: label.includes('_') ? [label.slice(0, 16)] : null, ...more,
  };
}

export interface FakeMember {
  leads: boolean;
  lost?: boolean;
  backups: object[];
  /** Numbers of repositories. */
  repositories: number[];
  archive: { min: string; max: string };
  /** What its archiver says beside. */
  failed?: string;
  timers: string;
  /** What lies in its archive, as `pgbackrest repo-ls` tells. */
  segments: string;
}

/** Members whose pgBackRest knows what they are given; a backup started on one is in its list at once. */
export function fakeBackups(repositories: readonly RepositoryName[], count = 3) {
  const asked: { member: string; argv: string }[] = [];
  const members = Array.from({ length: count }, (_, index): FakeMember => ({ leads: index === 0, backups: [], repositories: repositories.map(({ number }) => number), archive: { min: '000000010000000000000001', max: '000000010000000000000009' }, timers: '', segments: '' }));
  const fake = { members, asked, next: [] as object[], outcome: 'SubState=exited\nActiveState=active\nResult=success\nLoadState=loaded\nall is well\n', start: { code: 0, stderr: '' }, expired: '' };
  const answer = (member: FakeMember, name: string, { argv }: Command): { code?: number; stdout?: string; stderr?: string } => {
    const words = argv.join(' ');
    if (words.includes('--output=json info')) return { stdout: infoOf(member) };
    if (words.includes('pg_stat_archiver')) return { stdout: `${member.leads ? 'f' : 't'} 000000010000000000000009 1795368169 ${member.failed ?? '- 0'}\n` };
    if (words.includes('LastTriggerUSec')) return { stdout: member.timers };
    if (words.includes('repo-ls')) return { stdout: member.segments };
    asked.push({ member: name, argv: words.replace(/^sh -ec [\s\S]* sh /, '') });
    if (words.includes('systemd-run')) {
      if (fake.start.code === 0) member.backups.push(...fake.next);
      return fake.start;
    }
    if (words.includes('InvocationID')) return { stdout: fake.outcome };
    if (words.endsWith('expire')) return { stdout: fake.expired };
    return {};
  };
  const seats = members.map((member, index): Seat => {
    const name = `pg-test-${index + 1}`;
    const probe: Transport['probe'] = async (commands) => {
      if (member.lost) throw new Fault('unreachable', `10.0.0.${index + 1}: no root shell`);
      return commands.map((command) => ({ code: 0, stdout: '', stderr: '', ...answer(member, name, command) }));
    };
    return { member: name, address: `10.0.0.${index + 1}`, transport: { host: `10.0.0.${index + 1}`, probe, run: probe }, dbsu: 'postgres', data: '/pg/data', port: '5432', isOffline: false, isSafeguarded: false };
  });
  const cluster: Cluster = { name: 'pg-test', seats, rpo: 0 };
  return { ...fake, fake, backedUp: { cluster, repositories } };
}

function infoOf({ backups, repositories, archive }: FakeMember): string {
  const status = { code: backups.length > 0 ? 0 : 2, message: backups.length > 0 ? 'ok' : 'no valid backups' };
  return JSON.stringify([
    {
      name: 'pg-test', status, backup: backups, cipher: 'aes-256-cbc',
      archive: repositories.map((key) => ({ id: '15-1', database: { id: 1, 'repo-key': key }, ...archive })),
      db: repositories.map((key) => ({ id: 1, 'repo-key': key, 'system-id': 12345, version: '15' })),
      repo: repositories.map((key) => ({ key, cipher: 'aes-256-cbc', status })),
    },
  ]);
}

export const local: RepositoryName = { number: 1, name: 'local', isLocal: true, retention: { by: 'count', full: 2 } };

export const far: RepositoryName = { number: 2, name: 'far', isLocal: false, retention: { by: 'time', full: 14 } };
