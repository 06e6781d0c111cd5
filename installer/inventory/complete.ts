import { isIPv6 } from 'node:net';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import type { Mistake } from '../../repo/core/document.ts';
import { Secret } from '../../repo/core/secret.ts';
import { platformOf } from '../platform/platform.ts';
import type { Vault } from '../vault/vault.ts';
import { checkExtensions } from './extension.ts';
import { checkValue, meaningOf, refuse, type Draft, type DraftHost } from './draft.ts';
import type { Facts } from './facts.ts';
import type { BundleKeys, Host, Inventory } from './inventory.ts';
import { checkLinks } from './links.ts';
import { checkEngines } from './stores.ts';
import { defaults, isParameter, parameters, type Parameters } from './parameters.ts';
import { resolve } from './placeholder.ts';

/**
 * Makes the whole of a draft: facts of the hosts, secrets of the vault, and the bundle that it is installed from.
 * Secrets that the inventory speaks of and the vault does not have yet are made; `vault.save()` is the caller's.
 * @throws Fault invalid
 */
export async function completeInventory(draft: Draft, facts: ReadonlyMap<string, Facts>, vault: Vault, { bundle, keys }: { bundle: Descriptor; keys: BundleKeys }): Promise<Inventory> {
  await vault.ensure(draft.secrets, []);
  refuse(draft.document, [...checkVersions(draft, bundle), ...checkAgain(draft, vault)]);
  const hosts = draft.hosts.map((host) => completeHost(host, factsOf(host, facts), vault, bundle));
  refuse(draft.document, [...checkExtensions(draft, hosts, bundle), ...checkLinks(draft, hosts), ...checkEngines(draft, hosts, bundle)]);
  const members = clustersOf(hosts);
  const groups = groupsOf(hosts);
  const cluster = (name: string): readonly Host[] => members.get(name) ?? [];
  const secrets = new Map<string, Secret | undefined>();
  return {
    hosts,
    group: (name) => groups.get(name) ?? [],
    cluster,
    leader: (name) => leaderOf(cluster(name)),
    secret: (name) => {
      if (!secrets.has(name)) secrets.set(name, given(name, hosts, cluster));
      return secrets.get(name) ?? vault.secret(name);
    },
    former: (name) => vault.rotation(name)?.former,
    generation: (name) => vault.rotation(name)?.count ?? 0,
    certificate: (name) => vault.certificate(name),
    get authority() {
      return vault.authority;
    },
    bundle,
    keys,
  };
}

/** By name, each by pg_seq. */
function clustersOf(hosts: readonly Host[]): Map<string, Host[]> {
  const clusters = Map.groupBy(hosts.filter(({ vars }) => vars.pg_cluster !== undefined), ({ vars }) => vars.pg_cluster!);
  for (const members of clusters.values()) members.sort((a, b) => a.vars.pg_seq! - b.vars.pg_seq!);
  return clusters;
}

/** Roles ask for groups and clusters again and again, and there may be a thousand hosts. */
function groupsOf(hosts: readonly Host[]): Map<string, Host[]> {
  const places = hosts.flatMap((host) => host.groups.map((name) => ({ name, host })));
  return new Map([...Map.groupBy(places, ({ name }) => name)].map(([name, members]) => [name, members.map(({ host }) => host)]));
}

function completeHost(draft: DraftHost, facts: Facts, vault: Vault, bundle: Descriptor): Host {
  const platform = platformOf(facts.distro);
  const known = { ...defaults, ...(isIPv6(draft.address) && everywhere), pg_dbsu_uid: platform.postgresId, pg_version: bundle.pg.at(-1), ...draft.vars };
  const meaning = meaningOf({ address: draft.address, vars: known }, (name) => vault.secret(name));
  const resolved = Object.fromEntries(Object.entries(known).filter(([name]) => isParameter(name)).map(([name, value]) => [name, resolve(value, meaning, () => {})]));
  const vars = parseAll(resolved);
  const name = vars.nodename ?? (vars.node_id_from_pg && vars.pg_cluster !== undefined ? `${vars.pg_cluster}-${vars.pg_seq}` : facts.hostname);
  return { address: draft.address, name, groups: draft.groups, facts, platform, vars: { ...vars, nodename: name } };
}

/** 0.0.0.0 is IPv4 alone. */
const everywhere = { pg_listen: '*' };

/** Two that both say so are a matter for whoever reads the plan; the declared one counts then. */
function leaderOf(members: readonly Host[]): Host | undefined {
  const leading = members.filter(({ facts }) => facts.postgres === 'primary');
  return leading.length === 1 ? leading[0] : members.find(({ vars }) => vars.pg_role === 'primary');
}

/** All values were checked one by one before. */
const parseAll = (values: Record<string, unknown>): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, schema]) => [name, schema.parse(values[name])])) as unknown as Parameters;

function checkVersions(draft: Draft, bundle: Descriptor): Mistake[] {
  return draft.hosts
    .filter(({ vars }) => vars['pg_version'] !== undefined && !bundle.pg.includes(String(vars['pg_version'])))
    .map(({ vars, origin }) => ({
      place: draft.document.valueAt(origin.get('pg_version')!),
      message: `pg_version: ${bundle.id} holds no PostgreSQL ${String(vars['pg_version'])}, it holds ${bundle.pg.join(', ')}`,
    }));
}

/** The same checks as before, now with each host's own values and the real secrets. */
function checkAgain(draft: Draft, vault: Vault): Mistake[] {
  return draft.hosts.flatMap((host) => {
    const meaning = meaningOf(host, (name) => vault.secret(name));
    return Object.entries(host.vars).flatMap(([name, value]) => (isParameter(name) && host.origin.has(name) ? checkValue(name, value, meaning, draft.document, host.origin.get(name)!) : []));
  });
}

/** A secret that the inventory itself gives: a parameter, or `<cluster>.<parameter>`. */
function given(name: string, hosts: readonly Host[], cluster: (name: string) => readonly Host[]): Secret | undefined {
  const dot = name.lastIndexOf('.');
  const among = dot < 0 ? hosts : cluster(name.slice(0, dot));
  const values = among.map((host) => (host.vars as unknown as Record<string, unknown>)[name.slice(dot + 1)]);
  return values.find((value) => value instanceof Secret);
}

function factsOf(host: DraftHost, facts: ReadonlyMap<string, Facts>): Facts {
  const found = facts.get(host.address);
  if (!found) throw new Error(`nobody has looked at ${host.address}`);
  return found;
}
