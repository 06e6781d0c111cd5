import { describe, expect, test } from 'vitest';
import { keepalived } from '../../../../installer/role/node/keepalived.ts';
import type { Host, Inventory } from '../../../../installer/inventory/inventory.ts';
import { deploy, withVars } from '../deployment.ts';
import { sample } from '../../inventory/sample.ts';
import { conditionsOf, fileOf, textOf } from '../file.ts';

const path = '/etc/keepalived/keepalived.conf';

/** Three hosts that share an address; the last of them is the master. */
const shared = (...vars: string[]): string =>
  withVars('vip_enabled: true', 'vip_address: 10.10.10.9', 'vip_vrid: 51', ...vars).replace('        10.10.10.10: { pg_seq: 1, pg_role: primary }\n', (line) => `${line}        10.10.10.11: { pg_seq: 2, pg_role: replica }\n        10.10.10.12: { pg_seq: 3, pg_role: replica, vip_role: master }\n`);

const rendered = async (text: string): Promise<string[]> => {
  const { inventory } = await deploy([keepalived], { text });
  return inventory.hosts.map((host) => textOf(keepalived.resources(host, inventory), path));
};

const lineOf = (text: string, word: string): string | undefined => text.split('\n').map((line) => line.trim()).find((line) => line.startsWith(word));

describe('keepalived', () => {
  test('is not there where nobody asks for an address, and goes where somebody did', async () => {
    const { host, inventory } = await deploy([keepalived]);

    expect(keepalived.components!(host, inventory)).toEqual([]);
    expect(conditionsOf(keepalived.resources(host, inventory))).toEqual(['keepalived.service of an earlier inventory is gone']);
  });

  test('its configuration as a whole, secret, and read by itself before it takes its place', async () => {
    const { host, inventory } = await deploy([keepalived], { text: shared('vip_auth_pass: eightletters') });
    const file = fileOf(keepalived.resources(host, inventory), path);

    expect(file.mode).toBe('0600');
    expect(file.validate).toContain('--config-test');
    expect(textOf(keepalived.resources(host, inventory), path)).toMatchSnapshot();
  });

  test('every host has a rank of its own, and the master the highest', async () => {
    const ranks = (await rendered(shared())).map((text) => lineOf(text, 'priority'));

    expect(ranks).toEqual(['priority 100', 'priority 99', 'priority 198']);
  });

  test('a host speaks to all others and to nobody else', async () => {
    const [first] = await rendered(shared());

    expect(first).toContain('unicast_peer {\n        10.10.10.11\n        10.10.10.12\n    }');
    expect(first).toContain('check_unicast_src\n    unicast_src_ip 10.10.10.10\n');
  });

  test('the password is made, is the same on all hosts, and is never the name of the cluster', async () => {
    const passwords = (await rendered(shared())).map((text) => lineOf(text, 'auth_pass'));

    expect(new Set(passwords).size).toBe(1);
    expect(passwords[0]).toMatch(/^auth_pass [a-zA-Z0-9]{8}$/);
  });

  test('an address has one password, and another address may have another', async () => {
    const two = (first: string, second: string): string =>
      sample
        .replace('    pg-meta:\n', (line) => `    proxy:\n      hosts: { 10.10.10.20: { vip_auth_pass: ${first} }, 10.10.10.21: { vip_auth_pass: ${second} } }\n      vars: { node_cluster: proxy, vip_enabled: true, vip_address: 10.10.10.8, vip_vrid: 52 }\n${line}`)
        .replace('        pg_crontab:', '        vip_enabled: true\n        vip_address: 10.10.10.9\n        vip_vrid: 51\n        vip_auth_pass: anotherone\n        pg_crontab:')
        .replace('${pg_cluster}.example', 'some.example');

    await expect(deploy([keepalived], { text: two('onepassword', 'onepassword') })).resolves.toBeDefined();
    await expect(deploy([keepalived], { text: two('onepassword', 'otherpassword') })).rejects.toMatchObject({ details: [expect.stringContaining('vip_auth_pass of 10.10.10.21 differs from that of 10.10.10.20; an address has one')] });
  });

  test('whoever has the address keeps it, unless it is to be taken back', async () => {
    expect((await rendered(shared()))[0]).toContain('nopreempt');
    expect((await rendered(shared('vip_preempt: true')))[0]).not.toContain('nopreempt');
  });

  test('HAProxy is watched where there is one', async () => {
    expect((await rendered(shared()))[0]).toContain('is-active --quiet haproxy.service');
    expect((await rendered(shared('haproxy_enabled: false')))[0]).not.toContain('haproxy');
  });

  test('the interface is the one that leads to the network of the address, or the one that is named', async () => {
    const { inventory } = await deploy([keepalived], { text: shared(), facts: { links: [{ interface: 'eth0', network: '10.0.0.0/8' }, { interface: 'eth1', network: '10.10.10.0/24' }] } });

    expect(textOf(keepalived.resources(inventory.hosts[0]!, inventory), path)).toContain('10.10.10.9/24 dev eth1');
    expect((await rendered(shared('vip_interface: bond0')))[0]).toContain('10.10.10.9/8 dev bond0');
  });

  test('an address in no network of a host is an error with its place, before anything is touched', async () => {
    const asked = deploy([keepalived], { text: shared(), facts: { links: [{ interface: 'eth0', network: '192.168.0.0/24' }] } });

    await expect(asked).rejects.toMatchObject({ code: 'invalid', details: [expect.stringMatching(/^pgark\.yml:\d+:\d+ +vip_address: 10\.10\.10\.9 is in no network of pg-meta-1, whose networks are 192\.168\.0\.0\/24 at eth0; name the interface with vip_interface if that is meant$/), expect.stringContaining('pg-meta-2'), expect.stringContaining('pg-meta-3')] });
  });

  test('a number that two addresses have is an error that names both', async () => {
    const two = sample
      .replace('    pg-meta:\n', (line) => `    proxy:\n      hosts: { 10.10.10.20: {} }\n      vars: { node_cluster: proxy, vip_enabled: true, vip_address: 10.10.10.8, vip_vrid: 51 }\n${line}`)
      .replace("        pg_crontab:", "        vip_enabled: true\n        vip_address: 10.10.10.9\n        vip_vrid: 51\n        pg_crontab:");

    const found = await deploy([keepalived], { text: two }).catch((error: unknown) => (error as { details: string[] }).details);

    expect(String(found)).toMatch(/vip_vrid 51 of (proxy|pg-meta) is taken by (proxy|pg-meta)/);
  });

  test('over IPv6 there is no password, which VRRP of that does not know', async () => {
    const text = shared().replaceAll('10.10.10.9', '"fd00::9"').replaceAll(/10\.10\.10\.(1[0-2])/g, 'fd00::$1');
    const { host, inventory }: { host: Host; inventory: Inventory } = await deploy([keepalived], { text, facts: { links: [{ interface: 'eth0', network: 'fd00::10/64' }], addresses: ['fd00::10'] } });
    const written = textOf(keepalived.resources(host, inventory), path);

    expect(keepalived.secrets!(host, inventory)).toEqual([]);
    expect(written).not.toContain('authentication');
    expect(written).toContain('fd00::9/64 dev eth0 preferred_lft 0\n');
    expect(written).toContain('unicast_src_ip fd00::10');
  });
});
