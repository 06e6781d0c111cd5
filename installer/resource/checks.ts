import { Secret } from '../../repo/core/secret.ts';
import type { Completed } from '../transport/command.ts';
import { psql } from './psql.ts';
import type { Many, SqlResource } from './resource.ts';

/** One connection for the checks of a database; each is told by itself, and one that fails leaves the others alone. */
export const manyChecks: Many<SqlResource> = {
  group: ({ database, port, as, check }) => `${port} ${as} ${check instanceof Secret ? 'secret' : 'plain'} ${database}`,
  probe: (wanted) => {
    const [first] = wanted as [SqlResource, ...SqlResource[]];
    const texts = wanted.map(({ check }) => `${check instanceof Secret ? check.reveal() : check}\n;\n\\echo ${divider}\n`).join('');
    const { argv, ...asked } = psql(first, first.check instanceof Secret ? new Secret(texts) : texts);
    return { ...asked, argv: argv.map((word) => (word === 'ON_ERROR_STOP=1' ? 'ON_ERROR_STOP=0' : word)) as [string, ...string[]], timeout: 20 + wanted.length };
  },
  part: ({ code, stdout, stderr }, wanted) => {
    const parts = stdout.split(`${divider}\n`);
    return wanted.map((_each, place): Completed => (place < parts.length - 1 ? { code: 0, stdout: parts[place]!, stderr } : { code: code || 2, stdout: '', stderr }));
  },
};

const divider = '--pgark-checked';
