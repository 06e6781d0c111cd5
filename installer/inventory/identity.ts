import { isIPv6 } from 'node:net';
import type { DraftHost } from './draft.ts';
import { guess } from './guess.ts';
import { defaults } from './parameters.ts';
import type { Group, Report } from './places.ts';

/** Checks who is who: members and their numbers, primaries, and that nobody is there twice. */
export function checkIdentities(groups: readonly Group[], hosts: readonly DraftHost[], report: Report): void {
  if (hosts.length === 0) report(['all', 'children'], 'there is no host');
  for (const group of groups) {
    checkAddresses(group, report);
    checkMembers(group, hosts, report);
  }
  checkClusters(hosts, report);
  for (const host of hosts) checkMethod(host, report);
  if (hosts.some((host) => host.vars['pg_cluster'] !== undefined) && !groups.some((group) => group.name === 'etcd' && group.hosts.length > 0)) {
    report(['all', 'children'], 'there is no group "etcd"; Patroni needs it', 'key');
  }
}

/** Two spellings of one address, or one ansible_host under two names. */
function checkAddresses(group: Group, report: Report): void {
  const seen = new Map<string, string>();
  for (const { address, vars } of group.hosts) {
    const real = canonical(String(vars.vars['ansible_host'] ?? address));
    const other = seen.get(real);
    if (other !== undefined) report(vars.path, `${address} is the same host as ${other}: ${real}`, 'key');
    seen.set(real, address);
  }
}

function checkMembers(group: Group, hosts: readonly DraftHost[], report: Report): void {
  const members = hosts.filter((host) => host.groups.includes(group.name));
  const pathOf = (host: DraftHost): string[] => [...group.path, 'hosts', host.address];
  if (group.name === 'infra' || group.name === 'etcd') {
    for (const host of members) if (host.vars[`${group.name}_seq`] === undefined) report(pathOf(host), `${group.name}_seq of ${host.address} is missing`, 'key');
    checkUnique(members, `${group.name}_seq`, report);
  }
  const speaksOf = (name: string): boolean => group.hosts.some((host) => host.vars.vars[name] !== undefined) || group.vars.vars[name] !== undefined;
  if (!['pg_cluster', 'pg_seq', 'pg_role'].some(speaksOf)) return;
  for (const host of members) {
    for (const name of ['pg_cluster', 'pg_seq', 'pg_role']) if (host.vars[name] === undefined) report(pathOf(host), `${name} of ${host.address} is missing`, 'key');
  }
}

function checkClusters(hosts: readonly DraftHost[], report: Report): void {
  for (const [cluster, members] of Map.groupBy(hosts, (host) => host.vars['pg_cluster'])) {
    if (cluster === undefined) continue;
    checkUnique(members, 'pg_seq', report);
    const primaries = members.filter((host) => host.vars['pg_role'] === 'primary');
    for (const host of primaries.slice(1)) report(host.origin.get('pg_role')!, `${host.address} is a second primary of ${String(cluster)}, beside ${primaries[0]!.address}`);
    const complete = members.every((host) => host.vars['pg_role'] !== undefined);
    if (primaries.length === 0 && complete) report(members[0]!.origin.get('pg_role')!, `${String(cluster)} has no primary`);
  }
}

/** The way of backing up must be one that is described. */
function checkMethod({ vars, origin }: DraftHost, report: Report): void {
  const known = Object.keys((vars['pgbackrest_repo'] ?? defaults['pgbackrest_repo']) as object);
  const method = String(vars['pgbackrest_method'] ?? defaults['pgbackrest_method']);
  const path = origin.get('pgbackrest_method') ?? origin.get('pgbackrest_repo');
  if (path && !known.includes(method)) report(path, `pgbackrest_method: pgbackrest_repo has no "${method}"${guess(method, known) || `, it has ${known.join(', ')}`}`);
}

function checkUnique(members: readonly DraftHost[], name: string, report: Report): void {
  const seen = new Map<unknown, string>();
  for (const host of members) {
    const value = host.vars[name];
    if (value === undefined) continue;
    const other = seen.get(value);
    if (other !== undefined) report(host.origin.get(name)!, `${name} ${String(value)} of ${host.address} is taken by ${other}`);
    seen.set(value, host.address);
  }
}

/** An address in its one spelling, a name in lower case. */
export const canonical = (address: string): string => (isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address.toLowerCase());
