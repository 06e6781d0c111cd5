import type { SqlResource } from '../../resource/resource.ts';
import type { Host } from '../../inventory/inventory.ts';
import { sealed, type Secret } from '../../../repo/core/secret.ts';

/** The text of SQL: quoting (PostgreSQL documentation 4.1) and the form in which statements are sent. */

/** `"dbuser_meta"` */
export function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** `'it''s'`; backslashes mean themselves, since standard_conforming_strings is on. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Rows for `FROM (VALUES …)`. */
export function values(rows: readonly (readonly string[])[]): string {
  return `VALUES ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}`;
}

/** A condition that holds when all of them hold. */
export function all(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : conditions.map((condition) => `(${condition})`).join('\n  AND ');
}

export interface Statements {
  /** A condition, as it stands behind SELECT. */
  check: string;
  apply: readonly string[];
}

/** Statements for a database, sent as the superuser over the local socket. */
export function sql(host: Host, title: string, database: string, { check, apply }: Statements): SqlResource {
  return { ...envelope(host, title, database), check: `SELECT ${check};`, apply: script(apply) };
}

/** The same where the statements hold a verifier: neither a plan nor a log shows them. */
export function sealedSql(host: Host, title: string, database: string, make: (reveal: (secret: Secret) => string) => Statements): SqlResource {
  return {
    ...envelope(host, title, database),
    check: sealed((reveal) => `SELECT ${make(reveal).check};`),
    apply: sealed((reveal) => script(make(reveal).apply)),
  };
}

function envelope({ vars }: Host, title: string, database: string): Pick<SqlResource, 'kind' | 'name' | 'database' | 'port' | 'as'> {
  return { kind: 'sql', name: title, database, port: vars.pg_port, as: vars.pg_dbsu };
}

function script(statements: readonly string[]): string {
  return `${statements.map((statement) => (statement.endsWith('\\gexec') ? statement : `${statement};`)).join('\n')}\n`;
}
