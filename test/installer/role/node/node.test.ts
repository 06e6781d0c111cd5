import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { admin } from '../../../../installer/role/node/admin.ts';
import { block } from '../../../../installer/role/block.ts';
import { dns } from '../../../../installer/role/infra/dns.ts';
import { node } from '../../../../installer/role/node/node.ts';
import type { Command } from '../../../../installer/transport/command.ts';
import { deploy, withVars } from '../deployment.ts';
import { conditionsOf, textOf } from '../file.ts';

describe('a node', () => {
  test('loads no kernel modules in a container', async () => {
    const inside = await deploy([node], { facts: { container: 'lxc' } });
    const outside = await deploy([node], { facts: { container: 'none' } });

    const names = [inside, outside].map(({ host, inventory }) => conditionsOf(node.resources(host, inventory)).filter((name) => name.startsWith('kernel modules')).length);

    expect(names).toEqual([0, 1]);
  });

  test('writes its kernel settings everywhere; what a container is refused is for the kind to say', async () => {
    const { host, inventory } = await deploy([node], { facts: { container: 'lxc' } });

    expect(node.resources(host, inventory)).toContainEqual(expect.objectContaining({ kind: 'sysctl', file: '60-pgark.conf' }));
  });
});

describe('the admin', () => {
  test.each([
    ['nopass', '%admin ALL=(ALL:ALL) NOPASSWD: ALL'],
    ['all', '%admin ALL=(ALL:ALL) ALL'],
    ['limit', '%admin ALL=(ALL:ALL) NOPASSWD: NOEXEC: /usr/bin/systemctl, /usr/bin/journalctl, /usr/bin/cat, /usr/bin/less, /usr/bin/tail, /usr/bin/head'],
  ])('may do with sudo what "%s" says', async (rights, rule) => {
    const { host, inventory } = await deploy([admin], { text: withVars(`node_admin_sudo: ${rights}`) });

    expect(textOf(admin.resources(host, inventory), '/etc/sudoers.d/dba').split('\n')[1]).toBe(rule);
  });

  test('has no rule at all with "none"', async () => {
    const { host, inventory } = await deploy([admin], { text: withVars('node_admin_sudo: none') });

    expect(admin.resources(host, inventory)).toContainEqual({ kind: 'absent', path: '/etc/sudoers.d/dba' });
  });

  test('has its keys written by itself: root would follow a link in a folder of its own', async () => {
    const { host, inventory } = await deploy([admin], { text: withVars('node_admin_pk_list: ["ssh-ed25519 AAAA dba"]') });

    const keys = admin.resources(host, inventory).find((each) => each.kind === 'condition');

    expect(keys).toMatchObject({ name: '/home/dba/.ssh/authorized_keys has the lines of pgark', check: { as: 'dba' }, act: [{ as: 'dba' }] });
  });
});

describe('names', () => {
  test('are those of hosts, clusters and the portal', async () => {
    const { host, inventory } = await deploy([dns]);

    const lines = textOf(dns.resources(host, inventory), '/etc/dnsmasq.d/pgark.hosts').split('\n');

    expect(lines).toContain(`${host.address} pg-meta-1`);
    expect(lines).toContain(`${host.address} pg-meta`);
  });

  test('are served on loopback and the address of the host, and leave systemd-resolved its own', async () => {
    const { host, inventory } = await deploy([dns]);

    const lines = textOf(dns.resources(host, inventory), '/etc/dnsmasq.conf').split('\n');

    expect(lines).toContain(`listen-address=127.0.0.1,${host.address}`);
    expect(lines).toContain('bind-dynamic');
  });
});

describe('lines of ours in a file of others', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pgark-block-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = ({ argv: [program, ...words], stdin }: Command): void => void execFileSync(program, words, { input: String(stdin), stdio: ['pipe', 'ignore', 'ignore'] });

  const holds = (command: Command): boolean => {
    try {
      run(command);
      return true;
    } catch {
      return false;
    }
  };

  test.each([
    ['last', 'one\ntwo\n# pgark begin\nours\n# pgark end\n'],
    ['first', '# pgark begin\nours\n# pgark end\none\ntwo\n'],
  ] as const)('come %s, once, whatever was there', (where, expected) => {
    const path = join(folder, 'hosts');
    writeFileSync(path, 'one\n# pgark begin\nolder\n# pgark end\ntwo');
    const wanted = block(path, where, ['ours']);

    const before = holds(wanted.check);
    for (const command of wanted.act) run(command);
    for (const command of wanted.act) run(command);

    expect(before).toBe(false);
    expect(holds(wanted.check)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(expected);
  });

  test('make the file where there is none', () => {
    const path = join(folder, 'new');
    const wanted = block(path, 'last', ['ours']);

    for (const command of wanted.act) run(command);

    expect(readFileSync(path, 'utf8')).toBe('# pgark begin\nours\n# pgark end\n');
  });
});
