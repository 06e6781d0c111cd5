import { z } from 'zod';
import { HbaRule, PgDatabase, PgExtension, PgSchema, PgService, PgUser } from './access.ts';
import { CronLine } from './crontab.ts';
import { objectives, RtoPlans } from './recovery.ts';
import { PgbackrestRepo, RepoNames } from './repository.ts';
import { address, addressInNetwork, clusterName, delay, domain, interfaceName, major, nameSuffix, path, port, ratio, roleName, secret, sequence, setting, size, username } from './scalar.ts';

/** `oltp` and `oltp.yml` mean the same. */
const profile = z.string().transform((text) => text.replace(/\.yml$/, '')).pipe(z.enum(['oltp', 'olap', 'crit', 'tiny'], 'must be oltp, olap, crit or tiny'));

/** Who a PostgreSQL instance is, and what it holds for its users. */
export const businessParameters = {
  pg_mode: z.literal('pgsql', 'must be pgsql; other kernels are not implemented').prefault('pgsql'),
  pg_cluster: clusterName.optional(),
  pg_seq: sequence.optional(),
  pg_role: z.enum(['primary', 'replica', 'offline'], 'must be primary, replica or offline').optional(),
  /** On the primary: a host of the cluster that this one is a standby of. On a replica: the member that it streams from, instead of the leader. */
  pg_upstream: z.union([address, domain], 'must be the address or the name of a host').optional(),
  pg_offline_query: z.boolean().prefault(false),
  pg_users: z.array(PgUser).prefault([]),
  pg_databases: z.array(PgDatabase).prefault([]),
  pg_services: z.array(PgService).prefault([]),
  pg_hba_rules: z.array(HbaRule).prefault([]),
  pgb_hba_rules: z.array(HbaRule).prefault([]),
  /** `minute hour day month weekday command`, run as the database superuser; a line that calls `/pg/bin/pg-backup` becomes a timer. */
  pg_crontab: z.array(CronLine).prefault([]),
  pg_replication_username: roleName.prefault('replicator'),
  pg_replication_password: secret,
  pg_admin_username: roleName.prefault('dbuser_dba'),
  pg_admin_password: secret,
  pg_monitor_username: roleName.prefault('dbuser_monitor'),
  pg_monitor_password: secret,
  /** Absent: the superuser has no password and comes in by peer only. */
  pg_dbsu_password: secret,
};

export const installParameters = {
  pg_dbsu: username.prefault('postgres'),
  /** Completed by the family of the distribution: 543 on Debian, 26 on EL. */
  pg_dbsu_uid: z.int().min(1).max(60_000).optional(),
  pg_dbsu_sudo: z.enum(['none', 'limit', 'all', 'nopass']).prefault('limit'),
  pg_dbsu_home: path.prefault('/var/lib/pgsql'),
  /** Completed with the newest major in the bundle. */
  pg_version: major.optional(),
  pg_bin_dir: path.prefault('/usr/pgsql/bin'),
  pg_log_dir: path.prefault('/pg/log/postgres'),
  /** Packages, components, or groups of the bundle (`pgsql-common`), beside those that every instance needs. */
  pg_packages: z.array(z.string()).prefault([]),
  /** Extensions, their packages, or groups of the bundle (`pgsql-gis`, `pg17-gis`): installed, whether or not a database asks for them. */
  pg_extensions: z.array(z.string()).prefault([]),
};

