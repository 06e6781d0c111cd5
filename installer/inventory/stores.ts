import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { spell, type Mistake } from '../../repo/core/document.ts';
import { packagesOf } from '../platform/component.ts';
import type { Draft, DraftHost } from './draft.ts';
import { guess } from './guess.ts';
import type { Identities } from './identity.ts';
import type { Host, Inventory } from './inventory.ts';
import { defaults } from './parameters.ts';
import type { Report } from './places.ts';
import { checkUnique } from './unique.ts';

/** Checks the object stores: who is in which, and whether what backups go to is there. */
export function checkStores({ groups, hosts, report, warn }: Pick<Identities, 'groups' | 'hosts' | 'report' | 'warn'>): void {
  const members = hosts.filter(({ vars }) => vars['minio_cluster'] !== undefined || vars['minio_seq'] !== undefined);
  for (const member of members) {
    const place = groups.flatMap((group) => group.hosts).find((host) => host.address === member.address)!.vars.path;
    for (const name of ['minio_cluster', 'minio_seq']) if (member.vars[name] === undefined) report(place, `${name} of ${member.address} is missing`, 'key');
  }
  const stores = [...Map.groupBy(members, ({ vars }) => vars['minio_cluster'])].map(([name, all]) => ({ name: String(name), members: all }));
  for (const store of stores) checkStore(store, report);
  for (const store of stores) if (store.members.length > 1 && store.members.length < 4) warn(store.members[0]!.origin.get('minio_cluster') ?? [], `${store.name} has ${store.members.length} members; with fewer than four, the loss of one is hardly borne`);
  checkDomains(stores, report);
  for (const host of hosts) checkRepositories(host, members, report);
}

interface Store {
  name: string;
  members: readonly DraftHost[];
}

/** What all members of a store must agree on. */
const common = ['minio_type', 'minio_data', 'minio_volumes', 'minio_domain', 'minio_port', 'minio_endpoint', 'minio_alias', 'minio_access_key', 'minio_buckets', 'minio_users'];

function checkStore({ name, members }: Store, report: Report): void {
  checkUnique(members, 'minio_seq', report);
  for (const each of common) {
    const written = (host: DraftHost): string => JSON.stringify(valueOf(host, each)) ?? '';
    const other = members.find((host) => written(host) !== written(members[0]!));
    if (other) report((other.origin.get(each) ?? members[0]!.origin.get(each))!, `${each} of ${other.address} differs from that of ${members[0]!.address}; the members of ${name} have one`, 'key');
  }
  for (const [list, key] of [['minio_buckets', 'name'], ['minio_users', 'access_key']] as const) {
    const names = listOf(members[0]!, list).map((entry) => entry[key]);
    const twice = names.find((each, index) => names.indexOf(each) < index);
    if (twice !== undefined) report(members[0]!.origin.get(list)!, `${list} names ${String(twice)} twice`);
  }
}

function checkDomains(stores: readonly Store[], report: Report): void {
  for (const [index, { name, members: [first] }] of stores.entries()) {
    const other = stores.slice(0, index).find(({ members }) => ['minio_domain', 'minio_alias'].some((each) => valueOf(members[0]!, each) === valueOf(first!, each)));
    if (other) report(first!.origin.get('minio_cluster') ?? [], `${name} has the minio_domain or the minio_alias of ${other.name}; each store needs its own`);
  }
}

/** An entry of `pgbackrest_repo` without the secret of its key is of a store of this inventory, and its key is that of one of its users. */
function checkRepositories(host: DraftHost, members: readonly DraftHost[], report: Report): void {
  const { vars, origin, address } = host;
  const path = origin.get('pgbackrest_method') ?? origin.get('pgbackrest_repo');
  if (vars['pg_cluster'] === undefined || path === undefined || vars['pgbackrest_enabled'] === false) return;
  const entries = (vars['pgbackrest_repo'] ?? defaults['pgbackrest_repo']) as Record<string, Record<string, unknown>>;
  for (const name of [vars['pgbackrest_method'] ?? defaults['pgbackrest_method']].flat().map(String)) {
    const entry = entries[name];
    if (entry?.['type'] !== 's3' || entry['s3_endpoint'] === undefined || entry['s3_key'] === undefined || (entry['s3_key_secret'] ?? '') !== '' || ['auto', 'web-id'].includes(String(entry['s3_key_type']))) continue;
    const flaw = flawOf(entry, host, members);
    if (flaw !== undefined) report(path, `pgbackrest_repo.${name} of ${address}: ${flaw}`, 'key');
  }
}

