import type { DraftHost } from './draft.ts';
import { guess } from './guess.ts';
import { type Identities } from './identity.ts';
import { canonical, checkUnique } from './unique.ts';
import type { Report } from './places.ts';

/** Checks the clusters of PostgreSQL: who is in which, their numbers, their primaries, and whom they follow. */
export function checkClusters({ groups, hosts, report, warn }: Identities): void {
  checkDouble({ groups, report });
  checkNames({ groups, warn });
  for (const [cluster, members] of Map.groupBy(hosts, (host) => host.vars['pg_cluster'])) {
    if (cluster === undefined) continue;
    checkUnique(members, 'pg_seq', report);
    checkPrimary(String(cluster), members, report);
    checkPlace(String(cluster), members, report);
    for (const member of members) checkUpstream(member, members, report);
  }
}

/** A host has one PostgreSQL; a host variable that decides between two groups would only hide the other cluster. */
function checkDouble({ groups, report }: Pick<Identities, 'groups' | 'report'>): void {
  const seen = new Map<string, { cluster: unknown }>();
  for (const group of groups) {
    for (const { address, vars } of group.hosts) {
      const own = vars.vars['pg_cluster'];
      const cluster = own ?? group.vars.vars['pg_cluster'];
      const before = seen.get(address);
      if (cluster === undefined) continue;
      const path = own === undefined ? group.vars.path : vars.path;
      if (before !== undefined && before.cluster !== cluster) report([...path, 'pg_cluster'], `${address} is in two clusters of PostgreSQL, ${String(before.cluster)} and ${String(cluster)}; a host has one`, 'key');
      seen.set(address, before ?? { cluster });
    }
  }
}

/** The commands and the reference know a cluster by either name. */
function checkNames({ groups, warn }: Pick<Identities, 'groups' | 'warn'>): void {
  for (const { name, vars } of groups) {
    const cluster = vars.vars['pg_cluster'];
    if (cluster !== undefined && cluster !== name) warn([...vars.path, 'pg_cluster'], `pg_cluster is ${String(cluster)} and its group "${name}"; commands take the name of the cluster`);
  }
}

function checkPrimary(cluster: string, members: readonly DraftHost[], report: Report): void {
  const primaries = members.filter((host) => host.vars['pg_role'] === 'primary');
  for (const host of primaries.slice(1)) report(host.origin.get('pg_role')!, `${host.address} is a second primary of ${cluster}, beside ${primaries[0]!.address}`);
  const complete = members.every((host) => host.vars['pg_role'] !== undefined);
  if (primaries.length === 0 && complete) report(members[0]!.origin.get('pg_role')!, `${cluster} has no primary`);
}

/** Two groups that describe one cluster are two clusters of one name. */
function checkPlace(cluster: string, members: readonly DraftHost[], report: Report): void {
  const [first, ...others] = members.map((host) => ({ host, path: host.origin.get('pg_cluster')! })).filter(({ path }) => path[1] === 'children');
  const second = others.find(({ path }) => path[2] !== first!.path[2]);
  if (second) report(second.path, `${cluster} is described in group ${first!.path[2]} already; a cluster has one group`, 'key');
}

/** A member that is not the primary follows another member; whom the primary of a standby cluster follows may stand elsewhere. */
function checkUpstream({ address, vars, origin }: DraftHost, members: readonly DraftHost[], report: Report): void {
  const upstream = vars['pg_upstream'];
  if (typeof upstream !== 'string' || upstream.includes('${')) return;
  const path = origin.get('pg_upstream')!;
  const cluster = String(vars['pg_cluster']);
  const others = members.map((each) => each.address);
  if (canonical(upstream) === canonical(address)) report(path, `pg_upstream of ${address} is the host itself`);
  else if (vars['pg_role'] === 'primary' && others.some((each) => canonical(each) === canonical(upstream))) report(path, `pg_upstream of ${address}, the primary of ${cluster}, is another member of it; a standby cluster follows another cluster`);
  else if (vars['pg_role'] !== 'primary' && vars['pg_role'] !== undefined && !others.some((each) => canonical(each) === canonical(upstream))) report(path, `pg_upstream of ${address}: ${upstream} is no member of ${cluster}${guess(upstream, others.filter((each) => each !== address))}`);
}
