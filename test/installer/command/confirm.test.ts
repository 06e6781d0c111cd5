import { expect, test } from 'vitest';
import { confirm } from '../../../installer/command/confirm.ts';
import type { Invocation } from '../../../repo/console/command.ts';

const invocation = (more: Partial<Invocation>): Invocation => ({ has: () => false, interactive: false, signal: new AbortController().signal, ...more }) as Invocation;

test('without a terminal only --yes goes on', async () => {
  await expect(confirm('apply?', invocation({}))).rejects.toMatchObject({ code: 'usage', message: 'there is no terminal to confirm on' });
  await expect(confirm('apply?', invocation({ has: (name) => name === 'yes' }))).resolves.toBeUndefined();
});
