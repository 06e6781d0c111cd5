import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import type { BundleKeys } from '../../../installer/inventory/inventory.ts';
import type { Facts } from '../../../installer/inventory/facts.ts';

/** An inventory in the shape that Pigsty's users have. */
export const sample = `all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
    pg-meta:
      hosts:
        10.10.10.10: { pg_seq: 1, pg_role: primary }
      vars:
        pg_cluster: pg-meta
        pg_version: 15
        pg_users:
          - { name: dbuser_meta, password: '\${secret.dbuser_meta}', pgbouncer: true, roles: [ dbrole_admin ] }
        pg_databases:
          - { name: meta, owner: dbuser_meta, schemas: [ app ], extensions: [ { name: postgis, schema: public }, vector ] }
        pg_crontab: [ '00 01 * * * /pg/bin/pg-backup full' ]
  vars:
    admin_ip: 10.10.10.10
    node_etc_hosts: [ '\${admin_ip} \${pg_cluster}.example' ]
`;

/** What a family of distributions calls what is in a bundle. */
interface Naming {
  name: string;
  target: Descriptor['target'];
  /** The packages of each component of the group `platform`. */
  platform: Readonly<Record<string, readonly string[]>>;
  /** The version of vip-manager. */
  follower: string;
  server: readonly string[];
  /** The package that holds the modules of the server. */
  modules: string;
  /** The packages of extensions. */
  postgis: string;
  pgvector: string;
  cron: string;
  rival: string;
}

/** As the archive of Debian 12 has them. */
const debian: Naming = {
  name: 'debian',
  target: { code: 'd12.x86_64', distro: 'debian', format: 'deb', release: '12', codename: 'bookworm', arch: 'x86_64', packageArch: 'amd64' },
  platform: {
    'base-tools': ['acl', 'ca-certificates', 'logrotate', 'lz4', 'openssl', 'procps', 'rsync', 'zstd'],
    cron: ['cron'],
    sudo: ['sudo'],
    sshd: ['openssh-server'],
    chrony: ['chrony'],
    haproxy: ['haproxy'],
    'node-exporter': ['prometheus-node-exporter'],
    nginx: ['nginx'],
    'nginx-exporter': ['prometheus-nginx-exporter'],
    dnsmasq: ['dnsmasq-base'],
    'victoria-metrics': ['victoria-metrics'],
    vmutils: ['victoria-metrics'],
    alertmanager: ['prometheus-alertmanager'],
    etcd: ['etcd-server', 'etcd-client'],
    patroni: ['patroni', 'python3-etcd', 'python3-psycopg2'],
    pgbouncer: ['pgbouncer'],
    pgbackrest: ['pgbackrest'],
    'pg-exporter': ['prometheus-postgres-exporter', 'prometheus-pgbouncer-exporter'],
    'postgres-exporter': ['prometheus-postgres-exporter'],
    'pgbouncer-exporter': ['prometheus-pgbouncer-exporter'],
    'vip-manager': ['vip-manager'],
    keepalived: ['keepalived'],
  },
  follower: '1.0.2-6+b2',
  server: ['postgresql-15', 'postgresql-client-15'],
  modules: 'postgresql-15',
  postgis: 'postgresql-15-postgis-3',
  pgvector: 'postgresql-15-pgvector',
  cron: 'postgresql-15-cron',
  rival: 'postgresql-15-rival',
};

/** As Rocky, EPEL, PGDG and Pigsty's repository have them for EL 9. */
const el: Naming = {
  name: 'el',
  target: { code: 'el9.x86_64', distro: 'el', format: 'rpm', release: '9', codename: '', arch: 'x86_64', packageArch: 'x86_64' },
  platform: {
    'base-tools': ['acl', 'ca-certificates', 'logrotate', 'lz4', 'openssl', 'procps-ng', 'rsync', 'zstd'],
    cron: ['cronie'],
    sudo: ['sudo'],
    sshd: ['openssh-server', 'openssh-clients'],
    firewalld: ['firewalld'],
    'selinux-tools': ['policycoreutils', 'policycoreutils-python-utils', 'libselinux-utils'],
    chrony: ['chrony'],
    haproxy: ['haproxy'],
    'node-exporter': ['node-exporter'],
    nginx: ['nginx'],
    'nginx-exporter': ['nginx-exporter'],
    dnsmasq: ['dnsmasq'],
    'victoria-metrics': ['victoria-metrics'],
    vmutils: ['vmutils'],
    alertmanager: ['alertmanager'],
    etcd: ['etcd'],
    patroni: ['patroni'],
    'patroni-etcd': ['patroni-etcd'],
    pgbouncer: ['pgbouncer'],
    pgbackrest: ['pgbackrest'],
    'pg-exporter': ['pg-exporter'],
    'vip-manager': ['vip-manager'],
    keepalived: ['keepalived'],
  },
  follower: '4.2.0',
  server: ['postgresql15-server', 'postgresql15', 'postgresql15-libs', 'postgresql15-contrib'],
  modules: 'postgresql15-contrib',
  postgis: 'postgis36_15',
  pgvector: 'pgvector_15',
  cron: 'pg_cron_15',
  rival: 'rival_15',
};

