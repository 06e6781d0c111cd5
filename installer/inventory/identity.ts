import { checkClusters } from './clusters.ts';
import { backupJobOf, CronLine } from './crontab.ts';
import type { DraftHost } from './draft.ts';
import { checkFloating } from './floating.ts';
import { guess } from './guess.ts';
import { defaults } from './parameters.ts';
import type { Group, Report } from './places.ts';
import { checkStores } from './stores.ts';
import { sharedPlaces } from './repository.ts';
import { canonical, checkUnique } from './unique.ts';

/** What is looked at, and where it is told: `report` what cannot be, `warn` what is hardly meant. */
export interface Identities {
  groups: readonly Group[];
  hosts: readonly DraftHost[];
  report: Report;
  warn: Report;
}

/** Checks who is who: members and their numbers, primaries, and that nobody is there twice. */
export function checkIdentities(all: Identities): void {
  const { groups, hosts, report } = all;
  if (hosts.length === 0) report(['all', 'children'], 'there is no host');
  checkAddresses(all);
  for (const group of groups) checkMembers(group, hosts, report);
  checkNumbered(all);
  checkClusters(all);
  checkFloating(all);
  checkStores(all);
  for (const host of hosts) checkMethod(host, report);
  for (const host of hosts) checkSchedule(host, report);
  checkEtcd(all);
  checkInfra(all);
  checkAdmin(all);
}

/** Where a host is named first. */
export const firstPlace = (groups: readonly Group[], address: string): readonly string[] => groups.flatMap(({ hosts }) => hosts).find((host) => host.address === address)!.vars.path;

/** Two spellings of one address, or one ansible_host under two names. Behind one address there may be several hosts with ports of their own. */
function checkAddresses({ groups, hosts, report }: Identities): void {
  const seen = new Map<string, string>();
  for (const { address, vars } of hosts) {
    const real = canonical(String(vars['ansible_host'] ?? address));
    const way = [real, ...(vars['ansible_host'] === undefined ? [] : [vars['ansible_port'] ?? 22])].join(' port ').replace(/ port 22$/, '');
    const other = seen.get(way);
    if (other !== undefined) report(firstPlace(groups, address), `${address} is the same host as ${other}: ${way}`, 'key');
    seen.set(way, address);
  }
}

function checkMembers(group: Group, hosts: readonly DraftHost[], report: Report): void {
  const members = hosts.filter((host) => host.groups.includes(group.name));
  const pathOf = (host: DraftHost): string[] => [...group.path, 'hosts', host.address];
  if (isNumbered(group.name)) {
    for (const host of members) if (host.vars[`${group.name}_seq`] === undefined) report(pathOf(host), `${group.name}_seq of ${host.address} is missing`, 'key');
    checkUnique(members, `${group.name}_seq`, report);
  }
  const speaksOf = (name: string): boolean => group.hosts.some((host) => host.vars.vars[name] !== undefined) || group.vars.vars[name] !== undefined;
  if (!['pg_cluster', 'pg_seq', 'pg_role'].some(speaksOf)) return;
  for (const host of members) {
    for (const name of ['pg_cluster', 'pg_seq', 'pg_role']) if (host.vars[name] === undefined) report(pathOf(host), `${name} of ${host.address} is missing`, 'key');
  }
}

/** Groups that are known by their name. */
const numbered = ['infra', 'etcd'] as const;

const isNumbered = (name: string): boolean => (numbered as readonly string[]).includes(name);

/** A number of etcd or infra in a group of another name is a misspelt group. */
function checkNumbered({ groups, hosts, report }: Identities): void {
  for (const name of numbered) {
    for (const { address } of hosts.filter((host) => host.vars[`${name}_seq`] !== undefined && !host.groups.includes(name))) {
      const group = groups.find((each) => each.hosts.some((host) => host.address === address && host.vars.vars[`${name}_seq`] !== undefined));
      if (group) report(group.path, `${name}_seq of ${address} counts in group "${name}" only, and this is "${group.name}"`, 'key');
    }
  }
}

/** The repositories must be some that are described, each in a place of its own. */
function checkMethod({ vars, origin }: DraftHost, report: Report): void {
  const known = Object.keys((vars['pgbackrest_repo'] ?? defaults['pgbackrest_repo']) as object);
  const method = vars['pgbackrest_method'] ?? defaults['pgbackrest_method'];
  const names = [method].flat().map(String);
  const path = origin.get('pgbackrest_method') ?? origin.get('pgbackrest_repo');
  if (!path) return;
  for (const [index, name] of names.entries()) {
    const at = Array.isArray(method) ? [...path, index] : path;
    if (!known.includes(name)) report(at, `pgbackrest_method: pgbackrest_repo has no "${name}"${guess(name, known) || `, it has ${known.join(', ')}`}`);
  }
  for (const [name, other] of sharedPlaces(names, (vars['pgbackrest_repo'] ?? {}) as Readonly<Record<string, unknown>>)) report(path, `pgbackrest_method: ${name} lies where ${other} lies; each needs a place of its own`);
}

/** A backup is made in repositories that are used. */
function checkSchedule({ vars, origin }: DraftHost, report: Report): void {
  const path = origin.get('pg_crontab');
  if (!path || !Array.isArray(vars['pg_crontab'])) return;
  const names = [vars['pgbackrest_method'] ?? defaults['pgbackrest_method']].flat().map(String);
  for (const [index, line] of vars['pg_crontab'].entries()) {
    const repo = CronLine.safeParse(line).success ? backupJobOf(line as string)?.repo : undefined;
    if (repo !== undefined && !names.includes(repo)) report([...path, index], `pg_crontab: pgbackrest_method has no "${repo}"${guess(repo, names) || `, it has ${names.join(', ')}`}`);
  }
}

function checkEtcd({ groups, hosts, report, warn }: Identities): void {
  const etcd = groups.find(({ name }) => name === 'etcd');
  const count = etcd?.hosts.length ?? 0;
  if (count === 0 && hosts.some((host) => host.vars['pg_cluster'] !== undefined)) report(['all', 'children'], 'there is no group "etcd"; Patroni needs it', 'key');
  if (count > 0 && count % 2 === 0) warn(etcd!.path, `etcd has ${count} members, which bear the loss of no more than ${count - 1} do; take an odd number`, 'key');
}

/** Several hosts without infra: nobody serves them names, packages or time. */
function checkInfra({ groups, hosts, warn }: Identities): void {
  if (hosts.length === 0 || groups.some(({ name, hosts: members }) => name === 'infra' && members.length > 0)) return;
  const asks = hosts.find(({ vars }) => (vars['node_dns_method'] ?? defaults['node_dns_method']) !== 'none' && vars['node_dns_servers'] === undefined);
  if (asks) warn(['all', 'children'], `there is no group "infra", and ${asks.address} would ask it for names; node_dns_method: none leaves resolv.conf as it is`, 'key');
  if (hosts.length > 1) warn(['all', 'children'], 'there is no group "infra": nobody gathers metrics, and every host must have the bundle itself', 'key');
}

function checkAdmin({ hosts, warn }: Identities): void {
  const named = hosts.find(({ origin }) => origin.has('admin_ip'));
  const admin = String(named?.vars['admin_ip']);
  const known = hosts.flatMap(({ address, vars }) => [address, String(vars['ansible_host'] ?? address), String(vars['vip_address'] ?? address)].map(canonical));
  if (named && !known.includes(canonical(admin))) warn(named.origin.get('admin_ip')!, `admin_ip ${admin} is no host of this inventory: nothing is deployed there, and \${admin_ip} leads there`);
}
