import { isIP } from 'node:net';
import type { Secret } from '../../repo/core/secret.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { hasEngine } from '../inventory/stores.ts';

/** Who a member of an object store is, and where it keeps what it is given. */
export interface Member {
  cluster: string;
  /** `minio-1` */
  name: string;
  /** `minio-1.pigsty` */
  node: string;
  /** `/data/minio`, or each of `/data{1...4}`. */
  disks: readonly string[];
}

/** Whether a host is a member of an object store. Of a bundle without an engine there is none, and a warning says so. */
export const isMember = ({ vars }: Host, { bundle }: Pick<Inventory, 'bundle'>): boolean => vars.minio_cluster !== undefined && vars.minio_seq !== undefined && hasEngine(vars, bundle);

export function memberOf({ vars }: Host): Member {
  const { minio_cluster: cluster, minio_seq: seq } = vars;
  if (cluster === undefined || seq === undefined) throw new Error('a host without minio_cluster and minio_seq is no member of a store');
  return { cluster, name: `${cluster}-${seq}`, node: vars.minio_node ?? `${cluster}-${seq}.pigsty`, disks: expand(vars.minio_data) };
}

/** The members of a store, by minio_seq. */
export function storeMembers(cluster: string, { hosts, bundle }: Pick<Inventory, 'hosts' | 'bundle'>): readonly Host[] {
  return hosts.filter((host) => isMember(host, { bundle }) && host.vars.minio_cluster === cluster).toSorted((a, b) => a.vars.minio_seq! - b.vars.minio_seq!);
}

/** One of each store: its first member, through which buckets and users are made. */
export function firstMembers({ hosts, bundle }: Pick<Inventory, 'hosts' | 'bundle'>): readonly Host[] {
  const names = hosts.filter((host) => isMember(host, { bundle })).map(({ vars }) => vars.minio_cluster!);
  return [...new Set(names)].sort().map((cluster) => storeMembers(cluster, { hosts, bundle })[0]!);
}

/** `/data{1...3}` → `/data1`, `/data2`, `/data3` */
export function expand(pattern: string): string[] {
  const [range, from, to] = /\{(\d+)\.\.\.(\d+)\}/.exec(pattern) ?? [];
  if (range === undefined) return [pattern];
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => pattern.replace(range, String(Number(from) + index)));
}

/**
 * MINIO_VOLUMES: folders of the host itself where it is alone, otherwise those of all members. Numbers that follow each other become a range, since
 * only a pool that is written as one can be given further pools; any others are listed one by one.
 */
export function volumesOf(host: Host, inventory: Inventory): string {
  const { vars } = host;
  if (vars.minio_volumes !== undefined) return vars.minio_volumes;
  const members = storeMembers(memberOf(host).cluster, inventory);
  if (members.length === 1) return vars.minio_data;
  const url = (name: string, data: string): string => `https://${name}:${vars.minio_port}${data}`;
  const range = rangeOf(members);
  if (range !== undefined) return url(range, vars.minio_data);
  return members.flatMap((member) => expand(vars.minio_data).map((disk) => url(memberOf(member).node, disk))).join(' ');
}

/** `minio-{1...4}.pigsty`, where the names differ in their number alone. */
function rangeOf(members: readonly Host[]): string | undefined {
  const numbers = members.map(({ vars }) => vars.minio_seq!);
  const patterns = members.map((member) => pattern(memberOf(member).node, member.vars.minio_seq!));
  const [first] = patterns;
  const follow = numbers.every((number, index) => number === numbers[0]! + index);
  if (first === undefined || !follow || patterns.some((each) => each !== first)) return undefined;
  return first.replace('#', `{${numbers[0]}...${numbers.at(-1)}}`);
}

/** `minio-#.pigsty`; no name of a host has that sign. */
function pattern(name: string, seq: number): string | undefined {
  const at = name.lastIndexOf(String(seq));
  return at < 0 ? undefined : `${name.slice(0, at)}#${name.slice(at + String(seq).length)}`;
}

/** What a client of the store types. */
export const endpointOf = ({ vars }: Host): string => vars.minio_endpoint ?? `https://${vars.minio_domain}:${vars.minio_port}`;

/** `10.10.10.10 minio-1.pigsty sss.pigsty`: each member by its name, and by that of the store unless `minio_endpoint` leads elsewhere. */
export function storeRecords({ hosts, bundle }: Pick<Inventory, 'hosts' | 'bundle'>): string[] {
  return hosts.filter((host) => isMember(host, { bundle }) && isIP(host.address) > 0).map((host) => {
    const { name, node } = memberOf(host);
    return `${host.address} ${[...new Set([node, name, ...(host.vars.minio_endpoint === undefined ? [host.vars.minio_domain] : [])])].join(' ')}`;
  });
}

/** The name in the vault of the secret of its root user, unless the inventory gives it. */
export const rootSecret = (host: Host): string => `${memberOf(host).cluster}.minio_secret_key`;

/** Likewise of a user. */
export const userSecret = (host: Host, accessKey: string): string => `${memberOf(host).cluster}.s3.${accessKey}`;

/** The secret of a user of the store that is spoken to by this name; undefined where there is no such store, or no such user. */
export function storeKey(endpoint: unknown, accessKey: string, inventory: Inventory): Secret | undefined {
  const store = firstMembers(inventory).find((host) => new URL(endpointOf(host)).hostname === endpoint);
  const user = store?.vars.minio_users.find(({ access_key }) => access_key === accessKey);
  return store && user && (user.secret_key ?? inventory.secret(userSecret(store, accessKey)));
}
