import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolver } from '../../../../installer/role/node/resolver.ts';
import { spawn } from '../../../../installer/transport/spawn.ts';
import type { Command } from '../../../../installer/transport/command.ts';
import { deploy, withVars } from '../deployment.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pgark-resolver-'));
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/resolv.conf'), 'nameserver 10.0.0.1\n');
});
afterEach(() => rm(root, { recursive: true }));

/** Runs a command of the role as it is, below a folder instead of the root of a host. */
const run = async ({ argv }: Command): Promise<number> => (await spawn(['env', '-i', 'PATH=/usr/bin:/bin', ...argv.map((word) => word.replaceAll('/etc/', `${root}/etc/`))], '')).code;

const lasting = async (...vars: string[]) => {
  const { host, inventory } = await deploy([resolver], { text: withVars(...vars) });
  return resolver.resources(host, inventory).find((each) => each.kind === 'condition' && each.name.includes('NetworkManager'));
};

describe('what else writes resolv.conf', () => {
  test('is nobody where neither program is', async () => {
    const found = await lasting();

    expect(found?.kind === 'condition' && (await run(found.check))).toBe(0);
  });

  test('is told once to leave it alone, where it is', async () => {
    await mkdir(join(root, 'etc/NetworkManager/conf.d'), { recursive: true });
    await mkdir(join(root, 'etc/dhcp/dhclient-enter-hooks.d'), { recursive: true });
    const found = await lasting();
    if (found?.kind !== 'condition') throw new Error('there is no such condition');

    expect(await run(found.check)).not.toBe(0);
    for (const command of found.act) expect(await run(command)).toBe(0);

    expect(await run(found.check)).toBe(0);
    expect(await readFile(join(root, 'etc/NetworkManager/conf.d/pgark.conf'), 'utf8')).toContain('[main]\ndns=none\n');
    expect(await readFile(join(root, 'etc/dhcp/dhclient-enter-hooks.d/pgark'), 'utf8')).toContain('make_resolv_conf() { :; }\n');
  });

  test('hears nothing of it any more when the host leaves', async () => {
    await mkdir(join(root, 'etc/NetworkManager/conf.d'), { recursive: true });
    const found = await lasting();
    if (found?.kind !== 'condition' || !found.undo) throw new Error('there is no such condition');
    for (const command of found.act) await run(command);

    expect(await run(found.undo.check)).not.toBe(0);
    for (const command of found.undo.act) expect(await run(command)).toBe(0);

    expect(await run(found.undo.check)).toBe(0);
  });

  test('is let be when the inventory says so', async () => {
    expect(await lasting('node_static_network: false')).toBeUndefined();
  });
});
