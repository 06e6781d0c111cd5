import { Fault } from '../../../repo/core/fault.ts';
import type { PgDatabase, PgExtension } from '../../inventory/access.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { absentDatabaseStatements, databaseStatements, extensionStatements, schemaStatements } from './access-databases.ts';
import { createOnDatabaseStatements, defaultPrivilegeStatements, poolerLookupStatements, publicSchemaStatements } from './access-privileges.ts';
import { memberStatements, roleStatements } from './access-roles.ts';
import { preloadsOf } from './extensions.ts';
import { holdsAll, loaded } from './libraries.ts';
import { instanceOf, leads } from '../instance.ts';
import { passwordSecrets, rolesOf, verifierOfRole } from './passwords.ts';
import type { Role } from '../role.ts';
import { isStandby } from './upstream.ts';
import { all, sealedSql, sql, type Statements } from './sql.ts';

/** Roles, databases and rights of a cluster, made on its primary (reference 5.7). A standby cluster has those of the one that it follows. */
export const access: Role = {
  name: 'access',
  rollout: 'together',
  plays: (host, inventory) => leads(host, inventory) && !isStandby(host, inventory),
  secrets: passwordSecrets,
  resources: (host, inventory) => [...roles(host, inventory), ...systemDatabases(host, inventory), ...businessDatabases(host, inventory)],
};

/** First every role, then who is a member of what: a role may be a member of one that is named after it. */
function roles(host: Host, inventory: Inventory): Resource[] {
  const users = rolesOf(host);
  const { version } = instanceOf(host);
  const each = users.map((user) => {
    const verifier = verifierOfRole(user, host, inventory);
    if (verifier === undefined) return sql(host, `role ${user.name}`, 'postgres', roleStatements(user, undefined));
    return sealedSql(host, `role ${user.name}`, 'postgres', (reveal) => roleStatements(user, reveal(verifier)));
  });
  return [...each, sql(host, 'memberships of roles', 'postgres', together(users.map((user) => memberStatements(user, Number(version)))))];
}

/** What template1 holds, every database made later begins with. */
function systemDatabases(host: Host, inventory: Inventory): Resource[] {
  return host.vars.pg_provision ? ['template1', 'postgres'].flatMap((database) => inside({ host, inventory, database, extensions: [] })) : [];
}

function businessDatabases(host: Host, inventory: Inventory): Resource[] {
  return host.vars.pg_databases.flatMap((database) => {
    if (database.state === 'absent') return [sql(host, `no database ${database.name}`, 'postgres', absentDatabaseStatements(database.name))];
    refuseBaseline(database);
    const statements = together([databaseStatements(database, connectors(host, database)), createOnDatabaseStatements(database.name, makersOf(host))]);
    return [sql(host, `database ${database.name}`, 'postgres', statements), ...(database.allowconn === false ? [] : inside({ host, inventory, database: database.name, extensions: database.extensions, wanted: database }))];
  });
}

interface Inside {
  host: Host;
  inventory: Inventory;
  database: string;
  extensions: readonly PgExtension[];
  wanted?: PgDatabase;
}

function inside({ host, inventory, database, extensions, wanted }: Inside): Resource[] {
  const { vars } = host;
  const rights = vars.pg_provision
    ? [
        schemaStatements(vars.pg_default_schemas, ['pg_monitor']),
        defaultPrivilegeStatements(vars.pg_default_privileges, [...new Set([...grantersOf(host), ...(wanted?.owner ? [wanted.owner] : [])])]),
        publicSchemaStatements(makersOf(host)),
        ...(vars.pgbouncer_auth_query ? [poolerLookupStatements(vars.pg_monitor_username)] : []),
      ]
    : [];
  const all = [...(vars.pg_provision ? vars.pg_default_extensions.filter((each) => !extensions.some((own) => own.name === each.name)) : []), ...extensions];
  return [
    sql(host, `schemas and rights in ${database}`, database, together([...rights, schemaStatements(wanted?.schemas ?? [])])),
    ...extensionsIn(database, all, host, inventory),
  ];
}

/** Those that need a library wait until the members of the cluster have been restarted with it; a plan says so (libraries.ts). */
function extensionsIn(database: string, extensions: readonly PgExtension[], host: Host, inventory: Inventory): Resource[] {
  const preloads = (each: PgExtension): string[] => (each.state === 'absent' ? [] : preloadsOf([each.name], host, inventory));
  const plain = extensions.filter((each) => preloads(each).length === 0);
  const loading = extensions.filter((each) => preloads(each).length > 0);
  const { check, apply } = extensionStatements(loading);
  const libraries = [...new Set(loading.flatMap(preloads))];
  return [
    ...(plain.length > 0 ? [sql(host, `extensions in ${database}`, database, extensionStatements(plain))] : []),
    ...(loading.length > 0 ? [sql(host, `extensions with libraries in ${database}`, database, { check: `NOT ${holdsAll(libraries, loaded)} OR (${check})`, apply })] : []),
  ];
}

/** Those whose objects are everybody's to use: the superuser, the admin, dbrole_admin for whoever takes its part; in a database also its owner. */
function grantersOf(host: Host): string[] {
  const { vars } = host;
  const known = new Set(vars.pg_default_roles.map((role) => role.name));
  return [vars.pg_dbsu, vars.pg_admin_username, 'dbrole_admin'].filter((role) => role === vars.pg_dbsu || known.has(role));
}

const makersOf = (host: Host): string[] => grantersOf(host).filter((role) => role === 'dbrole_admin');

/** Who may still connect to a database that others are kept out of. */
function connectors({ vars }: Host, database: PgDatabase): string[] {
  return [...new Set([vars.pg_replication_username, vars.pg_monitor_username, vars.pg_admin_username, ...(database.owner ? [database.owner] : [])])];
}

function refuseBaseline(database: PgDatabase): void {
  if (database.baseline === undefined) return;
  throw new Fault('invalid', `database ${database.name}: baseline is not implemented yet`, { hint: 'leave it out, and load the file with psql once the database is there' });
}

function together(parts: readonly Statements[]): Statements {
  const wanted = parts.filter((part) => part.apply.length > 0);
  return { check: all(wanted.map((part) => part.check)), apply: wanted.flatMap((part) => part.apply) };
}
