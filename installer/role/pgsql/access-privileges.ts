import { Fault } from '../../../repo/core/fault.ts';
import { all, literal, name, values, type Statements } from './sql.ts';

/** What objects of the granters grant from the start: one line of `pg_default_privileges`, taken apart. */
interface DefaultPrivilege {
  privilege: string;
  /** The letter of pg_default_acl.defaclobjtype. */
  kind: string;
  grantee: string;
}

const kinds: Readonly<Record<string, string>> = { TABLES: 'r', SEQUENCES: 'S', FUNCTIONS: 'f', ROUTINES: 'f', TYPES: 'T', SCHEMAS: 'n' };

/** ALTER DEFAULT PRIVILEGES in one database, for everything that the granters will make there. */
export function defaultPrivilegeStatements(lines: readonly string[], granters: readonly string[]): Statements {
  const grants = lines.flatMap(parse);
  const rows = granters.flatMap((granter) => grants.map(({ privilege, kind, grantee }) => [granter, kind, grantee, privilege]));
  return {
    check: grants.length === 0 ? 'true' : granted(rows),
    apply: granters.flatMap((granter) => lines.map((line) => `ALTER DEFAULT PRIVILEGES FOR ROLE ${name(granter)} ${line}`)),
  };
}

function granted(rows: readonly (readonly string[])[]): string {
  return `NOT EXISTS (SELECT FROM (${values(rows)}) w (granter, kind, grantee, privilege) WHERE NOT EXISTS (
    SELECT FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
    WHERE d.defaclnamespace = 0 AND d.defaclobjtype = w.kind::"char" AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = w.granter)
    AND a.privilege_type = w.privilege AND a.grantee = COALESCE((SELECT oid FROM pg_roles WHERE rolname = w.grantee), 0)
    AND (w.grantee = 'public' OR a.grantee <> 0)))`;
}

/** `GRANT SELECT, INSERT ON TABLES TO role`; a REVOKE is only applied. @throws Fault invalid */
function parse(line: string): DefaultPrivilege[] {
  if (line.startsWith('REVOKE ')) return [];
  const match = /^GRANT\s+([\w\s,]+?)\s+ON\s+(\w+)\s+TO\s+"?([\w.@-]+)"?$/i.exec(line.trim());
  const kind = kinds[match?.[2]?.toUpperCase() ?? ''];
  if (!match || !kind || /^ALL\b/i.test(match[1]!)) {
    throw new Fault('invalid', `pg_default_privileges cannot be understood: "${line}"`, { hint: 'the form is GRANT SELECT, INSERT ON TABLES|SEQUENCES|FUNCTIONS|TYPES|SCHEMAS TO role; name the privileges instead of ALL' });
  }
  return match[1]!.split(',').map((privilege) => ({ privilege: privilege.trim().toUpperCase(), kind, grantee: match[3]! }));
}

/** Only the owner of a database and dbrole_admin make objects in the schema that everybody sees (reference 5.7, ACL model). */
export function publicSchemaStatements(makers: readonly string[]): Statements {
  return {
    check: all([
      `NOT EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE')`,
      ...makers.map((maker) => `EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.privilege_type = 'CREATE' AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = ${literal(maker)}))`),
    ]),
    apply: ['REVOKE CREATE ON SCHEMA public FROM PUBLIC', ...makers.map((maker) => `GRANT CREATE ON SCHEMA public TO ${name(maker)}`)],
  };
}

/** Whoever may make objects may make schemas, too. */
export function createOnDatabaseStatements(database: string, makers: readonly string[]): Statements {
  return {
    check: all(makers.map((maker) => `EXISTS (SELECT FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = ${literal(database)} AND a.privilege_type = 'CREATE' AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = ${literal(maker)}))`)),
    apply: makers.map((maker) => `GRANT CREATE ON DATABASE ${name(database)} TO ${name(maker)}`),
  };
}

/** What auth_query of PgBouncer asks, for one role at a time, and only on behalf of the monitor. */
export function poolerLookupStatements(asker: string): Statements {
  const lookup = 'monitor.pgbouncer_auth(text)';
  return {
    check: `COALESCE(has_function_privilege(${literal(asker)}, to_regprocedure(${literal(lookup)}), 'EXECUTE'), false) AND NOT EXISTS (SELECT FROM pg_proc p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a WHERE p.oid = to_regprocedure(${literal(lookup)}) AND a.grantee = 0)`,
    apply: [
      'CREATE SCHEMA IF NOT EXISTS monitor',
      `CREATE OR REPLACE FUNCTION monitor.pgbouncer_auth(asked text) RETURNS TABLE (role_name text, verifier text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $body$ SELECT rolname::text, rolpassword FROM pg_authid WHERE rolname = asked AND rolcanlogin AND NOT rolsuper AND NOT rolreplication AND (rolvaliduntil IS NULL OR rolvaliduntil > now()) $body$`,
      `REVOKE ALL ON FUNCTION ${lookup} FROM PUBLIC`,
      `GRANT EXECUTE ON FUNCTION ${lookup} TO ${name(asker)}`,
    ],
  };
}
