import type { PgDatabase, PgExtension, PgSchema } from '../../inventory/access.ts';
import { all, literal, name, values, type Statements } from './sql.ts';

/** A database as it must be, in the words of the database `postgres`. */
export function databaseStatements(database: PgDatabase, connectors: readonly string[]): Statements {
  return {
    check: `EXISTS (SELECT FROM pg_database d WHERE d.datname = ${literal(database.name)}\n  AND ${all(checksOf(database, connectors))})`,
    // CREATE DATABASE stands alone: it can be part of no transaction and no DO block.
    apply: [`SELECT ${literal(create(database))} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database.name)}) \\gexec`, ...changes(database, connectors)],
  };
}

/** A database that is not wanted any more is dropped only when nobody is connected to it. */
export function absentDatabaseStatements(database: string): Statements {
  return { check: `NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)})`, apply: [`DROP DATABASE IF EXISTS ${name(database)}`] };
}

/** What is given once, when a database is made. */
function create(database: PgDatabase): string {
  const words: readonly (readonly [string, string | undefined])[] = [
    ['OWNER', database.owner && name(database.owner)],
    ['TEMPLATE', templateOf(database)],
    ['STRATEGY', database.strategy],
    ['ENCODING', database.encoding && literal(database.encoding)],
    ['LOCALE', database.locale && literal(database.locale)],
    ['LC_COLLATE', database.lc_collate && literal(database.lc_collate)],
    ['LC_CTYPE', database.lc_ctype && literal(database.lc_ctype)],
    ['LOCALE_PROVIDER', database.locale_provider],
    ['ICU_LOCALE', database.icu_locale && literal(database.icu_locale)],
    ['ICU_RULES', database.icu_rules && literal(database.icu_rules)],
    ['BUILTIN_LOCALE', database.builtin_locale && literal(database.builtin_locale)],
    ['TABLESPACE', database.tablespace && name(database.tablespace)],
  ];
  return [`CREATE DATABASE ${name(database.name)}`, ...words.flatMap(([word, value]) => (value ? [`${word} ${value}`] : []))].join(' ');
}

/** Only template0 may be copied under another locale or encoding (PostgreSQL documentation, CREATE DATABASE). */
function templateOf(database: PgDatabase): string | undefined {
  if (database.template !== undefined) return name(database.template);
  const { encoding, locale, lc_collate, lc_ctype, locale_provider } = database;
  return [encoding, locale, lc_collate, lc_ctype, locale_provider].some((value) => value !== undefined) ? 'template0' : undefined;
}

function checksOf(database: PgDatabase, connectors: readonly string[]): string[] {
  const mayConnect = `SELECT FROM aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a WHERE a.privilege_type = 'CONNECT' AND a.grantee`;
  return [
    `d.datconnlimit = ${database.connlimit}`,
    ...(database.owner === undefined ? [] : [`pg_get_userbyid(d.datdba) = ${literal(database.owner)}`]),
    ...(database.is_template === undefined ? [] : [`d.datistemplate = ${database.is_template}`]),
    ...(database.allowconn === undefined ? [] : [`d.datallowconn = ${database.allowconn}`]),
    ...(database.comment === undefined ? [] : [`shobj_description(d.oid, 'pg_database') = ${literal(database.comment)}`]),
    ...Object.entries(database.parameters).map(([key, value]) => `EXISTS (SELECT FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = 0 AND ${literal(`${key}=${String(value)}`)} = ANY (s.setconfig))`),
    ...(database.revokeconn ? [`NOT EXISTS (${mayConnect} = 0)`, ...connectors.map((role) => `EXISTS (${mayConnect} = (SELECT oid FROM pg_roles WHERE rolname = ${literal(role)}))`)] : []),
  ];
}

