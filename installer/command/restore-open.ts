import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { clusterNamed, clustersIn, type Cluster, type Seat } from '../cluster/cluster.ts';
import { leads, meet, see, type Met } from '../cluster/sight.ts';
import { openDeployment, type Deployment } from '../deployment.ts';
import type { Host } from '../inventory/inventory.ts';
import { refuseStandby } from '../restore/refuse.ts';
import { placeOf } from '../restore/place.ts';
import { siteOf, type Site } from '../restore/site.ts';
import { lookAtAll, type Source } from '../restore/source.ts';
import { readState, type State } from '../restore/state.ts';
import { openingOf } from './options.ts';

/** A cluster that is restored, or was. */
export interface Restoring {
  deployment: Deployment;
  met: Met;
  /** By pg_seq. */
  hosts: readonly Host[];
  seatAt(host: Host): Seat;
  /** Who takes writes at this moment. */
  leader?: Seat;
  /** A restore that was begun, and on which member. */
  begun?: { host: Host; state: State };
}

/**
 * The cluster that is named, every member of which must be there: one that is left out could come back with what was replaced.
 * @throws Fault usage, unreachable
 */
export async function openRestoring(name: string, invocation: Invocation): Promise<Restoring> {
  const deployment = await openDeployment({ ...(await openingOf(invocation)), makeshift: true });
  return restoringOf(name, deployment);
}

export async function restoringOf(name: string, deployment: Deployment): Promise<Restoring> {
  const { inventory, transports, lost } = deployment;
  const all = clustersOf(deployment);
  const cluster = clusterNamed(name, all);
  const gone = lost.filter(({ address }) => cluster.seats.some((seat) => seat.address === address));
  if (gone.length > 0) throw new Fault('unreachable', `${name}: every member must be there, or it would come back with what is replaced`, { details: gone.map(({ because }) => because.message), hint: `pgark pg remove ${name} MEMBER takes one out that is gone for good` });
  const met = await meet(cluster);
  const hosts = inventory.cluster(name);
  const seats = all.flatMap((each) => each.seats);
  const seatAt = (host: Host): Seat => seats.find(({ address }) => address === host.address) ?? { ...cluster.seats[0]!, address: host.address, member: host.name, transport: transports.get(host.address)! };
  const leader = await leaderOf(met);
  const begun = await begunOn(hosts, seatAt);
  return { deployment, met, hosts, seatAt, ...(leader && { leader }), ...(begun && { begun }) };
}

/** @throws Fault usage where nothing was begun */
export function begunIn({ begun, met }: Restoring, what: string): { host: Host; state: State } {
  if (begun) return begun;
  throw new Fault('usage', `no restore of ${met.cluster.name} was begun: there is nothing to ${what}`);
}

export const siteIn = ({ deployment: { inventory }, met, seatAt }: Restoring, restoring: Host, stamp: string): Site => siteOf({ stanza: met.cluster.name, met, restoring, inventory, stamp, isBare: false, seatAt });

/** What all members have in their repositories. */
export const sourcesOf = (hosts: readonly Host[], { deployment: { inventory }, seatAt }: Pick<Restoring, 'deployment' | 'seatAt'>): Promise<Source[]> => lookAtAll(hosts, inventory, seatAt);

/** @throws Fault usage where its data must not be replaced, or is not its own */
export function refuseProtected({ met, hosts, deployment: { inventory } }: Restoring): void {
  const { name } = met.cluster;
  const guarded = met.cluster.seats.filter(({ isSafeguarded }) => isSafeguarded).map(({ member }) => member);
  if (guarded.length > 0) throw new Fault('usage', `${guarded.join(', ')}: protected by pg_safeguard in the inventory`, { hint: `pg_safeguard: false lifts it; --to NEW restores ${name} beside it` });
  refuseStandby(hosts, inventory);
}

/** @throws Fault usage where there is nothing to restore from */
export function refuseWithout(hosts: readonly Host[]): void {
  const [host] = hosts;
  if (!host!.vars.pgbackrest_enabled) throw new Fault('usage', `${host!.vars.pg_cluster}: pgbackrest_enabled is false in the inventory: it has no backups`);
}

function clustersOf({ inventory, transports }: Deployment): Cluster[] {
  const hosts = inventory.hosts.filter(({ address }) => transports.has(address)).map(({ address, vars }) => ({ address, vars: { ...vars } }));
  return clustersIn({ hosts }, transports);
}

/** Nobody leads a cluster of which nobody can tell. */
async function leaderOf(met: Met): Promise<Seat | undefined> {
  try {
    const { leader } = await see(met);
    return leader && (await leads(leader, met)) ? met.here.find(({ member }) => member === leader.name) : undefined;
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
    return undefined;
  }
}

async function begunOn(hosts: readonly Host[], seatAt: (host: Host) => Seat): Promise<{ host: Host; state: State } | undefined> {
  const states = await Promise.all(hosts.map(async (host) => ({ host, state: await readState(seatAt(host), placeOf(host, '').folder) })));
  const found = states.flatMap(({ host, state }) => (state ? [{ host, state }] : []));
  // Of several that are done, the last one is what can be taken back.
  return found.toSorted((a, b) => (isOpen(a.state) === isOpen(b.state) ? (a.state.stamp < b.state.stamp ? -1 : 1) : isOpen(a.state) ? 1 : -1)).at(-1);
}

/** It was begun and is not at its end. */
export const isOpen = ({ phase }: State): boolean => phase !== 'done';