export const bootstrapParameters = {
  pg_data: path.prefault('/pg/data'),
  pg_fs_main: path.prefault('/data/postgres'),
  pg_fs_backup: path.prefault('/data/backups'),
  pg_storage_type: z.enum(['SSD', 'HDD']).prefault('SSD'),
  pg_dummy_filesize: size.prefault('64MiB'),
  pg_listen: z.string().regex(/^[\w.:*-]+(,[\w.:*-]+)*$/, 'must be addresses with commas').prefault('0.0.0.0'),
  pg_port: port.prefault(5432),
  pg_localhost: path.prefault('/var/run/postgresql'),
  patroni_enabled: z.boolean().prefault(true),
  pg_namespace: path.prefault('/pg'),
  /** `pause`: Patroni changes nothing by itself, and nobody takes over. */
  patroni_mode: z.enum(['default', 'pause'], 'must be default or pause; remove is not implemented').prefault('default'),
  patroni_port: port.prefault(8008),
  patroni_log_dir: path.prefault('/pg/log/patroni'),
  patroni_ssl_enabled: z.boolean().prefault(true),
  patroni_watchdog_mode: z.enum(['off', 'automatic', 'required']).prefault('off'),
  patroni_username: z.string().regex(/^[\w.@-]+$/).prefault('postgres'),
  patroni_password: secret,
  /** The password of the cluster's own user in etcd. */
  pg_etcd_password: secret,
  /** Lines of postgresql.auto.conf. */
  pg_parameters: z.record(z.string().regex(/^[a-z_][\w.]*$/i, 'must be the name of a PostgreSQL setting'), setting).prefault({}),
  pg_conf: profile.prefault('oltp.yml'),
  pg_max_conn: z.union([z.literal('auto'), z.int().min(20)], 'must be auto, or a number of connections').prefault('auto'),
  pg_shared_buffer_ratio: ratio.refine((share) => share >= 0.1 && share <= 0.4, 'must be between 0.1 and 0.4').prefault(0.25),
  pg_io_method: z.enum(['auto', 'sync', 'worker', 'io_uring']).prefault('worker'),
  pg_rto: z.enum(objectives).prefault('norm'),
  pg_rto_plan: RtoPlans,
  /** Bytes of lag with which a replica may still become primary; 0 makes replication synchronous. */
  pg_rpo: z.int().min(0).prefault(1_048_576),
  /** How long a standby cluster waits before it does what the other one did; on its primary. */
  pg_delay: delay.prefault('0'),
  pg_libs: z.string().regex(/^[\w$./-]+(\s*,\s*[\w$./-]+)*$/, 'must be names of libraries with commas').prefault('pg_stat_statements, auto_explain'),
  pg_checksum: z.boolean().prefault(true),
  pg_pwd_enc: z.literal('scram-sha-256', 'must be scram-sha-256').prefault('scram-sha-256'),
  pg_encoding: z.string().prefault('UTF8'),
  pg_locale: z.string().prefault('C.UTF-8'),
  pg_lc_collate: z.string().prefault('C.UTF-8'),
  pg_lc_ctype: z.string().prefault('C.UTF-8'),
  /** No command destroys the data of the instance. */
  pg_safeguard: z.boolean().prefault(false),
  /** When an instance is removed: its data and the backups on its host are destroyed, instead of kept under another name; packages that only it needed are removed. */
  pg_rm_data: z.boolean().prefault(false),
  pg_rm_backup: z.boolean().prefault(false),
  pg_rm_pkg: z.boolean().prefault(false),
};