function changes(database: PgDatabase, connectors: readonly string[]): string[] {
  const alter = `ALTER DATABASE ${name(database.name)}`;
  return [
    `${alter} CONNECTION LIMIT ${database.connlimit}`,
    ...(database.owner === undefined ? [] : [`${alter} OWNER TO ${name(database.owner)}`]),
    ...(database.is_template === undefined ? [] : [`${alter} IS_TEMPLATE ${database.is_template}`]),
    ...(database.allowconn === undefined ? [] : [`${alter} ALLOW_CONNECTIONS ${database.allowconn}`]),
    ...(database.comment === undefined ? [] : [`COMMENT ON DATABASE ${name(database.name)} IS ${literal(database.comment)}`]),
    ...Object.entries(database.parameters).map(([key, value]) => `${alter} SET ${name(key)} TO ${literal(String(value))}`),
    ...(database.revokeconn ? [`REVOKE CONNECT ON DATABASE ${name(database.name)} FROM PUBLIC`, ...connectors.map((role) => `GRANT CONNECT ON DATABASE ${name(database.name)} TO ${name(role)}`)] : []),
  ];
}

/** The schemas inside of a database. One that is not wanted any more is dropped when it is empty. */
export function schemaStatements(schemas: readonly PgSchema[], readers: readonly string[] = []): Statements {
  const wanted = schemas.filter((schema) => schema.state !== 'absent');
  const unwanted = schemas.filter((schema) => schema.state === 'absent');
  const isOwned = (schema: PgSchema): string => (schema.owner === undefined ? '' : ` AND pg_get_userbyid(nspowner) = ${literal(schema.owner)}`);
  const mayUse = (schema: PgSchema, reader: string): string => `EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = ${literal(schema.name)} AND a.privilege_type = 'USAGE' AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = ${literal(reader)}))`;
  return {
    check: all([
      ...wanted.map((schema) => `EXISTS (SELECT FROM pg_namespace WHERE nspname = ${literal(schema.name)}${isOwned(schema)})`),
      ...wanted.flatMap((schema) => readers.map((reader) => mayUse(schema, reader))),
      ...unwanted.map((schema) => `NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = ${literal(schema.name)})`),
    ]),
    apply: [
      ...wanted.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${name(schema.name)}`),
      ...wanted.flatMap((schema) => (schema.owner === undefined ? [] : [`ALTER SCHEMA ${name(schema.name)} OWNER TO ${name(schema.owner)}`])),
      ...wanted.flatMap((schema) => readers.map((reader) => `GRANT USAGE ON SCHEMA ${name(schema.name)} TO ${name(reader)}`)),
      ...unwanted.map((schema) => `DROP SCHEMA IF EXISTS ${name(schema.name)}`),
    ],
  };
}

/** The extensions inside of a database; those that one needs are made with it (CASCADE). */
export function extensionStatements(extensions: readonly PgExtension[]): Statements {
  const wanted = extensions.filter((each) => each.state !== 'absent');
  const unwanted = extensions.filter((each) => each.state === 'absent');
  const missing = `NOT EXISTS (SELECT FROM (${values(wanted.map((each) => [each.name, each.version ?? '']))}) w (name, version) WHERE NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = w.name AND w.version IN ('', e.extversion)))`;
  return {
    check: all([...(wanted.length > 0 ? [missing] : []), ...unwanted.map((each) => `NOT EXISTS (SELECT FROM pg_extension WHERE extname = ${literal(each.name)})`)]),
    apply: [...wanted.flatMap(createExtension), ...unwanted.map((each) => `DROP EXTENSION IF EXISTS ${name(each.name)}`)],
  };
}

/** Where no schema is given the extension's own choice holds; one that is moved or changed by hand stays where it is. */
function createExtension(extension: PgExtension): string[] {
  const schema = extension.schema === undefined ? '' : ` SCHEMA ${name(extension.schema)}`;
  const version = extension.version === undefined ? '' : ` VERSION ${literal(extension.version)}`;
  return [
    ...(extension.schema === undefined || extension.schema === 'pg_catalog' ? [] : [`CREATE SCHEMA IF NOT EXISTS ${name(extension.schema)}`]),
    `CREATE EXTENSION IF NOT EXISTS ${name(extension.name)}${schema}${version} CASCADE`,
    ...(extension.version === undefined ? [] : [`ALTER EXTENSION ${name(extension.name)} UPDATE TO ${literal(extension.version)}`]),
  ];
}
