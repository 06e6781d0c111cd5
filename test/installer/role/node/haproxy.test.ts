import { describe, expect, test } from 'vitest';
import { haproxy } from '../../../../installer/role/node/haproxy.ts';
import { deploy, withVars } from '../deployment.ts';
import { fileOf, textOf } from '../file.ts';

const resourcesOf = async (...lines: string[]) => {
  const { host, inventory } = await deploy([haproxy], { text: withVars(...lines) });
  return haproxy.resources(host, inventory);
};

describe('HAProxy', () => {
  test('shows its figures on loopback when its host is watched by itself', async () => {
    expect(textOf(await resourcesOf(), '/etc/haproxy/haproxy.cfg')).toContain('bind 127.0.0.1:9101\n');
  });

  test('has one login, whose password is generated and kept as a sum', async () => {
    const text = textOf(await resourcesOf(), '/etc/haproxy/haproxy.cfg');

    expect(text.match(/^ {4}user .*/gm)).toEqual(['    user haproxy', expect.stringMatching(/^ {4}user admin password \$6\$/)]);
    expect(text).not.toContain('insecure-password');
  });

  test('lets nobody take servers out where there is no password', async () => {
    const text = textOf(await resourcesOf('haproxy_auth_enabled: false'), '/etc/haproxy/haproxy.cfg');

    expect(text).not.toContain('stats admin');
  });

  test('keeps its configuration to root', async () => {
    expect(fileOf(await resourcesOf(), '/etc/haproxy/haproxy.cfg').mode).toBe('0600');
  });

  test('has a file for a further service of the inventory', async () => {
    const resources = await resourcesOf('haproxy_services: [{ name: web, port: 8080, servers: [{ name: a, ip: 10.0.0.5, port: 80, weight: 5 }, { name: b, ip: 10.0.0.6, backup: true }] }]');

    expect(textOf(resources, '/etc/haproxy/conf.d/web.cfg')).toMatchSnapshot();
  });
});
