import type { DraftHost } from './draft.ts';
import { type Identities } from './identity.ts';
import { canonical } from './unique.ts';
import type { Report } from './places.ts';

/** Checks addresses that move between hosts: complete, each of one cluster only, and no host's own. */
export function checkFloating({ hosts, report }: Identities): void {
  const seen = new Map<string, string>();
  for (const kind of [ofNodes, ofPostgres]) {
    const whose = hosts.filter((host) => host.vars[kind.enabled] === true);
    for (const host of whose) checkComplete(host, kind, report);
    for (const host of onePerCluster(whose, kind)) checkTaken(host, kind, { hosts, report, seen });
  }
  checkRouters(hosts, report);
}

interface Kind {
  enabled: string;
  address: string;
  cluster: string;
  needs: readonly string[];
}

const ofNodes: Kind = { enabled: 'vip_enabled', address: 'vip_address', cluster: 'node_cluster', needs: ['vip_address', 'vip_vrid'] };

const ofPostgres: Kind = { enabled: 'pg_vip_enabled', address: 'pg_vip_address', cluster: 'pg_cluster', needs: ['pg_vip_address'] };

function checkComplete({ address, vars, origin }: DraftHost, { enabled, needs }: Kind, report: Report): void {
  const missing = needs.filter((name) => vars[name] === undefined);
  if (missing.length > 0) report(origin.get(enabled)!, `${enabled} of ${address} needs ${missing.join(' and ')}`, 'key');
}

/** Of a cluster that says it once for all, the first host; those that say something of their own, each. */
function onePerCluster(hosts: readonly DraftHost[], { address, cluster }: Kind): DraftHost[] {
  return [...Map.groupBy(hosts, ({ vars }) => `${whoseOf(vars, cluster)} ${String(vars[address])}`).values()].map(([first]) => first!);
}

/** A node is of the cluster of its PostgreSQL, unless it says otherwise. */
const whoseOf = (vars: DraftHost['vars'], cluster: string): string => String(vars[cluster] ?? vars['pg_cluster'] ?? 'nodes');

function checkTaken({ vars, origin }: DraftHost, { address: name, cluster }: Kind, { hosts, report, seen }: { hosts: readonly DraftHost[]; report: Report; seen: Map<string, string> }): void {
  const given = vars[name];
  if (typeof given !== 'string') return;
  const floating = canonical(given.split('/')[0]!);
  const whose = whoseOf(vars, cluster);
  const owner = hosts.find((host) => canonical(host.address) === floating);
  const other = seen.get(floating);
  if (owner) report(origin.get(name)!, `${name} of ${whose} is the address of the host ${owner.address}`);
  else if (other !== undefined) report(origin.get(name)!, `${name} ${given} of ${whose} is taken by ${other}`);
  seen.set(floating, other ?? `${name} of ${whose}`);
}

/** RFC 5798: routers of one number on one network take each other for the same. */
function checkRouters(hosts: readonly DraftHost[], report: Report): void {
  const seen = new Map<unknown, string>();
  for (const { vars, origin } of hosts.filter((host) => host.vars['vip_enabled'] === true && host.vars['vip_vrid'] !== undefined)) {
    const whose = whoseOf(vars, 'node_cluster');
    const other = seen.get(vars['vip_vrid']) ?? whose;
    if (other !== whose) report(origin.get('vip_vrid')!, `vip_vrid ${String(vars['vip_vrid'])} of ${whose} is taken by ${other}`);
    seen.set(vars['vip_vrid'], other);
  }
}
