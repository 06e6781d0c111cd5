import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, type Cluster } from '../support/cluster.ts';
import { bundleFor, sqlAt, until } from '../support/deploy.ts';

interface Rows {
  leader?: string;
  members: { name: string; role?: string; state?: string; lag?: number; pendingRestart?: boolean }[];
}

describe('four bookworm hosts, and a fifth that comes and goes', () => {
  let cluster: Cluster;
  const file = '/etc/pgark/pgark.yml';

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'full', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 5, network: 23 }, await bundleFor('bookworm'));
  });
  afterAll(() => cluster?.discard());

  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 900 });
  const must = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await pgark(...words);
    expect(code, `${words.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };
  const rows = async (name = 'pg-test'): Promise<Rows> => (JSON.parse((await pgark('pg', 'list', name, '--json')).stdout) as { clusters: Rows[] }).clusters[0]!;
  const streaming = (name: string) => until(120, `${name} streams`, async () => ((await rows()).members.find((each) => each.name === name)?.lag === 0 ? true : undefined));
  /** By any member of pg-test: all of them have its services. */
  const ask = (text: string) => sqlAt(cluster.admin, { address: cluster.addresses[2]!, port: 5433, database: 'test' }, text);

  /** Changes the inventory where it speaks of pg-test, which it does last. */
  async function edit(from: string, to: string): Promise<void> {
    const text = await cluster.admin.must(['cat', file]);
    const [before, after] = [text.slice(0, text.indexOf('    pg-test:')), text.slice(text.indexOf('    pg-test:'))];
    expect(after).toContain(from);
    await cluster.admin.must(`cat > ${file}`, { stdin: before + after.replace(from, () => to) });
  }

  test('get an inventory from answers, and become what it says with one command', async () => {
    const [, ...others] = cluster.addresses.slice(0, 4);

    await must('configure', '--topology', 'full', ...others.flatMap((address) => ['--node', address]), '--ssh-user', 'root', '--extension', 'none', '--tuning', 'tiny', '--non-interactive');
    await must('install', '--yes');

    for (const host of cluster.hosts) expect(await host.traffic()).toMatchObject({ elsewhere: 0, unroutable: 0 });
  });

  test('are two clusters: one member beside the portal, and three by themselves', async () => {
    await streaming('pg-test-2');
    await streaming('pg-test-3');

    expect((await rows()).leader).toBe('pg-test-1');
    expect((await rows('pg-meta')).members.map(({ name, role }) => [name, role])).toEqual([['pg-meta-1', 'Leader']]);
  });

  test('change nothing when they are installed again', async () => {
    expect(JSON.parse(await must('install', '--yes', '--json'))).toMatchObject({ changed: 0 });
  });

  test('get a user and a database, and nothing else is touched but the page that lists them', async () => {
    await edit('        pg_databases:\n', '          - { name: stock, password: "${secret.stock}", pgbouncer: true, roles: [ dbrole_readwrite ] }\n        pg_databases:\n          - { name: stock, owner: stock }\n');
    const { hosts } = JSON.parse(await must('plan', '--json')) as { hosts: { name: string; changes: { role: string }[] }[] };
    await must('apply', '--yes');

    expect(hosts.map(({ name, changes }) => [name, [...new Set(changes.map(({ role }) => role))]])).toEqual([['pg-meta-1', ['portal']], ['pg-test-1', ['access', 'pgbouncer']], ['pg-test-2', ['pgbouncer']], ['pg-test-3', ['pgbouncer']]]);
    expect(await sqlAt(cluster.admin, { address: cluster.addresses[3]!, port: 5433, database: 'stock', user: 'stock', secret: 'stock' }, 'CREATE TABLE goods (name text); SELECT current_user')).toBe('CREATE TABLE\nstock');
  });

  test('take a setting that needs a restart, replicas first, and the leader by a switchover', async () => {
    await ask("CREATE TABLE kept (note text); INSERT INTO kept VALUES ('before')");
    await edit('        pg_cluster: pg-test\n', '        pg_cluster: pg-test\n        pg_parameters: { max_locks_per_transaction: 2222 }\n');

    await must('apply', '--yes', '--restart');

    const shown = await Promise.all(cluster.hosts.slice(1, 4).map((host) => host.must(['psql', '-XAtq', '-d', 'postgres', '-c', 'SHOW max_locks_per_transaction'], { as: 'postgres' })));
    expect(shown.map((each) => each.trim())).toEqual(['2222', '2222', '2222']);
    expect((await rows()).leader).not.toBe('pg-test-1');
    expect((await rows()).members.some(({ pendingRestart }) => pendingRestart)).toBe(false);
    expect(await until(30, 'the row is read', async () => (await ask('SELECT note FROM kept').catch(() => undefined)) || undefined)).toBe('before');
  });

  test('take a fifth host as a replica, which is installed from nothing and joins the services', async () => {
    const fifth = cluster.addresses[4]!;

    await must('pg', 'add', 'pg-test', fifth, '--yes');
    await streaming('pg-test-4');

    expect(await cluster.hosts[2]!.must('grep -h "^    server pg-test-4 " /etc/haproxy/conf.d/pg-test-replica.cfg')).toContain(`${fifth}:6432`);
    expect((await cluster.hosts[4]!.must(['psql', '-XAtq', '-d', 'test', '-c', 'SELECT note FROM kept'], { as: 'postgres' })).trim()).toBe('before');
  });

  test('let it go again when its name is given, and are as they were', async () => {
    const refused = await pgark('pg', 'remove', 'pg-test', 'pg-test-4', '--confirm', 'pg-test-3');
    await must('pg', 'remove', 'pg-test', 'pg-test-4', '--confirm', 'pg-test-4');

    expect(refused.code).toBe(2);
    // Patroni forgets a member when its lease ends.
    await until(60, 'nobody speaks of pg-test-4', async () => ((await rows()).members.length === 3 ? true : undefined));
    expect((await cluster.hosts[2]!.run('grep -l "pg-test-4" /etc/haproxy/conf.d/*.cfg')).stdout).toBe('');
    expect((await cluster.hosts[4]!.run(['systemctl', 'is-active', 'patroni', 'pgbouncer'])).stdout).toBe('inactive\ninactive\n');
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
    expect(await ask('SELECT count(*) FROM kept')).toBe('1');
  });

  test('are shown on one screen, with nothing amiss', async () => {
    const page = await must('status');

    expect(page.split('\n').length).toBeLessThan(40);
    expect(page).toContain('etcd: 3 of 3 well, ');
    expect(page).toContain('\nall is as the inventory says');
    expect(page).not.toMatch(/stopped|cannot be reached|waits for a restart/);
  });
});
