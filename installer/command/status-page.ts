import { table } from '../../repo/console/print.ts';
import type { EtcdStanding, Floating } from '../plan/standing.ts';
import type { Backup, HostStatus } from '../plan/status.ts';
import { troublesOf, type BackupStanding } from '../backup/standing.ts';
import { nextBackup } from './backup-page.ts';
import { printRows, type ClusterRows } from './pg-members.ts';
import { proofLines, type ClusterProofs } from './proof-lines.ts';

/** What a host told, or why it could not be asked. `drift` is how many changes it is away from the inventory. */
export type HostRow = (HostStatus & { drift: number }) | { host: string; address: string; unreachable: string };

/** A cluster with its last backup, whichever host has it. */
export type ClusterStatus = ClusterRows & { lastBackup?: Backup & { host: string }; backing?: BackupStanding } & ClusterProofs;

export interface Status {
  bundle: string;
  hosts: readonly HostRow[];
  clusters: readonly ClusterStatus[];
  etcd?: EtcdStanding;
  floating: readonly Floating[];
  /** `left` is a number of days. */
  certificates: readonly { name: string; ends: string; left: number }[];
  /** Of the hosts that were reached. */
  drift: number;
  exitCode?: number;
}

/** The whole deployment on one screen: a line for each host, member, address. What runs as it should is only counted. */
export function statusPage({ bundle, hosts, clusters, etcd, floating, certificates, drift }: Status): string {
  return [
    `bundle  ${bundle}`,
    '',
    table([['host', 'address', 'services', 'last run', ''], ...hosts.map(hostCells)]),
    '',
    ...clusters.flatMap((each) => [...printRows(each), ...backupLine(each), ...backingLines(each), ...proofLines(each), '']),
    ...floating.map(floatingLine),
    ...(etcd ? [etcdLine(etcd)] : []),
    ...certificateLine(certificates),
    driftLine(drift, hosts.some((row) => 'unreachable' in row)),
  ].join('\n');
}

function hostCells(row: HostRow): string[] {
  if ('unreachable' in row) return [row.host, row.address, `cannot be reached: ${row.unreachable}`, '', ''];
  const { host, address, lastRun, drift } = row;
  return [host, address, servicesCell(row), lastRun ? `${minute(lastRun.at)} ${lastRun.result}` : 'never', drift === 0 ? '' : changes(drift)];
}

function servicesCell({ services }: HostStatus): string {
  const others = services.filter(({ state }) => state !== 'running');
  const named = others.slice(0, 3).map(({ unit, state }) => `${unit.replace(/\.service$/, '')} ${state}`);
  const more = others.length > named.length ? [`${others.length - named.length} more`] : [];
  return others.length === 0 ? `${services.length} running` : `${services.length - others.length} of ${services.length} running: ${[...named, ...more].join(', ')}`;
}

const backupLine = ({ lastBackup }: ClusterStatus): string[] =>
  lastBackup ? [`  last backup ${lastBackup.label} (${lastBackup.type}) of ${minute(lastBackup.ended)} on ${lastBackup.host}${lastBackup.error ? ', with errors' : ''}`] : [];

const backingLines = ({ name, backing }: ClusterStatus): string[] => (backing ? [`  ${nextBackup(backing.schedule)}`, ...troublesOf(backing, name).map((line) => `  backup: ${line}`)] : []);

function floatingLine({ address, cluster, of, holders }: Floating): string {
  const where = holders.length === 0 ? 'on no host that was reached' : `on ${holders.join(' and ')}${holders.length > 1 ? ': more than one' : ''}`;
  return `address ${address} of ${of === 'nodes' ? 'the nodes ' : ''}${cluster}: ${where}`;
}

function etcdLine({ members, leader, quorum }: EtcdStanding): string {
  const well = members.filter(({ state, errors }) => (state === 'leads' || state === 'follows') && errors === undefined).length;
  const others = members.flatMap(({ host, state, errors }) => (errors ? [`${host}: ${errors.join('; ')}`] : state === 'leads' || state === 'follows' ? [] : [`${host} ${state}`]));
  return `etcd: ${quorum ? '' : 'no quorum, '}${well} of ${members.length} well${leader === undefined ? '' : `, ${leader} leads`}${others.map((each) => `, ${each}`).join('')}`;
}

/** The soonest tells the story: they are all made by the same rules. */
const certificateLine = ([first, ...others]: Status['certificates']): string[] => (first ? [`certificates: ${others.length + 1}, the first to end is ${first.name}, ${first.ends.slice(0, 10)}, in ${first.left} days`] : []);

function driftLine(drift: number, isPart: boolean): string {
  const those = isPart ? '; nobody knows of what cannot be reached' : '';
  return `${drift === 0 ? 'all is as the inventory says' : `${changes(drift)} away from the inventory; pgark plan shows them`}${those}`;
}

const changes = (count: number): string => `${count} change${count === 1 ? '' : 's'}`;

/** `2026-11-22T08:43:03.000Z` → `2026-11-22 08:43` */
const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
