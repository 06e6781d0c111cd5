import { expect, test } from 'vitest';
import { strangers } from '../../../../installer/role/pgsql/strangers.ts';
import { roles } from '../../../../installer/roles.ts';
import { deploy, withReplica } from '../deployment.ts';

test('a leader is asked who follows it under a name of its cluster and is no member, and nothing is done about that', { timeout: 60_000 }, async () => {
  const { host, inventory } = await deploy(roles, { text: withReplica });

  const { check, act } = strangers(host, inventory);
  const question = check.argv.at(-1)!;

  expect(act).toEqual([]);
  expect(question).toContain("application_name ~ '^pg-meta-[0-9]+$' AND application_name <> ALL ('{pg-meta-1,pg-meta-2}'::text[])");
  expect(question.startsWith("SELECT 'note: ")).toBe(true);
});