export const provisionParameters = {
  pg_provision: z.boolean().prefault(true),
  pg_default_roles: z.array(PgUser).prefault([
    { name: 'dbrole_readonly', login: false, comment: 'may read everything' },
    { name: 'dbrole_offline', login: false, comment: 'may read everything, on offline members only' },
    { name: 'dbrole_readwrite', login: false, roles: ['dbrole_readonly'], comment: 'may read and write everything' },
    { name: 'dbrole_admin', login: false, roles: ['pg_monitor', 'dbrole_readwrite'], comment: 'may make objects' },
    { name: '${dbsu}', superuser: true, comment: 'the superuser of the system' },
    { name: '${repl}', replication: true, roles: ['pg_monitor', 'dbrole_readonly'], comment: 'streams to replicas' },
    { name: '${admin}', superuser: true, roles: ['dbrole_admin'], pgbouncer: true, pool_mode: 'session', pool_connlimit: 16, comment: 'the administrator' },
    { name: '${monitor}', roles: ['pg_monitor', 'dbrole_readonly'], pgbouncer: true, pool_mode: 'session', pool_connlimit: 8, parameters: { log_min_duration_statement: 1000 }, comment: 'reads metrics' },
  ]),
  /** What objects made by the superuser, the admin and dbrole_admin grant from the start: bodies of ALTER DEFAULT PRIVILEGES. */
  pg_default_privileges: z.array(z.string().regex(/^(GRANT|REVOKE) /, 'must begin with GRANT or REVOKE')).prefault([
    'GRANT USAGE ON SCHEMAS TO dbrole_readonly',
    'GRANT SELECT ON TABLES TO dbrole_readonly',
    'GRANT SELECT ON SEQUENCES TO dbrole_readonly',
    'GRANT EXECUTE ON FUNCTIONS TO dbrole_readonly',
    'GRANT USAGE ON SCHEMAS TO dbrole_offline',
    'GRANT SELECT ON TABLES TO dbrole_offline',
    'GRANT SELECT ON SEQUENCES TO dbrole_offline',
    'GRANT EXECUTE ON FUNCTIONS TO dbrole_offline',
    'GRANT INSERT ON TABLES TO dbrole_readwrite',
    'GRANT UPDATE ON TABLES TO dbrole_readwrite',
    'GRANT DELETE ON TABLES TO dbrole_readwrite',
    'GRANT USAGE ON SEQUENCES TO dbrole_readwrite',
    'GRANT UPDATE ON SEQUENCES TO dbrole_readwrite',
    'GRANT TRUNCATE ON TABLES TO dbrole_admin',
    'GRANT REFERENCES ON TABLES TO dbrole_admin',
    'GRANT TRIGGER ON TABLES TO dbrole_admin',
    'GRANT CREATE ON SCHEMAS TO dbrole_admin',
  ]),
  pg_default_schemas: z.array(PgSchema).prefault(['monitor']),
  pg_default_extensions: z.array(PgExtension).prefault([
    { name: 'pg_stat_statements', schema: 'monitor' },
    { name: 'pgstattuple', schema: 'monitor' },
    { name: 'pg_buffercache', schema: 'monitor' },
    { name: 'pageinspect', schema: 'monitor' },
    { name: 'pg_prewarm', schema: 'monitor' },
    { name: 'pg_visibility', schema: 'monitor' },
    { name: 'pg_freespacemap', schema: 'monitor' },
    { name: 'postgres_fdw', schema: 'public' },
    { name: 'file_fdw', schema: 'public' },
    { name: 'btree_gist', schema: 'public' },
    { name: 'btree_gin', schema: 'public' },
    { name: 'pg_trgm', schema: 'public' },
    { name: 'intagg', schema: 'public' },
    { name: 'intarray', schema: 'public' },
  ]),
  pg_default_hba_rules: z.array(HbaRule).prefault([
    { order: 100, title: 'the superuser, by its account of the system', user: '${dbsu}', db: 'all', addr: 'local', auth: 'os' },
    { order: 150, title: 'replication by the superuser, by its account of the system', user: '${dbsu}', db: 'replication', addr: 'local', auth: 'os' },
    { order: 200, title: 'replication from the host itself', user: '${repl}', db: 'replication', addr: 'localhost', auth: 'pwd' },
    { order: 250, title: 'replication from trusted networks', user: '${repl}', db: 'replication', addr: 'intra', auth: 'ssl' },
    { order: 300, title: 'rewinding from trusted networks', user: '${repl}', db: 'postgres', addr: 'intra', auth: 'ssl' },
    { order: 350, title: 'monitoring from the host itself', user: '${monitor}', db: 'all', addr: 'localhost', auth: 'pwd' },
    { order: 400, title: 'monitoring from infra hosts', user: '${monitor}', db: 'all', addr: 'infra', auth: 'pwd' },
    { order: 450, title: 'the admin from trusted networks', user: '${admin}', db: 'all', addr: 'intra', auth: 'ssl' },
    { order: 500, title: 'the admin from anywhere', user: '${admin}', db: 'all', addr: 'world', auth: 'ssl' },
    { order: 550, title: 'applications and PgBouncer on the host itself', user: '+dbrole_readonly', db: 'all', addr: 'localhost', auth: 'pwd' },
    { order: 575, title: 'no administrator without TLS', user: '${admin}', db: 'all', addr: 'world', auth: 'deny' },
    { order: 600, title: 'applications from trusted networks', user: '+dbrole_readonly', db: 'all', addr: 'intra', auth: 'pwd' },
    { order: 650, title: 'offline queries from trusted networks', role: 'offline', user: '+dbrole_offline', db: 'all', addr: 'intra', auth: 'pwd' },
  ]),
  pgb_default_hba_rules: z.array(HbaRule).prefault([
    { order: 100, title: 'the console of the superuser, by its account of the system', user: '${dbsu}', db: 'pgbouncer', addr: 'local', auth: 'peer' },
    { order: 150, title: 'everybody from the host itself', user: 'all', db: 'all', addr: 'localhost', auth: 'pwd' },
    { order: 200, title: 'monitoring from trusted networks', user: '${monitor}', db: 'pgbouncer', addr: 'intra', auth: 'pwd' },
    { order: 250, title: 'no monitoring from elsewhere', user: '${monitor}', db: 'all', addr: 'world', auth: 'deny' },
    { order: 300, title: 'the admin from trusted networks', user: '${admin}', db: 'all', addr: 'intra', auth: 'pwd' },
    { order: 350, title: 'no admin from elsewhere', user: '${admin}', db: 'all', addr: 'world', auth: 'deny' },
    { order: 400, title: 'applications from trusted networks', user: 'all', db: 'all', addr: 'intra', auth: 'pwd' },
  ]),
};

