import { describe, expect, test } from 'vitest';
import { confirm, confirmName } from '../../../installer/command/confirm.ts';
import type { Invocation } from '../../../repo/console/command.ts';

const invocation = (more: Partial<Invocation>): Invocation => ({ has: () => false, interactive: false, signal: new AbortController().signal, ...more }) as Invocation;

test('without a terminal only --yes goes on', async () => {
  await expect(confirm('apply?', invocation({}))).rejects.toMatchObject({ code: 'usage', message: 'there is no terminal to confirm on' });
  await expect(confirm('apply?', invocation({ has: (name) => name === 'yes' }))).resolves.toBeUndefined();
});

describe('a name that is to be typed', () => {
  const saying = (name: string | undefined) => invocation({ value: (option) => (option === 'confirm' ? name : undefined) });

  test('may be given with --confirm, and --yes does not stand for it', async () => {
    await expect(confirmName('pg-test-2', saying('pg-test-2'))).resolves.toBeUndefined();
    await expect(confirmName('pg-test-2', { ...saying(undefined), has: () => true })).rejects.toMatchObject({ code: 'usage', hint: '--confirm pg-test-2' });
  });

  test.each(['pg-test-1', 'pg-test', 'PG-TEST-2', ''])('must be the exact one, not "%s"', async (name) => {
    await expect(confirmName('pg-test-2', saying(name))).rejects.toMatchObject({ code: 'usage', message: `--confirm says "${name}", and this is about "pg-test-2"` });
  });
});
