import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firewall } from '../../../../installer/role/node/firewall.ts';
import { deploy, withReplica, withVars } from '../deployment.ts';

/** The check, run where there is nothing but grep(1), and a `ufw` of the test's own or none. */
describe('the firewall', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pgark-firewall-'));
    symlinkSync('/bin/grep', join(folder, 'grep'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = async (): Promise<{ holds: boolean; said: string }> => {
    const { host, inventory } = await deploy([], { text: withVars('node_firewall_intranet: [10.0.0.0/8]', 'node_firewall_public_port: [22, 443]') });
    const [condition] = firewall.resources(host, inventory);
    if (condition?.kind !== 'condition') throw new Error('the firewall is a condition');
    const [, ...words] = condition.check.argv;
    try {
      return { holds: true, said: execFileSync('/bin/sh', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: folder } }) };
    } catch {
      return { holds: false, said: '' };
    }
  };

  const bring = (...rules: string[]): void => {
    writeFileSync(join(folder, 'ufw'), `#!/bin/sh\nif [ "$1 $2" = "show added" ]; then printf '%s\\n' ${rules.map((rule) => `'${rule}'`).join(' ')}; else echo 'Status: active'; fi\n`);
    chmodSync(join(folder, 'ufw'), 0o755);
  };

  test('that is not there is left so, and said', async () => {
    const { holds, said } = await check();

    expect(holds).toBe(true);
    expect(said).toMatch(/^note: there is neither firewalld nor ufw/);
  });

  test('that lets everybody in who may come in is left alone', async () => {
    bring('ufw allow from 10.0.0.0/8', 'ufw allow 22/tcp', 'ufw allow 443/tcp', 'ufw allow 9999/tcp');

    expect(await check()).toEqual({ holds: true, said: '' });
  });

  test('that shuts a public port is opened', async () => {
    bring('ufw allow from 10.0.0.0/8', 'ufw allow 22/tcp');

    expect((await check()).holds).toBe(false);
  });

  test('is nobody\'s business where the inventory says "none"', async () => {
    const { host, inventory } = await deploy([], { text: withVars('node_firewall_mode: none') });

    expect(firewall.plays(host, inventory)).toBe(false);
  });
});

test.each([
  ['10.10.10.11', []],
  ['203.0.113.30', ['203.0.113.30']],
  ['fd00::30', ['fd00::30']],
])('a member at %s is let in, by itself where no trusted network has it', async (address, extra) => {
  const { host, inventory } = await deploy([], { text: withReplica.replaceAll('10.10.10.11', `'${address}'`) });

  expect(firewall.resources(host, inventory).map((each) => 'name' in each && each.name)).toEqual([`firewall: ${['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12', ...extra].join(', ')} reach everything, others ports 22, 80, 443`]);
});
