import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
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

/** The packages of each component of the platform, as the archive of Debian 12 has them. */
const platform: Readonly<Record<string, readonly string[]>> = {
  'base-tools': ['acl', 'ca-certificates', 'lz4', 'openssl', 'procps', 'rsync', 'zstd'],
  cron: ['cron'],
  sudo: ['sudo'],
  chrony: ['chrony'],
  logrotate: ['logrotate'],
  haproxy: ['haproxy'],
  'node-exporter': ['prometheus-node-exporter'],
  nginx: ['nginx'],
  'nginx-exporter': ['prometheus-nginx-exporter'],
  dnsmasq: ['dnsmasq-base'],
  'victoria-metrics': ['victoria-metrics'],
  alertmanager: ['prometheus-alertmanager'],
  etcd: ['etcd-server', 'etcd-client'],
  patroni: ['patroni', 'python3-etcd', 'python3-psycopg2'],
  pgbouncer: ['pgbouncer'],
  pgbackrest: ['pgbackrest'],
  'postgres-exporter': ['prometheus-postgres-exporter'],
  'pgbouncer-exporter': ['prometheus-pgbouncer-exporter'],
};

export const bundle: Descriptor = {
  format: 1,
  name: 'debian',
  version: '0.1.0',
  id: 'pgark-debian-0.1.0.d12.x86_64',
  created: '2026-11-20T00:00:00Z',
  target: { code: 'd12.x86_64', distro: 'debian', format: 'deb', release: '12', codename: 'bookworm', arch: 'x86_64', packageArch: 'amd64' },
  pg: ['15'],
  signer: '0123456789ABCDEF0123456789ABCDEF01234567',
  keys: [], lock: '0'.repeat(64),
  packages: 300,
  size: 1,
  installed: 2,
  runtime: '24.21.0',
  roots: [
    ...Object.entries(platform).flatMap(([name, packages]) => packages.map((each) => ({ package: each, version: '1', kind: 'component' as const, name, conflicts: [] }))),
    { package: 'postgresql-15', version: '15.14-0+deb12u1', kind: 'server', name: 'postgresql', pg: '15', conflicts: [] },
    { package: 'postgresql-client-15', version: '15.14-0+deb12u1', kind: 'server', name: 'postgresql', pg: '15', conflicts: [] },
    { package: 'postgresql-15-postgis-3', version: '3.3.2', kind: 'extension', name: 'postgis', pg: '15', conflicts: [] },
    { package: 'postgresql-15-pgvector', version: '0.4.0', kind: 'extension', name: 'pgvector', pg: '15', conflicts: [] },
    { package: 'postgresql-15-cron', version: '1.4.2', kind: 'extension', name: 'pg_cron', pg: '15', conflicts: ['postgresql-15-rival'] },
    { package: 'postgresql-15-rival', version: '1.0', kind: 'extension', name: 'rival', pg: '15', conflicts: ['postgresql-15-cron'] },
  ],
  extensions: [
    ...['pg_stat_statements', 'pgstattuple', 'pg_buffercache', 'pageinspect', 'pg_prewarm', 'pg_visibility', 'pg_freespacemap', 'postgres_fdw', 'file_fdw', 'btree_gist', 'btree_gin', 'pg_trgm', 'intagg', 'intarray'].map((name) => ({
      name,
      package: 'postgresql-15',
      pg: '15',
      description: `the module ${name}`,
      preload: [],
      requires: [],
    })),
    { name: 'pg_cron', package: 'postgresql-15-cron', pg: '15', description: 'jobs on a schedule', preload: ['pg_cron'], requires: [] },
    { name: 'postgis', package: 'postgresql-15-postgis-3', pg: '15', description: 'geometry and geography', preload: [], requires: [] },
    { name: 'postgis_topology', package: 'postgresql-15-postgis-3', pg: '15', description: 'topology', preload: [], requires: ['postgis'] },
    { name: 'rival', package: 'postgresql-15-rival', pg: '15', description: 'the other way to run jobs', preload: [], requires: [] },
    { name: 'vector', package: 'postgresql-15-pgvector', pg: '15', description: 'vectors and their neighbours', preload: [], requires: [] },
  ],
  baselines: [],
  groups: [
    { name: 'pgsql-common', packages: ['patroni', 'pgbouncer'], missing: ['vip-manager'] },
    { name: 'pgsql-gis', pg: '15', packages: ['postgresql-15-postgis-3'], missing: [] },
    { name: 'pgsql-main', pg: '15', packages: ['postgresql-15', 'postgresql-15-pgvector'], missing: ['pg_repack', 'wal2json'] },
    { name: 'pgsql-time', pg: '15', packages: ['postgresql-15-cron', 'postgresql-15-rival'], missing: [] },
  ],
};

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
  container: 'none',
  selinux: 'disabled',
};
