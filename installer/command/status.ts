import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { table } from '../../repo/console/print.ts';
import { exitCodes } from '../../repo/core/fault.ts';
import { certificateEnds, printEnding } from '../certificates.ts';
import { clustersIn } from '../cluster/cluster.ts';
import type { Met } from '../cluster/sight.ts';
import { openGround, openReachable, orLost, type Deployment, type Ground, type Lost, type Reachable } from '../pipeline.ts';
import { countChanges, look, plan } from '../plan/plan.ts';
import { askStatus, type HostStatus } from '../plan/status.ts';
import type { Wanted } from '../plan/wanted.ts';
import { roles } from '../roles.ts';
import { inventoryOptions, openingOf } from './options.ts';
import { lookAt } from './pg-list.ts';
import { printRows, type ClusterRows } from './pg-members.ts';

export const status: CommandSpec = {
  name: 'status',
  about: 'shows what runs where, members, backups, certificates, and how far the hosts are from the inventory',
  options: inventoryOptions,
  notes: 'It ends with 7 when a host could not be reached or a cluster could not be asked; everything else is told all the same.',
  run: async (invocation) => {
    const opening = { ...(await openingOf(invocation)), makeshift: true } as const;
    return tellStatus(await openReachable(await openGround(opening), opening), invocation);
  },
};

/** What a host told, or why it could not be asked. `drift` is how many changes it is away from the inventory. */
export type HostRow = (HostStatus & { drift: number }) | { host: string; address: string; unreachable: string };

/** Asks every host that is there, and tells of all. */
export async function tellStatus({ deployment, ground, lost }: Reachable, { progress, print }: Invocation): Promise<Status> {
  const { inventory, wanted, vault } = deployment;
  const asked = await progress.each(wanted, 16, (each) => orLost(each.host.address, ask(each, deployment)));
  const gone = [...lost, ...asked.flatMap((each) => ('because' in each ? [each] : []))];
  const hosts = inventory.hosts.map(({ name, address }): HostRow => {
    const because = gone.find((each) => each.address === address)?.because;
    return because ? { host: name, address, unreachable: [because.message, ...because.details].join(': ') } : asked.flatMap((each) => ('found' in each && each.address === address ? [each.found] : []))[0]!;
  });
  const clusters = await progress.each(metIn(ground, gone), 16, lookAt);
  const certificates = certificateEnds(inventory, roles, await vault.issued(), new Date());
  for (const warning of [...printEnding(certificates), ...unsettled(vault.underWay())]) progress.warn(warning);
  const drift = hosts.reduce((sum, host) => sum + ('drift' in host ? host.drift : 0), 0);
  print([`bundle  ${inventory.bundle.id}`, '', ...hosts.flatMap(printHost), ...clusters.flatMap((each) => [...printRows(each), '']), ...printCertificates(certificates), '', printDrift(drift, gone)].join('\n'));
  const isWhole = gone.length === 0 && clusters.every(({ problem }) => problem === undefined);
  return { bundle: inventory.bundle.id, hosts, clusters, certificates, drift, ...(!isWhole && { exitCode: exitCodes.unreachable }) };
}

export interface Status {
  bundle: string;
  hosts: readonly HostRow[];
  clusters: readonly ClusterRows[];
  /** `left` is a number of days. */
  certificates: readonly { name: string; ends: string; left: number }[];
  /** Of the hosts that were reached. */
  drift: number;
  exitCode?: number;
}

async function ask(wanted: Wanted, { transports }: Deployment): Promise<HostStatus & { drift: number }> {
  const transport = transports.get(wanted.host.address)!;
  const [told, answers] = await Promise.all([askStatus(wanted, transport), look(wanted, transport)]);
  return { ...told, drift: countChanges(plan([wanted], new Map([[wanted.host.address, answers]]))) };
}

const unsettled = (names: readonly string[]): string[] => (names.length === 0 ? [] : [`not every host has the new value of ${names.join(', ')} yet: pgark apply brings it there`]);

/** Nobody knocks again at a host that was not there a moment ago. */
function metIn({ draft, transports }: Ground, gone: readonly Lost[]): Met[] {
  return clustersIn(draft, transports).map((cluster) => ({
    cluster,
    here: cluster.seats.filter(({ address }) => !gone.some((each) => each.address === address)),
    lost: cluster.seats.flatMap((seat) => gone.filter(({ address }) => address === seat.address).map(({ because }) => ({ seat, because }))),
  }));
}

function printHost(row: HostRow): string[] {
  if ('unreachable' in row) return [`${row.host} (${row.address}): cannot be reached`, `  ${row.unreachable}`, ''];
  const { host, address, services, backups, lastRun } = row;
  const lately = (backups ?? []).slice(-3);
  return [
    `${host} (${address})${lastRun ? `, last run ${lastRun.at} by ${lastRun.by}: ${lastRun.result}` : ''}`,
    ...rows(services.map(({ unit, state }) => [`  ${unit}`, state])),
    ...(backups ? [`  backups${backups.length === 0 ? ': none' : ''}`, ...rows(lately.map(({ label, type, ended, error }) => [`    ${label}`, type, ended, error ? 'with errors' : '']))] : []),
    '',
  ];
}

/** The soonest tell the story: they are all made by the same rules. */
const printCertificates = (all: readonly { name: string; ends: string }[]): string[] => ['certificates', ...rows(all.slice(0, 3).map(({ name, ends }) => [`  ${name}`, `until ${ends.slice(0, 10)}`]))];

function printDrift(count: number, gone: readonly Lost[]): string {
  const those = gone.length === 0 ? '' : '; nobody knows of what cannot be reached';
  return `${count === 0 ? 'all is as the inventory says' : `${count} change${count === 1 ? '' : 's'} away from the inventory; pgark plan shows them`}${those}`;
}

const rows = (cells: readonly (readonly string[])[]): string[] => (cells.length === 0 ? [] : table(cells).split('\n'));
