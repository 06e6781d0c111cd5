import type { Membership, PgUser } from '../../inventory/access.ts';
import { all, literal, name, values, type Statements } from './sql.ts';

/** A role as it must be: made when it is missing, then brought to its attributes, its password and its settings. */
export function roleStatements(user: PgUser, verifier: string | undefined): Statements {
  return user.state === 'absent' ? absent(user) : present(user, verifier);
}

/** A role that owns something stays, and PostgreSQL says what it owns. */
function absent(user: PgUser): Statements {
  return { check: `NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(user.name)})`, apply: [`DROP ROLE IF EXISTS ${name(user.name)}`] };
}

function present(user: PgUser, verifier: string | undefined): Statements {
  const checks = [...attributes(user).map(({ check }) => check), ...expiry(user).check, ...settingsOf(user).map(settingCheck), ...commentCheck(user), ...(verifier ? [`r.rolpassword = ${literal(verifier)}`] : [])];
  return {
    check: `EXISTS (SELECT FROM pg_authid r WHERE r.rolname = ${literal(user.name)}\n  AND ${checks.join('\n  AND ')})`,
    apply: [
      `DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(user.name)}) THEN CREATE ROLE ${name(user.name)}; END IF; END $do$`,
      `ALTER ROLE ${name(user.name)} ${attributes(user).map(({ option }) => option).join(' ')}${verifier ? ` PASSWORD ${literal(verifier)}` : ''}`,
      ...expiry(user).apply,
      ...settingsOf(user).map((setting) => `ALTER ROLE ${name(user.name)} SET ${name(setting.key)} TO ${setting.sql}`),
      ...(user.comment === undefined ? [] : [`COMMENT ON ROLE ${name(user.name)} IS ${literal(user.comment)}`]),
    ],
  };
}

function attributes(user: PgUser): { check: string; option: string }[] {
  const flags: [string, string, boolean][] = [
    ['rolcanlogin', 'LOGIN', user.login],
    ['rolsuper', 'SUPERUSER', user.superuser],
    ['rolcreatedb', 'CREATEDB', user.createdb],
    ['rolcreaterole', 'CREATEROLE', user.createrole],
    ['rolinherit', 'INHERIT', user.inherit],
    ['rolreplication', 'REPLICATION', user.replication],
    ['rolbypassrls', 'BYPASSRLS', user.bypassrls],
  ];
  return [
    ...flags.filter(([column, , wanted]) => wanted || !user.superuser || !implied.has(column)).map(([column, option, wanted]) => ({ check: wanted ? `r.${column}` : `NOT r.${column}`, option: wanted ? option : `NO${option}` })),
    { check: `r.rolconnlimit = ${user.connlimit}`, option: `CONNECTION LIMIT ${user.connlimit}` },
  ];
}

/** What a superuser may do anyhow: it is not taken from the one that initdb gave it to. */
const implied = new Set(['rolcreatedb', 'rolcreaterole', 'rolreplication', 'rolbypassrls']);

/** A date is a date; a number of days is counted once, from the day on which the role is made. */
function expiry(user: PgUser): { check: string[]; apply: string[] } {
  if (user.expire_at !== undefined) {
    const date = literal(user.expire_at);
    return { check: [`r.rolvaliduntil = ${date}::timestamptz`], apply: [`ALTER ROLE ${name(user.name)} VALID UNTIL ${date}`] };
  }
  if (user.expire_in === undefined) return { check: [], apply: [] };
  return { check: ['r.rolvaliduntil IS NOT NULL'], apply: [countedOnce(user.name, user.expire_in)] };
}

function countedOnce(role: string, days: number): string {
  const statement = `format('ALTER ROLE %I VALID UNTIL %L', ${literal(role)}, now() + interval '${days} days')`;
  return `DO $do$ BEGIN IF (SELECT rolvaliduntil IS NULL FROM pg_roles WHERE rolname = ${literal(role)}) THEN EXECUTE ${statement}; END IF; END $do$`;
}

interface Setting {
  key: string;
  /** As it stands behind `SET key TO`. */
  sql: string;
  /** As pg_roles.rolconfig keeps it, apart from quotes and blanks. */
  kept: string;
}

function settingsOf(user: PgUser): Setting[] {
  const { search_path: path = user.search_path, ...others } = user.parameters;
  const settings = Object.entries(others).map(([key, value]) => ({ key, sql: literal(String(value)), kept: String(value) }));
  return path === undefined ? settings : [...settings, searchPath(String(path))];
}

/** A list of names, of which each is quoted by itself. */
function searchPath(path: string): Setting {
  const schemas = path.split(',').map((each) => each.trim().replaceAll('"', ''));
  return { key: 'search_path', sql: schemas.map(name).join(', '), kept: schemas.join(',') };
}

function settingCheck(setting: Setting): string {
  const kept = literal(`${setting.key}=${setting.kept.replaceAll(/["\s]/g, '')}`);
  return `EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setrole = r.oid AND s.setdatabase = 0 AND regexp_replace(c, '["\\s]', '', 'g') = ${kept})`;
}

function commentCheck(user: PgUser): string[] {
  return user.comment === undefined ? [] : [`shobj_description(r.oid, 'pg_authid') = ${literal(user.comment)}`];
}

/** What a role is a member of. Memberships that nobody speaks of stay as they are. */
export function memberStatements(user: PgUser, version: number): Statements {
  const roles = user.state === 'absent' ? [] : user.roles;
  const wanted = roles.filter((each) => each.state !== 'absent');
  const unwanted = roles.filter((each) => each.state === 'absent');
  const isMember = `SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = ${literal(user.name)} AND g.rolname`;
  const checks = [...wanted.map((each) => `EXISTS (${isMember} = ${literal(each.name)}${grantCheck(each, version)})`), ...unwanted.map((each) => `NOT EXISTS (${isMember} = ${literal(each.name)})`)];
  return {
    check: all(checks),
    apply: [
      ...wanted.map((each) => `GRANT ${name(each.name)} TO ${name(user.name)}${grantOptions(each, version)}`),
      ...unwanted.map((each) => revokeIfThere(each.name, user.name)),
    ],
  };
}

/** INHERIT and SET belong to a single grant since PostgreSQL 16; before, inheriting is a matter of the role. */
function optionsOf(membership: Membership, version: number): (readonly [string, string, boolean])[] {
  const known = [['admin', 'admin_option', membership.admin], ...(version >= 16 ? ([['inherit', 'inherit_option', membership.inherit], ['set', 'set_option', membership.set]] as const) : [])] as const;
  return known.flatMap(([word, column, value]) => (value === undefined ? [] : [[word, column, value] as const]));
}

const grantCheck = (membership: Membership, version: number): string => optionsOf(membership, version).map(([, column, value]) => ` AND m.${column} = ${value}`).join('');

function grantOptions(membership: Membership, version: number): string {
  const options = optionsOf(membership, version);
  if (options.length === 0) return '';
  if (version < 16) return membership.admin ? ' WITH ADMIN OPTION' : '';
  return ` WITH ${options.map(([word, , value]) => `${word.toUpperCase()} ${value}`).join(', ')}`;
}

function revokeIfThere(group: string, member: string): string {
  const both = `(SELECT count(*) FROM pg_roles r JOIN (${values([[group], [member]])}) w (role) ON w.role = r.rolname) = 2`;
  return `DO $do$ BEGIN IF ${both} THEN REVOKE ${name(group)} FROM ${name(member)}; END IF; END $do$`;
}