function flawOf(entry: Readonly<Record<string, unknown>>, host: DraftHost, members: readonly DraftHost[]): string | undefined {
  const at = `${String(entry['s3_endpoint']).replace('${minio_domain}', String(valueOf(host, 'minio_domain')))}:${String(entry['storage_port'] ?? 443)}`;
  const served = members.map((each) => ({ host: each, at: servedAt(each) }));
  const store = served.find((each) => each.at === at)?.host;
  const known = [...new Set(served.map((each) => each.at))];
  if (!store) return `${at} is no store of this inventory${known.length > 0 ? ` (${known.join(', ')} is), so it needs s3_key_secret` : '; a host with minio_cluster and minio_seq makes one, and any other needs s3_key_secret'}`;
  const users = listOf(store, 'minio_users').map((user) => String(user['access_key']));
  const buckets = listOf(store, 'minio_buckets').map((bucket) => String(bucket['name']));
  const [key, bucket] = [String(entry['s3_key']), String(entry['s3_bucket'])];
  if (!users.includes(key)) return `minio_users of ${String(store.vars['minio_cluster'])} has no "${key}"${guess(key, users)}`;
  if (!buckets.includes(bucket)) return `minio_buckets of ${String(store.vars['minio_cluster'])} has no "${bucket}"${guess(bucket, buckets)}`;
  return undefined;
}

/** What clients speak to, with its port. */
function servedAt(host: DraftHost): string {
  const endpoint = valueOf(host, 'minio_endpoint');
  if (typeof endpoint !== 'string') return `${String(valueOf(host, 'minio_domain'))}:${String(valueOf(host, 'minio_port'))}`;
  const [, name = '', port = '443'] = /^https:\/\/([^:/]+)(?::(\d+))?$/.exec(endpoint) ?? [];
  return `${name}:${port}`;
}

const valueOf = ({ vars }: DraftHost, name: string): unknown => vars[name] ?? defaults[name];

const listOf = (host: DraftHost, name: string): readonly Record<string, unknown>[] => {
  const value = valueOf(host, name);
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
};

/** Whether a bundle holds what a store is served with; Debian's archive has the client alone. */
export const hasEngine = ({ minio_type: engine }: Pick<Host['vars'], 'minio_type'>, bundle: Descriptor): boolean => packagesOf(engine, bundle).includes(engine);

/** A store that backups go to must be there. */
export function checkEngines(draft: Draft, hosts: readonly Host[], bundle: Descriptor): Mistake[] {
  return withoutEngine(draft, hosts, bundle).flatMap(({ place, host }) => {
    const reader = hosts.find((each) => each.vars.pg_cluster !== undefined && each.vars.pgbackrest_enabled && each.vars.pgbackrest_method.some((name) => isKeptBy(host, each.vars.pgbackrest_repo[name])));
    return reader ? [{ place, message: `minio_cluster: ${bundle.id} holds no ${host.vars.minio_type}, and ${reader.vars.pg_cluster} is backed up to ${host.vars.minio_cluster}; take a bundle with it, or another pgbackrest_method` }] : [];
  });
}

/** Stores that are not deployed, each a warning with its place. */
export function gapsInStores(draft: Draft, { hosts, bundle }: Pick<Inventory, 'hosts' | 'bundle'>): string[] {
  return [...new Set(withoutEngine(draft, hosts, bundle).map(({ place, host }) => spell({ place, message: `minio_cluster: ${bundle.id} holds no ${host.vars.minio_type}: the store ${host.vars.minio_cluster} is not deployed` })))];
}

function withoutEngine(draft: Draft, hosts: readonly Host[], bundle: Descriptor): { place: Mistake['place']; host: Host }[] {
  return hosts.filter(({ vars }) => vars.minio_cluster !== undefined && !hasEngine(vars, bundle)).flatMap((host) => {
    const origin = draft.hosts.find(({ address }) => address === host.address)?.origin.get('minio_cluster');
    return origin ? [{ place: draft.document.keyAt(origin), host }] : [];
  });
}

const isKeptBy = ({ vars }: Host, repo: Host['vars']['pgbackrest_repo'][string] | undefined): boolean =>
  repo?.options['s3_endpoint'] !== undefined && repo.secrets.s3_key_secret === undefined && [vars.minio_domain, vars.minio_endpoint && new URL(vars.minio_endpoint).hostname].includes(String(repo.options['s3_endpoint']));