export const backupParameters = {
  pgbackrest_enabled: z.boolean().prefault(true),
  pgbackrest_log_dir: path.prefault('/pg/log/pgbackrest'),
  /** The entry of `pgbackrest_repo` that is used, or a list of them: the first is repository 1. */
  pgbackrest_method: RepoNames.prefault('local'),
  pgbackrest_init_backup: z.boolean().prefault(true),
  /** How often the newest backup is proven by restoring it. */
  pgbackrest_check: z.string().regex(/^(off|(daily|weekly|monthly|Mon|Tue|Wed|Thu|Fri|Sat|Sun)( ([01]\d|2[0-3]):[0-5]\d)?)$/, 'must be off, daily, weekly, monthly or a day of the week (Sun), with a time when you like: Sun 03:00').prefault('weekly'),
  /** Left without `cipher_pass`, a passphrase is made for each cluster and kept in the vault. */
  pgbackrest_repo: z.record(z.string().regex(/^[a-z][a-z0-9_-]*$/), PgbackrestRepo).prefault({
    local: { path: '/pg/backup', retention_full_type: 'count', retention_full: 2, cipher_type: 'aes-256-cbc' },
    /** A store of this deployment (MINIO), its user `pgbackrest` and the deployment's own authority. */
    minio: {
      type: 's3', s3_endpoint: '${minio_domain}', s3_bucket: 'pgsql', s3_region: 'us-east-1', s3_key: 'pgbackrest', s3_uri_style: 'path', path: '/pgbackrest',
      storage_port: 9000, storage_ca_file: '/etc/pki/ca.crt', block: true, bundle: true, bundle_limit: '20MiB', bundle_size: '128MiB', cipher_type: 'aes-256-cbc', retention_full_type: 'time', retention_full: 14,
    },
  }),
};

export const serviceParameters = {
  pgbouncer_enabled: z.boolean().prefault(true),
  pgbouncer_port: port.prefault(6432),
  pgbouncer_log_dir: path.prefault('/pg/log/pgbouncer'),
  pgbouncer_auth_query: z.boolean().prefault(false),
  pgbouncer_poolmode: z.enum(['transaction', 'session', 'statement']).prefault('transaction'),
  pgbouncer_sslmode: z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']).prefault('prefer'),
  pgbouncer_ignore_param: z.array(z.string()).prefault(['extra_float_digits', 'application_name', 'TimeZone', 'DateStyle', 'IntervalStyle', 'search_path']),
  pg_weight: z.int().min(0).max(255).prefault(100),
  pg_default_service_dest: z.enum(['pgbouncer', 'postgres']).prefault('pgbouncer'),
  pg_default_services: z.array(PgService).prefault([
    { name: 'primary', port: 5433, dest: 'default', check: '/primary', selector: '[]' },
    { name: 'replica', port: 5434, dest: 'default', check: '/read-only', selector: '[]', backup: '[? pg_role == `primary` || pg_role == `offline` ]' },
    { name: 'default', port: 5436, dest: 'postgres', check: '/primary', selector: '[]' },
    { name: 'offline', port: 5438, dest: 'postgres', check: '/replica', selector: '[? pg_role == `offline` || pg_offline_query ]', backup: '[? pg_role == `replica` && !pg_offline_query ]' },
  ]),
  /** An address that the leader has (vip-manager). */
  pg_vip_enabled: z.boolean().prefault(false),
  pg_vip_address: addressInNetwork.optional(),
  pg_vip_interface: interfaceName.prefault('auto'),
  pg_dns_suffix: nameSuffix.prefault(''),
  pg_dns_target: z.union([z.enum(['auto', 'primary', 'vip', 'none']), address], 'must be auto, primary, vip, none or an address').prefault('auto'),
};

export const monitorParameters = {
  pg_exporter_enabled: z.boolean().prefault(true),
  pg_exporter_port: port.prefault(9630),
  pg_exporter_params: z.string().prefault('sslmode=disable'),
  pg_exporter_auto_discovery: z.boolean().prefault(true),
  pg_exporter_exclude_database: z.string().prefault('template0,template1,postgres'),
  pg_exporter_include_database: z.string().prefault(''),
  pg_exporter_options: z.string().prefault(''),
  pgbouncer_exporter_enabled: z.boolean().prefault(true),
  pgbouncer_exporter_port: port.prefault(9631),
  pgbouncer_exporter_options: z.string().prefault(''),
};

export const pgsqlParameters = {
  ...businessParameters,
  ...installParameters,
  ...bootstrapParameters,
  ...provisionParameters,
  ...backupParameters,
  ...serviceParameters,
  ...monitorParameters,
};
