import { isIPv6 } from 'node:net';
import { writeYaml } from '../../../repo/core/document.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { etcdEndpoints, etcdPassword, etcdUser } from '../etcd/client.ts';
import { extensionsOf } from './extensions.ts';
import { hbaLines, hbaSetting } from './hba.ts';
import { certificates, instanceOf, membersOf } from '../instance.ts';
import { endpoint } from '../listen.ts';
import { leaseOf } from './lease.ts';
import { serverSettings, type ServerSettings } from './postgresql-settings.ts';
import { cascadeOf, slotsFor, upstreamOf } from './upstream.ts';

/** patroni.yml of a member (Patroni documentation, "YAML Configuration Settings"; values of reference 5.7). */
export function patroniConfig(host: Host, inventory: Inventory): Secret {
  return sealed((reveal) => writeYaml(document(host, inventory, (name) => reveal(inventory.secret(name)))));
}

/** The names of the secrets in it. */
export function patroniSecrets(host: Host): string[] {
  return ['patroni_password', 'pg_replication_password', etcdPassword(instanceOf(host).cluster)];
}

/** What all members share. Written to etcd when the cluster is made, and kept as it is here by later runs. */
export function dynamicConfig(host: Host, inventory: Inventory): Record<string, unknown> {
  refuseNamespace(host);
  const { vars } = host;
  const plan = vars.pg_rto_plan[vars.pg_rto];
  const slots = slotsFor(host, inventory);
  const standby = standbyCluster(host, inventory);
  return {
    ttl: leaseOf(plan.ttl, inventory.bundle),
    loop_wait: plan.loop,
    retry_timeout: plan.retry,
    primary_start_timeout: plan.start,
    primary_stop_timeout: 30,
    maximum_lag_on_failover: lagOf(host),
    maximum_lag_on_syncnode: -1,
    synchronous_mode: isSynchronous(host),
    // The only member of a cluster would wait for another one for ever.
    synchronous_mode_strict: isCritical(host) && membersOf(host, inventory).length > 1,
    failsafe_mode: true,
    ...(standby && { standby_cluster: standby }),
    ...(Object.keys(slots).length > 0 && { slots }),
    postgresql: {
      use_slots: true,
      use_pg_rewind: true,
      remove_data_directory_on_rewind_failure: true,
      parameters: settingsOf(host, inventory).shared,
    },
  };
}

/** In synchronous mode nobody takes over but who has every commit that was acknowledged; a limit of 0 would also ask for WAL that nobody waited for. */
const lagOf = (host: Host): number => (isSynchronous(host) ? Math.max(host.vars.pg_rpo, 1_048_576) : host.vars.pg_rpo);

/** @throws Fault invalid where the cluster takes writes already, or there is a delay and nobody to be late for */
function standbyCluster(host: Host, inventory: Inventory): Record<string, unknown> | undefined {
  const upstream = upstreamOf(host, inventory);
  const { cluster } = instanceOf(host);
  const delay = delayOf(host, inventory);
  if (upstream === undefined) {
    if (delay !== '0') throw new Fault('invalid', `pg_delay: ${cluster} is no standby of another cluster`, { hint: 'pg_upstream on its primary makes it one' });
    return undefined;
  }
  const writer = membersOf(host, inventory).find(({ facts }) => facts.postgres === 'primary');
  if (writer) throw new Fault('invalid', `pg_upstream: ${cluster} takes writes of its own on ${writer.address}, and as a standby it would lose them`, { hint: 'a cluster becomes a standby when it is made; leave pg_upstream out of one that was promoted' });
  return { host: upstream.hosts.join(','), port: upstream.port, ...(upstream.slot !== undefined && { primary_slot_name: upstream.slot }), create_replica_methods: ['basebackup'], ...(delay !== '0' && { recovery_min_apply_delay: delay }) };
}

/** What holds is what the declared primary says. */
const delayOf = (host: Host, inventory: Inventory): string => (membersOf(host, inventory).find(({ vars }) => vars.pg_role === 'primary') ?? host).vars.pg_delay;

/** @throws Fault invalid: the users of etcd have their rights below /pg (etcd-client.ts), and Patroni would be turned away elsewhere */
function refuseNamespace({ vars }: Host): void {
  if (vars.pg_namespace === '/pg') return;
  throw new Fault('invalid', `pg_namespace: ${vars.pg_namespace} is not implemented yet`, { hint: 'leave it out: clusters are kept below /pg' });
}

const isCritical = ({ vars }: Host): boolean => vars.pg_conf === 'crit';

const isSynchronous = (host: Host): boolean => isCritical(host) || host.vars.pg_rpo === 0;

const settingsOf = (host: Host, inventory: Inventory): ServerSettings =>
  serverSettings(host, { libraries: extensionsOf(host, inventory).libraries, isLate: delayOf(host, inventory) !== '0' });

