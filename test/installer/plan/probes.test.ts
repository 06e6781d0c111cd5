import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, isIPv4, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkTo } from '../../../installer/inventory/links.ts';
import type { Host } from '../../../installer/inventory/inventory.ts';
import { debian } from '../../../installer/platform/debian.ts';
import { probeFacts, readFacts } from '../../../installer/plan/facts.ts';
import { foreignPostgres, probeForeign } from '../../../installer/plan/foreign.ts';
import { probeListeners, readListeners } from '../../../installer/plan/listeners.ts';
import { probeSpace, readSpace } from '../../../installer/plan/space.ts';
import type { Command } from '../../../installer/transport/command.ts';
import { readFrames, writeScript } from '../../../installer/transport/script.ts';
import { spawn } from '../../../installer/transport/spawn.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'pgark-probes-'))));
afterEach(async () => rm(folder, { recursive: true }));

const ask = async (commands: readonly Command[]) => readFrames(await spawn(['env', '-i', 'sh', '-s'], writeScript(commands, '--frame', 'go on')), '--frame', commands);

const hostWith = (more: object): Host => ({ name: 'h', vars: { pg_cluster: 'c', pg_data: join(folder, 'pg/data'), pg_fs_main: join(folder, 'postgres'), ...more }, platform: debian }) as unknown as Host;

test('this machine can say what it is', async () => {
  const [answer] = await ask([probeFacts({ data: '/no/such/folder', dbsu: 'postgres', port: '5432' })]);

  const facts = readFacts(answer!);

  expect(answer!.code).toBe(0);
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.memory).toBeGreaterThan(0);
  expect(facts.disk.size).toBeGreaterThan(facts.disk.free);
  expect([facts.distro, facts.arch, facts.hostname, facts.container].every((each) => each !== '')).toBe(true);
  expect(facts.links.filter(({ interface: name }) => !existsSync(`/sys/class/net/${name}`))).toEqual([]);
  expect(facts.addresses.filter((each) => isIPv4(each) && !linkTo(each, facts))).toEqual([]);
  expect(facts.selinux === 'disabled').toBe(!existsSync('/sys/fs/selinux/enforce'));
});

test('a port that we listen on ourselves is found with our process', async () => {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;

  const listeners = readListeners(await ask(probeListeners));
  server.close();

  expect(listeners.find((each) => each.port === port)).toMatchObject({ pid: process.pid, address: '0100007F' });
});

test('data that nobody expects is found, an empty folder is not', async () => {
  await mkdir(join(folder, 'pg/data'), { recursive: true });
  const before = foreignPostgres(hostWith({}), (await ask([probeForeign(hostWith({}))]))[0]!).filter(({ message }) => message.includes(folder));
  await mkdir(join(folder, 'postgres/c-15/data'), { recursive: true });
  await writeFile(join(folder, 'postgres/c-15/data/PG_VERSION'), '15\n');
  await writeFile(join(folder, 'pg/data/something'), '');

  const after = foreignPostgres(hostWith({}), (await ask([probeForeign(hostWith({}))]))[0]!).filter(({ message }) => message.includes(folder));

  expect(before).toEqual([]);
  expect(after.map(({ message }) => message.split(folder)[1])).toEqual(['/pg/data', '/postgres/c-15/data']);
});

test('a folder that is not there yet is measured at its parent', async () => {
  const [answer] = await ask([probeSpace(hostWith({}))]);

  const volumes = readSpace(answer!);

  expect(volumes).toHaveLength(3);
  expect(volumes.every(({ id, free }) => id !== '' && free > 0)).toBe(true);
});
