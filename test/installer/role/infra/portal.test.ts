import { describe, expect, test } from 'vitest';
import { portal } from '../../../../installer/role/infra/portal.ts';
import { deploy, withVars } from '../deployment.ts';
import { textOf } from '../file.ts';

const configurationOf = async (...lines: string[]): Promise<string> => {
  const { host, inventory } = await deploy([portal], { text: withVars(...lines) });
  return textOf(portal.resources(host, inventory), '/etc/nginx/nginx.conf');
};

/** The `location` blocks that pass requests on. */
const passing = (configuration: string): string[] => [...configuration.matchAll(/location (\S+) \{[^}]*proxy_pass[^}]*\}/g)].map(([block]) => block);

describe('the portal', () => {
  test('is configured like this for the sample', async () => {
    expect(await configurationOf()).toMatchSnapshot();
  });

  test('speaks no TLS older than 1.2', async () => {
    expect((await configurationOf()).match(/ssl_protocols .*;/g)).toEqual(['ssl_protocols TLSv1.2 TLSv1.3;']);
  });

  test('asks for a password before it passes anything on, but to HAProxy, which asks itself', async () => {
    const blocks = passing(await configurationOf());

    expect(blocks.length).toBeGreaterThan(3);
    expect(blocks.filter((block) => !block.includes('auth_basic_user_file') && !block.startsWith('location /haproxy/'))).toEqual([]);
  });

  test('passes nothing on in clear text', async () => {
    expect(passing(await configurationOf('nginx_sslmode: disable'))).toEqual([]);
  });

  test('keeps sums of passwords, not passwords', async () => {
    const { host, inventory } = await deploy([portal]);

    const users = textOf(portal.resources(host, inventory), '/etc/nginx/pgark.users');

    expect(users).toMatch(/^admin:\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}\n$/);
    expect(users).not.toContain(inventory.secret('nginx_users.admin').reveal());
  });

  test('shows a home page without any password', async () => {
    const { host, inventory } = await deploy([portal]);

    const page = textOf(portal.resources(host, inventory), '/data/infra/portal/index.html');

    expect(page).toContain('href="/vmetrics/"');
    expect(page).toContain('5433');
    expect(page).not.toContain(inventory.secret('nginx_users.admin').reveal());
  });
});