function descriptorOf(naming: Naming): Descriptor {
  const { name, target, server, modules, postgis, pgvector, cron, rival } = naming;
  const extension = { pg: '15', preload: [], requires: [] };
  return {
    format: 1,
    name,
    version: '0.1.0',
    id: `pgark-${name}-0.1.0.${target.code}`,
    created: '2026-11-20T00:00:00Z',
    target,
    pg: ['15'],
    signer: '0123456789ABCDEF0123456789ABCDEF01234567',
    keys: [],
    lock: '0'.repeat(64),
    packages: 300,
    size: 1,
    installed: 2,
    runtime: '24.21.0',
    roots: [
      ...Object.entries(naming.platform).flatMap(([component, packages]) => packages.map((each) => ({ package: each, version: each === 'vip-manager' ? naming.follower : '1', kind: 'component' as const, name: component, conflicts: [] }))),
      ...server.map((each) => ({ package: each, version: '15.14', kind: 'server' as const, name: 'postgresql', pg: '15', conflicts: [] })),
      { package: postgis, version: '3.3.2', kind: 'extension', name: 'postgis', pg: '15', conflicts: [] },
      { package: pgvector, version: '0.4.0', kind: 'extension', name: 'pgvector', pg: '15', conflicts: [] },
      { package: cron, version: '1.4.2', kind: 'extension', name: 'pg_cron', pg: '15', conflicts: [rival] },
      { package: rival, version: '1.0', kind: 'extension', name: 'rival', pg: '15', conflicts: [cron] },
    ],
    extensions: [
      ...['pg_stat_statements', 'pgstattuple', 'pg_buffercache', 'pageinspect', 'pg_prewarm', 'pg_visibility', 'pg_freespacemap', 'postgres_fdw', 'file_fdw', 'btree_gist', 'btree_gin', 'pg_trgm', 'intagg', 'intarray'].map((module) => ({
        ...extension,
        name: module,
        package: modules,
        description: `the module ${module}`,
      })),
      { ...extension, name: 'pg_cron', package: cron, description: 'jobs on a schedule', preload: ['pg_cron'] },
      { ...extension, name: 'postgis', package: postgis, description: 'geometry and geography' },
      { ...extension, name: 'postgis_topology', package: postgis, description: 'topology', requires: ['postgis'] },
      { ...extension, name: 'rival', package: rival, description: 'the other way to run jobs' },
      { ...extension, name: 'vector', package: pgvector, description: 'vectors and their neighbours' },
    ],
    baselines: [],
    groups: [
      { name: 'pgsql-common', packages: ['patroni', 'pgbouncer'], missing: ['vip-manager'] },
      { name: 'pgsql-gis', pg: '15', packages: [postgis], missing: [] },
      { name: 'pgsql-main', pg: '15', packages: [server[0]!, pgvector], missing: ['pg_repack', 'wal2json'] },
      { name: 'pgsql-time', pg: '15', packages: [cron, rival], missing: [] },
    ],
  };
}

export const bundle: Descriptor = descriptorOf(debian);

export const elBundle: Descriptor = descriptorOf(el);

export const facts: Facts = {
  hostname: 'box',
  distro: 'debian',
  release: '12',
  codename: 'bookworm',
  arch: 'x86_64',
  cpus: 4,
  memory: 8192,
  disk: { size: 100e9, free: 80e9 },
  addresses: ['10.10.10.10'],
  links: [{ interface: 'eth0', network: '10.0.0.0/8' }],
  container: 'none',
  selinux: 'disabled',
  carries: true,
  postgres: 'none',
};

/** The same host with Rocky Linux on it. */
export const elFacts: Facts = { ...facts, distro: 'rocky', release: '9.8', codename: '' };

export const keys: BundleKeys = { index: '-----BEGIN PGP PUBLIC KEY BLOCK-----\nindex\n', packages: '-----BEGIN PGP PUBLIC KEY BLOCK-----\npackages\n' };
