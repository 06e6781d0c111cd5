import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { exitCodes } from '../../repo/core/fault.ts';
import { certificateEnds, printEnding } from '../certificates.ts';
import { clustersIn } from '../cluster/cluster.ts';
import type { Met } from '../cluster/sight.ts';
import { printDeparted } from '../inventory/departed.ts';
import type { Host } from '../inventory/inventory.ts';
import { openReachable, type Deployment, type Reachable } from '../deployment.ts';
import { openGround, orLost, type Ground, type Lost } from '../ground.ts';
import { countChanges, look, plan } from '../plan/plan.ts';
import { etcdStanding, floating } from '../plan/standing.ts';
import { askStatus, type HostStatus } from '../plan/status.ts';
import type { Wanted } from '../plan/wanted.ts';
import { roles } from '../roles.ts';
import { inventoryOptions, openingOf } from './options.ts';
import { lookAt } from './pg-list.ts';
import { proofsIn } from './proof-lines.ts';
import { statusPage, type ClusterStatus, type HostRow, type Status } from './status-page.ts';

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

/** Asks every host that is there, and tells of all. */
export async function tellStatus({ deployment, ground, lost }: Reachable, { progress, print }: Invocation): Promise<Status> {
  const { inventory, wanted, vault } = deployment;
  const asked = await progress.each(wanted, 16, (each) => orLost(each.host.address, ask(each, deployment)));
  const gone = [...lost, ...asked.flatMap((each) => ('because' in each ? [each] : []))];
  const hosts = inventory.hosts.map(({ name, address }): HostRow => {
    const because = gone.find((each) => each.address === address)?.because;
    return because ? { host: name, address, unreachable: [because.message, ...because.details].join(': ') } : asked.flatMap((each) => ('found' in each && each.address === address ? [each.found] : []))[0]!;
  });
  const away = new Set(gone.map(({ address }) => address));
  const clusters = (await progress.each(metIn(ground, gone), 16, lookAt)).map((each) => ({ ...each, ...lastBackup(inventory.cluster(each.name), hosts), ...backing(inventory.cluster(each.name), hosts), ...proofsIn(inventory.cluster(each.name), hosts, new Date()) }));
  const certificates = certificateEnds(inventory, roles, await vault.issued(), new Date());
  for (const warning of [...printDeparted(deployment.roster.departed), ...printEnding(certificates), ...unsettled(vault.underWay())]) progress.warn(warning);
  const drift = hosts.reduce((sum, host) => sum + ('drift' in host ? host.drift : 0), 0);
  const etcd = etcdStanding(inventory, away);
  const isWhole = gone.length === 0 && clusters.every(({ problem }) => problem === undefined) && etcd?.quorum !== false;
  const status: Status = { bundle: inventory.bundle.id, hosts, clusters, ...(etcd && { etcd }), floating: floating(inventory, away), certificates, drift, ...(!isWhole && { exitCode: exitCodes.unreachable }) };
  print(statusPage(status));
  return status;
}

/** Each member tells of the backups that it can see; the newest counts. */
function lastBackup(members: readonly Host[], rows: readonly HostRow[]): Pick<ClusterStatus, 'lastBackup'> {
  const seen = rows.flatMap((row) => ('backups' in row && members.some(({ address }) => address === row.address) ? (row.backups ?? []).map((backup) => ({ ...backup, host: row.host })) : []));
  const newest = seen.toSorted((a, b) => (a.ended < b.ended ? 1 : -1))[0];
  return newest ? { lastBackup: newest } : {};
}

/** By the word of the member that leads. */
function backing(members: readonly Host[], rows: readonly HostRow[]): Pick<ClusterStatus, 'backing'> {
  const [told] = rows.flatMap((row) => ('backing' in row && row.backing && members.some(({ address }) => address === row.address) ? [row.backing] : []));
  return told ? { backing: told } : {};
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
