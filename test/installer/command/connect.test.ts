import { expect, test } from 'vitest';
import { connections } from '../../../installer/command/connect.ts';
import { deploy, withVars } from '../role/deployment.ts';

const urls = async (text: string, facts = {}): Promise<string[]> => connections((await deploy([], { text, facts })).inventory).map(({ what, url }) => `${what} ${url}`);

test('people connect where a host is', async () => {
  expect(await urls(withVars())).toEqual(expect.arrayContaining(['pg-meta primary postgres://dbuser_meta@10.10.10.10:5433/meta', 'portal http://10.10.10.10/']));
});

test('an address of IPv6 stands in brackets, with a port and without', async () => {
  expect(await urls(withVars().replaceAll('10.10.10.10', 'fd00::10'))).toEqual(expect.arrayContaining(['pg-meta primary postgres://dbuser_meta@[fd00::10]:5433/meta', 'portal http://[fd00::10]/']));
});

test('the address that follows the leader goes before that of a host', async () => {
  expect(await urls(withVars('pg_vip_enabled: true', 'pg_vip_address: 10.10.10.2/24'))).toContain('pg-meta PostgreSQL postgres://dbuser_meta@10.10.10.2:5432/meta');
});
