import { Secret } from '../../repo/core/secret.ts';
import type { Command } from '../transport/command.ts';
import type { SqlResource } from './resource.ts';

/** Statements go in on standard input, over the local socket; psqlrc is not read; the first error ends it. */
export function psql(wanted: SqlResource, statements: string | Secret): Command {
  return {
    argv: ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...quiet(statements), '-p', String(wanted.port), '-d', wanted.database, '-f', '-'],
    stdin: unlogged(statements),
    as: wanted.as,
    env: { PGCLIENTENCODING: 'UTF8', PGCONNECT_TIMEOUT: '10', PGOPTIONS: '-c client_min_messages=warning' },
  };
}

/** psql repeats the line of a failing statement; a secret one must not be repeated. */
const quiet = (statements: string | Secret): string[] => (statements instanceof Secret ? ['-v', 'VERBOSITY=terse'] : []);

/** What carries a secret stays out of the server's log, of pg_stat_statements and of pgaudit. */
function unlogged(statements: string | Secret): string | Secret {
  if (!(statements instanceof Secret)) return statements;
  const settings = [`log_statement = 'none'`, `log_min_error_statement = 'panic'`, 'log_min_duration_statement = -1', `pg_stat_statements.track = 'none'`, `pgaudit.log = 'none'`];
  return new Secret(`${settings.map((setting) => `SET ${setting};`).join('\n')}\n${statements.reveal()}`);
}