function document(host: Host, inventory: Inventory, secret: (name: string) => string): Record<string, unknown> {
  const { vars } = host;
  const { cluster, name } = instanceOf(host);
  return {
    scope: cluster,
    namespace: `${vars.pg_namespace}/`,
    name,
    log: { level: 'INFO', dir: vars.patroni_log_dir, file_size: 33_554_432, file_num: isCritical(host) ? 16 : 4 },
    etcd3: etcd(host, inventory, secret),
    restapi: restApi(host, inventory, secret),
    ctl: vars.patroni_ssl_enabled ? { insecure: false, cacert: certificates.authority } : {},
    tags: tags(host, inventory),
    watchdog: { mode: isCritical(host) && vars.patroni_watchdog_mode === 'off' ? 'automatic' : vars.patroni_watchdog_mode, device: '/dev/watchdog', safety_margin: vars.pg_rto_plan[vars.pg_rto].margin },
    bootstrap: { dcs: dynamicConfig(host, inventory), initdb: initdb(host) },
    postgresql: postgresql(host, inventory, secret),
  };
}

function tags(host: Host, inventory: Inventory): Record<string, unknown> {
  const { vars } = host;
  const replicatefrom = cascadeOf(host, inventory);
  return { nofailover: false, noloadbalance: false, nosync: false, clonefrom: true, ...priority(host, inventory), ...(replicatefrom !== undefined && { replicatefrom }), version: vars.pg_version, conf: vars.pg_conf, spec: specOf(host) };
}

/** Where several could take over, a member for reports comes last (Patroni from 3.2 on; before, it is a tag without a meaning). */
function priority(host: Host, inventory: Inventory): Record<string, unknown> {
  const isOffline = ({ vars }: Host): boolean => vars.pg_role === 'offline';
  return membersOf(host, inventory).some(isOffline) ? { failover_priority: isOffline(host) ? 1 : 2 } : {};
}

function etcd(host: Host, inventory: Inventory, secret: (name: string) => string): Record<string, unknown> {
  const { cluster } = instanceOf(host);
  return {
    hosts: etcdEndpoints(inventory),
    protocol: 'https',
    cacert: certificates.authority,
    cert: certificates.etcd,
    key: certificates.etcdKey,
    username: etcdUser(cluster, inventory),
    password: secret(etcdPassword(cluster)),
  };
}

/** Reading needs no password: HAProxy and the metrics store do it. Changing needs one, and an address on the list. */
function restApi(host: Host, inventory: Inventory, secret: (name: string) => string): Record<string, unknown> {
  const { vars, address } = host;
  const allowed = [vars.admin_ip, ...membersOf(host, inventory).map((member) => member.address), ...inventory.group('infra').map((each) => each.address)];
  return {
    listen: endpoint(address, vars.patroni_port),
    connect_address: endpoint(address, vars.patroni_port),
    authentication: { username: vars.patroni_username, password: secret('patroni_password') },
    allowlist: [...new Set(allowed)],
    ...(vars.patroni_ssl_enabled && { certfile: certificates.server, keyfile: certificates.serverKey, cafile: certificates.authority, verify_client: 'none' }),
  };
}

/** Cores, memory in gigabytes, disk in gigabytes: `c4.g16.d100`. */
function specOf({ facts }: Host): string {
  return `c${facts.cpus}.g${Math.ceil(facts.memory / 1024)}.d${Math.ceil(facts.disk.size / 1024 ** 3)}`;
}

function initdb({ vars }: Host): (string | Record<string, string>)[] {
  const isBuiltin = Number(vars.pg_version) >= 17 && vars.pg_encoding === 'UTF8' && ['C', 'C.UTF-8'].includes(vars.pg_locale);
  // Since PostgreSQL 18 checksums are the default, and have to be declined by name.
  const checksums = vars.pg_checksum ? ['data-checksums'] : Number(vars.pg_version) >= 18 ? ['no-data-checksums'] : [];
  return [
    ...checksums,
    { encoding: vars.pg_encoding },
    { locale: vars.pg_locale },
    ...(isBuiltin ? [{ 'locale-provider': 'builtin' }, { 'builtin-locale': vars.pg_locale }] : []),
    { 'lc-collate': vars.pg_lc_collate },
    { 'lc-ctype': vars.pg_lc_ctype },
  ];
}

function postgresql(host: Host, inventory: Inventory, secret: (name: string) => string): Record<string, unknown> {
  const { vars, address } = host;
  // Made anew each time: YAML would write the second one as a reference to the first.
  const replicator = () => ({ username: vars.pg_replication_username, password: secret('pg_replication_password') });
  return {
    bin_dir: vars.pg_bin_dir,
    data_dir: vars.pg_data,
    pgpass: '/pg/tmp/patroni.pgpass',
    listen: listen(host),
    connect_address: endpoint(address, vars.pg_port),
    use_unix_socket: true,
    use_unix_socket_repl: true,
    // The superuser has no password: Patroni comes in as the account that it runs as. The replicator also rewinds.
    authentication: { superuser: { username: vars.pg_dbsu }, replication: replicator(), rewind: replicator() },
    parameters: { ...settingsOf(host, inventory).own, unix_socket_directories: vars.pg_localhost },
    pg_hba: hbaLines([...vars.pg_default_hba_rules, ...vars.pg_hba_rules], hbaSetting(host, inventory)),
    create_replica_methods: ['basebackup'],
    basebackup: [{ 'max-rate': '1000M' }, { checkpoint: 'fast' }],
  };
}

/** `${ip}` and `${lo}` of the reference are resolved before; Patroni wants the port behind the list. */
function listen({ vars }: Host): string {
  const addresses = vars.pg_listen.split(',').map((each) => (isIPv6(each) ? `[${each}]` : each));
  return `${addresses.join(',')}:${vars.pg_port}`;
}
