import { z } from 'zod';
import { address, identifier, interval, port, roleName, secret, setting } from './scalar.ts';
import { readSelector } from './selector.ts';

/** Membership in another role: a name, or a name with how it is granted. */
export const Membership = z
  .union([
    roleName.transform((name) => ({ name })),
    z.strictObject({ name: roleName, state: z.enum(['create', 'absent']).optional(), admin: z.boolean().optional(), set: z.boolean().optional(), inherit: z.boolean().optional() }),
  ], 'must be the name of a role, or {name, state, admin, set, inherit}')
  .transform((value): Membership => value);
export interface Membership {
  name: string;
  state?: 'create' | 'absent' | undefined;
  admin?: boolean | undefined;
  set?: boolean | undefined;
  inherit?: boolean | undefined;
}

/** An entry of `pg_users` and `pg_default_roles`. */
export const PgUser = z.strictObject({
  name: roleName,
  state: z.enum(['create', 'absent']).default('create'),
  /** Absent: the role cannot log in with a password. */
  password: secret,
  login: z.boolean().default(true),
  superuser: z.boolean().default(false),
  createdb: z.boolean().default(false),
  createrole: z.boolean().default(false),
  inherit: z.boolean().default(true),
  replication: z.boolean().default(false),
  bypassrls: z.boolean().default(false),
  connlimit: z.int().min(-1).default(-1),
  /** Days from the day on which the role is made. */
  expire_in: z.int().min(0).optional(),
  expire_at: z.string().regex(/^(infinity|\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?)$/, 'must be a date: 2030-12-31').optional(),
  comment: z.string().optional(),
  roles: z.array(Membership).default([]),
  parameters: z.record(z.string(), setting).default({}),
  /** Whether PgBouncer lets it in. */
  pgbouncer: z.boolean().default(false),
  pool_mode: z.enum(['transaction', 'session', 'statement']).optional(),
  pool_connlimit: z.int().min(-1).optional(),
  search_path: z.string().optional(),
});
export type PgUser = z.output<typeof PgUser>;

/** An extension of a database: a name, or a name with a schema and a version. */
export const PgExtension = z
  .union([
    z.string().transform((name) => ({ name })),
    z.strictObject({ name: z.string(), schema: identifier.optional(), version: z.string().optional(), state: z.enum(['create', 'absent']).optional() }),
  ], 'must be the name of an extension, or {name, schema, version, state}')
  .transform((value): PgExtension => value);
export interface PgExtension {
  name: string;
  schema?: string | undefined;
  version?: string | undefined;
  state?: 'create' | 'absent' | undefined;
}

/** A schema of a database: a name, or a name with its owner. */
export const PgSchema = z
  .union([
    identifier.transform((name) => ({ name })),
    z.strictObject({ name: identifier, owner: roleName.optional(), state: z.enum(['create', 'absent']).optional() }),
  ], 'must be the name of a schema, or {name, owner, state}')
  .transform((value): PgSchema => value);
export interface PgSchema {
  name: string;
  owner?: string | undefined;
  state?: 'create' | 'absent' | undefined;
}

/** An entry of `pg_databases`. */
export const PgDatabase = z.strictObject({
  name: identifier,
  /** `recreate` is known to the reference and refused here: it would drop data. */
  state: z.enum(['create', 'absent'], 'must be create or absent').default('create'),
  /** A file with SQL that is run once, when the database is made. */
  baseline: z.string().optional(),
  owner: roleName.optional(),
  template: identifier.optional(),
  strategy: z.enum(['wal_log', 'file_copy']).optional(),
  encoding: z.string().optional(),
  locale: z.string().optional(),
  lc_collate: z.string().optional(),
  lc_ctype: z.string().optional(),
  locale_provider: z.enum(['libc', 'icu', 'builtin']).optional(),
  icu_locale: z.string().optional(),
  icu_rules: z.string().optional(),
  builtin_locale: z.string().optional(),
  tablespace: identifier.optional(),
  is_template: z.boolean().optional(),
  allowconn: z.boolean().optional(),
  /** Takes CONNECT from PUBLIC and gives it to the owner, the admin, the monitor and the replicator. */
  revokeconn: z.boolean().default(false),
  register_datasource: z.boolean().default(true),
  connlimit: z.int().min(-1).default(-1),
  comment: z.string().optional(),
  schemas: z.array(PgSchema).default([]),
  extensions: z.array(PgExtension).default([]),
  parameters: z.record(z.string(), setting).default({}),
  /** Whether PgBouncer offers it. */
  pgbouncer: z.boolean().default(true),
  pool_auth_user: roleName.optional(),
  pool_mode: z.enum(['transaction', 'session', 'statement']).optional(),
  pool_size: z.int().min(0).optional(),
  pool_reserve: z.int().min(0).optional(),
  pool_size_min: z.int().min(0).optional(),
  pool_connlimit: z.int().min(0).optional(),
});
export type PgDatabase = z.output<typeof PgDatabase>;

