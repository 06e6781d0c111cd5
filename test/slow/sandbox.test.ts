import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exists } from '../../repo/core/files.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { demand, execute, type Executed } from '../../vagrant/execute.ts';
import { bundleFor, until } from '../support/deploy.ts';

const launcher = join(resolve(import.meta.dirname, '../..'), 'pgark');
let folder: string;
let before: string[];

// Three nodes with a CPU each, on a machine that does something else as well.
vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 3_600_000 });

/** A cache and a Vagrant of the test's own, so that what is left is to be seen. */
const surroundings = (): Record<string, string> => ({ XDG_CACHE_HOME: join(folder, 'cache'), VAGRANT_HOME: join(folder, 'vagrant') });

const sandbox = (...words: string[]): Promise<Executed> => execute([launcher, 'sandbox', ...words], { timeout: 3000, env: surroundings() });

async function must(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox(...words);
  expect(code, `${words.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

interface Stand {
  deployed: boolean;
  nodes: { name: string; state: string }[];
  ways: string[];
  traffic: { elsewhere: number };
}

const standing = async (spec: string): Promise<Stand> => JSON.parse(await must('status', spec, '--json')) as Stand;

/** SQL through a service of the first node, with the password that the vault made. */
const sql = async (spec: string, port: number, text: string): Promise<string> =>
  (await must('ssh', spec, '--command', `sudo sh -c 'PGPASSWORD=$(sed -n "s/.*\\"pg_admin_password\\": *\\"\\([^\\"]*\\)\\".*/\\1/p" /etc/pgark/vault/secrets.json) exec psql -XAtq -v ON_ERROR_STOP=1 -h 127.0.0.1 -p ${port} -U dbuser_dba -c "${text}" postgres'`)).trim();

interface Member {
  name: string;
  host: string;
  role?: string;
  state?: string;
}

const members = async (spec: string, node: string): Promise<Member[]> => {
  const { stdout } = await sandbox('ssh', spec, node, '--command', 'sudo patronictl -c /etc/patroni/patroni.yml list -f json');
  return (JSON.parse(stdout.trim() || '[]') as { Member: string; Host: string; Role: string; State: string }[]).map((each) => ({ name: each.Member, host: each.Host, role: each.Role, state: each.State }));
};

/** Patroni 3.0 calls it running, later ones streaming. */
const isFollowing = ({ role, state }: Member): boolean => role === 'Replica' && /^(streaming|running)$/.test(state ?? '');

/** Containers, interfaces, tables of the firewall: everything that a sandbox makes outside of its folders. */
async function traces(): Promise<string[]> {
  const containers = (await demand(['lxc-ls', '-1'])).split('\n').map((line) => line.trim()).filter((line) => line.startsWith('pgark-'));
  const links = (await readdir('/sys/class/net')).filter((name) => name.startsWith('pgsb'));
  const tables = (await demand(['nft', 'list', 'tables'])).split('\n').filter((line) => line.includes('pgsb'));
  return [...containers, ...links, ...tables].toSorted();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-sandbox-'));
  before = await traces();
  if (before.length > 0) throw new Error(`a sandbox is up on this machine, and a test must not throw it away: ${before.join(', ')}`);
});
afterAll(async () => {
  for (const spec of ['single', 'trio']) await sandbox('down', spec);
  await rm(folder, { recursive: true, force: true });
});

const given = async (): Promise<string[]> => {
  const { tar, fingerprint } = await bundleFor('bookworm');
  return ['--bundle', tar, '--fingerprint', fingerprint];
};

test('a box is made for this release, and Vagrant has it under its digest', async () => {
  const made = JSON.parse(await must('box', 'd12', '--json')) as { name: string; digest: string };

  expect(made.name).toBe('pgark/d12');
  expect(await must('list')).toContain(`pgark/d12  sha256 ${made.digest}`);
});

describe('a single node under Vagrant with LXC', () => {
  test('stays whole when its raising is interrupted, and the same command goes on', async () => {
    const child = spawn(launcher, ['sandbox', 'up', 'single', '--no-provision'], { env: { ...process.env, ...surroundings() }, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    while (!(await exists('/var/lib/lxc/pgark-single-node-1')) && child.exitCode === null) await sleep(50);
    child.kill('SIGINT');

    expect(await ended).toBe(130);
    await must('up', 'single', '--no-provision');
  });

  test('is bare when nothing is provisioned, and has no way out', async () => {
    const { nodes, deployed, ways } = await standing('single');

    expect({ nodes: nodes.map(({ name, state }) => `${name} ${state}`), deployed, ways }).toEqual({ nodes: ['node-1 running'], deployed: false, ways: [] });
    expect(await must('ssh', 'single', '--command', 'hostname; ls /opt; ip route show default')).toBe('node-1\n');
  });

  test('boots with every unit, and waits for no network', async () => {
    expect(await must('ssh', 'single', '--command', 'sudo timeout 30 systemctl start network-online.target && sudo systemctl is-system-running --wait')).toBe('running\n');
  });

  test('is installed with the same command and a bundle', async () => {
    const stdout = await must('up', 'single', ...(await given()));

    expect(stdout).toContain('cluster pg-meta: pg-meta-1 leads');
    expect(stdout).toContain('nothing leads out; packets that tried to leave: 0');
  });

  test('keeps a row', async () => {
    await sql('single', 5433, 'CREATE TABLE crossing AS SELECT 6 * 7 AS answer');

    expect(await sql('single', 5434, 'SELECT answer FROM crossing')).toBe('42');
  });

  test('does with the CPU and the 2 GB that its spec says', async () => {
    const limits = await execute(['lxc-cgroup', '--name', 'pgark-single-node-1', 'memory.limit_in_bytes']);
    const unified = await execute(['lxc-cgroup', '--name', 'pgark-single-node-1', 'memory.max']);

    expect([limits.stdout.trim(), unified.stdout.trim()]).toContain(String(2 * 1024 ** 3));
  });

  test('is gone with one command, and leaves nothing', async () => {
    expect(await must('down', 'single')).toBe('single is gone\n');
    expect(await traces()).toEqual(before);
    expect(await readdir(join(folder, 'cache/pgark/sandbox/vagrant'))).toEqual([]);
    expect(await must('down', 'single')).toBe('single was not there\n');
  });
});

describe('three nodes under Vagrant with LXC', () => {
  let leader: Member;

  test('become one cluster with one command', async () => {
    const stdout = await must('up', 'trio', ...(await given()));

    expect(stdout).toMatch(/node-1 +10\.10\.113\.10 +running/);
    expect(stdout).toContain('nothing leads out; packets that tried to leave: 0');
    expect((await members('trio', 'node-1')).map(({ name }) => name).toSorted()).toEqual(['pg-meta-1', 'pg-meta-2', 'pg-meta-3']);
  });

  test('write on the leader what is read from the replicas', async () => {
    await until(120, 'two replicas stream', async () => ((await members('trio', 'node-1')).filter(isFollowing).length === 2 || undefined));
    await sql('trio', 5433, 'CREATE TABLE crossing AS SELECT 6 * 7 AS answer');

    const read = await until(30, 'a replica has the row', async () => (await sql('trio', 5434, 'SELECT answer::text || pg_is_in_recovery() FROM crossing').catch(() => '')) || undefined);

    expect(read).toBe('42true');
  });

  // The first node is the one that Vagrant logs in to by default, and it has the vault: the lead goes elsewhere before it is lost.
  test('go on when the leader is lost at once', async () => {
    await must('ssh', 'trio', '--command', 'sudo pgark pg switchover pg-meta --to pg-meta-2 --yes');
    leader = (await members('trio', 'node-1')).find(({ role }) => role === 'Leader')!;
    await demand(['lxc-stop', '--kill', '--name', 'pgark-trio-node-2']);

    const next = await until(120, 'another member leads', async () => (await members('trio', 'node-1')).find(({ name, role, state }) => role === 'Leader' && state === 'running' && name !== leader.name));

    expect([leader.name, next.name === leader.name]).toEqual(['pg-meta-2', false]);
    await until(60, 'the service writes', async () => (await sql('trio', 5433, 'INSERT INTO crossing VALUES (43) RETURNING answer').catch(() => '')) || undefined);
  });

  test('are whole again with the command that raised them', async () => {
    await must('up', 'trio');
    await until(180, 'two replicas stream', async () => ((await members('trio', 'node-1')).filter(isFollowing).length === 2 || undefined));

    expect(await must('ssh', 'trio', 'node-2', '--command', "sudo -u postgres psql -XAtqc 'SELECT answer FROM crossing ORDER BY 1' postgres")).toBe('42\n43\n');
  });

  test('sent nothing anywhere in all that', async () => {
    const { ways, traffic } = await standing('trio');

    expect([ways, traffic.elsewhere]).toEqual([[], 0]);
  });

  test('are gone with one command, and the box with another, and nothing is left', async () => {
    await must('down', 'trio');
    await must('box', 'd12', '--drop');

    expect(await traces()).toEqual(before);
    expect(await readdir(join(folder, 'vagrant/boxes'))).toEqual([]);
    expect((await readdir(join(folder, 'cache/pgark/sandbox/boxes'))).filter((name) => name.startsWith('d12'))).toEqual([]);
    expect(await readdir('/var/lib/lxc')).toEqual([]);
  });
});
