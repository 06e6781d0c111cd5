import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { node } from '../../../../installer/role/node/node.ts';
import { spawn } from '../../../../installer/transport/spawn.ts';
import type { Command } from '../../../../installer/transport/command.ts';
import { deploy, withVars, type Changes } from '../deployment.ts';
import { textOf } from '../file.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pgark-prefetch-'));
  for (const [disk, turns] of [['sda', '1'], ['sdb', '0'], ['zram0', '1']] as const) {
    await mkdir(join(root, 'sys/block', disk, 'queue'), { recursive: true });
    await writeFile(join(root, 'sys/block', disk, 'queue/rotational'), `${turns}\n`);
    await writeFile(join(root, 'sys/block', disk, 'queue/read_ahead_kb'), '128\n');
  }
});
afterEach(() => rm(root, { recursive: true }));

const run = async ({ argv }: Command): Promise<number> => (await spawn(['env', '-i', 'PATH=/usr/bin:/bin', ...argv.map((word) => word.replaceAll('/sys/block', `${root}/sys/block`))], '')).code;

const resourcesOf = async (changes: Changes) => {
  const { host, inventory } = await deploy([node], changes);
  return node.resources(host, inventory);
};

const ahead = async (disk: string): Promise<string> => (await readFile(join(root, 'sys/block', disk, 'queue/read_ahead_kb'), 'utf8')).trim();

describe('reading ahead', () => {
  test('is for disks that turn, now and after a restart', async () => {
    const resources = await resourcesOf({ text: withVars('node_disk_prefetch: true') });
    const found = resources.find((each) => each.kind === 'condition' && each.name.includes('KiB ahead'));
    if (found?.kind !== 'condition') throw new Error('there is no such condition');

    expect(await run(found.check)).not.toBe(0);
    for (const command of found.act) expect(await run(command)).toBe(0);

    expect(await run(found.check)).toBe(0);
    expect(await Promise.all(['sda', 'sdb', 'zram0'].map(ahead))).toEqual(['4096', '128', '128']);
    expect(textOf(resources, '/etc/udev/rules.d/60-pgark-prefetch.rules')).toContain('ATTR{queue/rotational}=="1", ATTR{bdi/read_ahead_kb}="4096"');
  });

  test.each([
    ['nobody asks for it', {}],
    ['the disks are another host\'s', { text: withVars('node_disk_prefetch: true'), facts: { container: 'systemd-nspawn' } }],
  ])('is left as it is where %s', async (_why, changes) => {
    expect((await resourcesOf(changes)).some((each) => each.kind === 'condition' && each.name.includes('KiB ahead'))).toBe(false);
  });
});
