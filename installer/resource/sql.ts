import { manyChecks } from './checks.ts';
import { psql } from './psql.ts';
import type { Kind, SqlResource } from './resource.ts';

export type SqlState = 'as wanted' | 'other' | 'no answer';

export const sql: Kind<SqlResource, SqlState> = {
  identify: (wanted) => `sql ${wanted.name}`,
  probe: (wanted) => ({ ...psql(wanted, wanted.check), timeout: 20 }),
  many: manyChecks,
  // Before the first start there is no server to ask; then there is all to do.
  parse: (completed) => (completed.code === 0 ? (lastLine(completed.stdout) === 't' ? 'as wanted' : 'other') : 'no answer'),
  diff: (wanted, actual) => (actual === 'as wanted' ? [] : [psql(wanted, wanted.apply)]),
  describe: (wanted) => `apply in database ${wanted.database}`,
};

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)!;
