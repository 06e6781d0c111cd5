import type { Host, Inventory } from '../inventory/inventory.ts';
import { packagesOf } from '../platform/component.ts';
import { want, type Item, type Wanted } from '../plan/wanted.ts';
import { kindOf } from '../resource/kinds.ts';
import type { Resource } from '../resource/resource.ts';
import { instanceOf, isPostgres, leads } from '../role/instance.ts';
import type { Need } from '../role/need.ts';
import type { Role } from '../role/role.ts';
import { isMember } from '../role/store.ts';
import { distrust } from './distrust.ts';
import { forget } from './forget.ts';
import { putStore } from './store.ts';
import { put, stopped } from './instance.ts';
import { undo } from './undo.ts';
import { removed as removedPackages, unneeded } from './packages.ts';

export interface Departure {
  /** The deployment with those who leave, and without them. */
  before: Inventory;
  after: Inventory;
  roles: readonly Role[];
  /** Addresses of hosts on which something ends. Those that cannot be reached are told of, and nothing is done there. */
  leaving: readonly string[];
  lost: readonly string[];
  /** Part of the names under which data are kept. */
  stamp: string;
}

/**
 * What every host must have when some leave. Others first go without them: services lead nobody there, nobody is let in from there. Then what
 * leaves is stopped, replicas before their leader; etcd forgets a cluster that is no more; what was made for it goes, its data are put away; and a host
 * that stays becomes what the inventory says of it.
 */
export function wantedWithout(departure: Departure): Wanted[] {
  const { before, after, roles, leaving, lost } = departure;
  const here = (hosts: readonly Host[]): Host[] => hosts.filter(({ address }) => !lost.includes(address));
  const staying = want(after, roles, here(after.hosts.filter(({ address }) => !leaving.includes(address)))).map((each) => closed(each, departure));
  const others = staying.map(({ host }) => host.address);
  return withForgetting(
    [...staying, ...here(before.hosts.filter(({ address }) => leaving.includes(address))).map((host) => leave(host, others, departure))],
    departure,
  );
}

/** Stages after all those of roles; those of a host that stays follow these. */
const stages = { replicas: 10_000, leaders: 10_001, cluster: 10_002, files: 10_003, packages: 10_004, rest: 20_000 } as const;

const names: Readonly<Record<keyof typeof stages, string>> = { replicas: 'leave: stop', leaders: 'leave: stop the leader', cluster: 'leave: forget the cluster', files: 'leave: take away', packages: 'leave: remove packages', rest: 'rest' };

/** When whoever leaves has left, nobody else comes in by its address. */
const closed = ({ host, items }: Wanted, { before, after }: Departure): Wanted => ({ host, items: [...items, ...distrust(host, before, after).map((resource) => item('files', resource, []))] });

function leave(host: Host, others: readonly string[], { before, after, roles, stamp }: Departure): Wanted {
  const later = after.hosts.find(({ address }) => address === host.address);
  const kept = later ? want(after, roles, [later])[0]!.items : [];
  const has = want(before, roles, [host])[0]!.items;
  const gone = has.filter(({ identity }) => !kept.some((each) => each.identity === identity));
  const { services, files, folders } = undo(gone, new Set(roles.filter(({ lasting }) => lasting).map(({ name }) => name)));
  const isInstance = isPostgres(host) && (later === undefined || !isPostgres(later) || instanceOf(later).name !== instanceOf(host).name);
  const isStore = isMember(host, before) && (later === undefined || !isMember(later, after));
  const stop = leads(host, before) ? 'leaders' : 'replicas';
  const without: Need[] = isInstance ? [{ what: 'services that lead nobody there', role: 'haproxy', hosts: others }] : [];
  const removed = [...(isInstance && host.vars.pg_rm_pkg ? unneeded(host, { before, after, roles }) : []), ...(isStore && host.vars.minio_rm_pkg ? [storePackages(host, before)] : [])];
  return {
    host: later ?? host,
    items: [
      ...[...services, ...(isInstance ? [stopped(host)] : [])].map((resource) => item(stop, resource, without)),
      ...[...files, ...(isInstance ? put(host, stamp) : []), ...(isStore ? putStore(host, stamp) : []), ...folders].map((resource) => item('files', resource, [])),
      ...removed.map((resource) => item('packages', resource, [])),
      ...kept.map((each) => ({ ...each, stage: stages.rest + each.stage })),
    ],
  };
}

/** The engine goes; whether its client does, whoever needs it decides. */
const storePackages = (host: Host, { bundle }: Inventory): Resource => removedPackages(packagesOf(host.vars.minio_type, bundle), host);

/** A cluster of which no member is left, forgotten by a member of etcd that stays, once nobody is there to write about it. */
function withForgetting(wanted: readonly Wanted[], { before, after, leaving }: Departure): Wanted[] {
  const ended = [...new Set(before.hosts.flatMap(({ vars }) => vars.pg_cluster ?? []))].filter((cluster) => after.cluster(cluster).length === 0).sort();
  const keeper = after.group('etcd').find(({ address }) => wanted.some(({ host }) => host.address === address));
  const stop: Need[] = [names.replicas, names.leaders].map((role) => ({ what: 'the end of all its members', role, hosts: leaving }));
  return wanted.map((each) => (each.host.address === keeper?.address ? { ...each, items: inOrder([...each.items, ...ended.map((cluster) => item('cluster', forget(cluster), stop))]) } : each));
}

const inOrder = (items: readonly Item[]): Item[] => items.toSorted((a, b) => a.stage - b.stage);

const item = (stage: keyof typeof stages, resource: Resource, needs: readonly Need[]): Item => ({ stage: stages[stage], role: names[stage], rollout: 'together', circle: '', needs, identity: kindOf(resource).identify(resource), resource });