const selector = z.string().refine((text) => readSelector(text) !== undefined, 'must be [] or a filter such as [? pg_role == `replica` && !pg_offline_query ]');

/** An entry of `pg_services` and `pg_default_services`. */
export const PgService = z.strictObject({
  name: identifier,
  port,
  ip: z.union([address, z.literal('*')]).default('*'),
  /** `default` stands for `pg_default_service_dest`. */
  dest: z.union([z.enum(['default', 'postgres', 'pgbouncer']), port], 'must be default, postgres, pgbouncer or a port').default('default'),
  /** The health check of Patroni's REST API that a member must pass. */
  check: z.string().regex(/^\/[\w/-]*$/, 'must be a path of the REST API of Patroni: /primary').default('/primary'),
  /** Which members: see selector.ts. */
  selector: selector.default('[]'),
  /** Which members only when none of the others is there; none when left out. */
  backup: selector.optional(),
  maxconn: z.int().min(1).default(5000),
  balance: z.enum(['roundrobin', 'leastconn', 'source', 'first', 'static-rr']).default('roundrobin'),
  options: z.string().default(''),
});
export type PgService = z.output<typeof PgService>;

const hbaAuth = ['deny', 'pwd', 'ssl', 'sha', 'ssl-md5', 'ssl-sha', 'cert', 'md5', 'os', 'ident', 'peer', 'reject', 'scram-sha-256'] as const;

/**
 * An entry of the HBA parameters: either in words (`user`, `db`, `addr`, `auth`), or whole lines in `rules`.
 * `trust` is no choice: it lets in whoever can reach the port.
 */
export const HbaRule = z
  .strictObject({
    title: z.string().optional(),
    /** A role, `+role`, `all`; several with commas. */
    user: z.string().default('all'),
    db: z.string().default('all'),
    /** `local`, `localhost`, `admin`, `infra`, `cluster`, `intra`, `world`, `all`, or a network. */
    addr: z.string().optional(),
    auth: z.enum(hbaAuth, `must be one of ${hbaAuth.join(', ')}`).optional(),
    /** The members that it holds for. */
    role: z.enum(['common', 'primary', 'replica', 'offline', 'standby', 'delayed']).default('common'),
    order: z.int().min(0).default(1000),
    rules: z.array(z.string()).default([]),
  })
  .refine((rule) => rule.rules.length > 0 || (rule.addr !== undefined && rule.auth !== undefined), 'needs addr and auth, or rules')
  .refine((rule) => !rule.rules.some((line) => /\btrust\b/.test(line)), 'holds a rule with "trust", which lets in whoever can reach the port')
  .transform((rule) => ({ ...rule, addr: rule.addr ?? 'local', auth: rule.auth ?? ('pwd' as const) }));
export type HbaRule = z.output<typeof HbaRule>;

/**
 * Figures of one recovery time objective: seconds for Patroni, spans for the checks of HAProxy. A leader that has lost etcd stops within one
 * turn and two tries of its own, and only after that its lease may end: the rule of Patroni's documentation ("Dynamic configuration settings").
 */
export const RtoPlan = z
  .strictObject({
    ttl: z.int(),
    loop: z.int().min(1),
    retry: z.int().min(3),
    start: z.int().min(0),
    margin: z.int().min(-1),
    inter: interval,
    fastinter: interval,
    downinter: interval,
    rise: z.int().min(1),
    fall: z.int().min(1),
  })
  .refine(({ ttl, loop, retry }) => loop + 2 * retry <= ttl, 'needs a ttl of at least loop + 2 * retry: a leader must have stopped when its lease ends');
export type RtoPlan = z.output<typeof RtoPlan>;
