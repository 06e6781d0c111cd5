import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sqlAt, until } from '../support/deploy.ts';

describe('three trixie hosts', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'trixie', ground: { suite: 'trixie', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 24 }, await bundleFor('trixie'));
    await cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses).replace('{ pg_seq: 3, pg_role: replica }', '{ pg_seq: 3, pg_role: replica, pg_offline_query: true }') });
  });
  afterAll(() => cluster?.discard());

  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 900 });
  const leader = async (): Promise<string | undefined> => (JSON.parse((await pgark('pg', 'list', '--json')).stdout) as { clusters: { leader?: string }[] }).clusters[0]!.leader;
  const follow = () => until(120, 'both replicas stream', async () => ((await members()).filter(({ lag }) => lag === 0).length === 2 ? true : undefined));
  const members = async () => (JSON.parse((await pgark('pg', 'list', '--json')).stdout) as { clusters: { members: { name: string; lag?: number }[] }[] }).clusters[0]!.members;
  const ask = (port: number, text: string) => sqlAt(cluster.admin, { port, database: 'postgres' }, text);

  /** Whom connections to a service of the first host reach, one after the other: `pg-test-2 primary pooled`. */
  async function reached(port: number, connections = 1): Promise<string[]> {
    const who = "SELECT trim(E'\\n' from pg_read_file('/etc/hostname')) || CASE WHEN pg_is_in_recovery() THEN ' replica' ELSE ' primary' END || CASE WHEN inet_client_addr() IS NULL THEN ' pooled' ELSE ' direct' END";
    const answers: string[] = [];
    while (answers.length < connections) answers.push(await ask(port, who));
    return [...new Set(answers)].toSorted();
  }
  const reach = (port: number, wanted: readonly string[], connections = 1) =>
    until(60, `${port} reaches ${wanted.join(' and ')}`, async () => ((await reached(port, connections).catch(() => [])).join() === wanted.join() ? true : undefined));

  test('become one cluster with one command, of which nobody else hears', async () => {
    const { code, stdout, stderr } = await pgark('install', '--yes');

    expect(code, `${stdout}\n${stderr}`).toBe(0);
    for (const host of cluster.hosts) expect(await host.traffic()).toMatchObject({ elsewhere: 0, unroutable: 0 });
    await follow();
    expect(await leader()).toBe('pg-test-1');
  });

  test('change nothing when they are installed again', async () => {
    const { code, stdout, stderr } = await pgark('install', '--yes', '--json');

    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ changed: 0 });
  });

  test('write to the primary, and read it from replicas', async () => {
    await ask(5433, "CREATE TABLE crossing (note text); INSERT INTO crossing VALUES ('on trixie')");

    expect(await until(20, 'a replica has the row', async () => (await ask(5434, 'SELECT note || pg_is_in_recovery() FROM crossing').catch(() => undefined)) || undefined)).toBe('on trixietrue');
  });

  test('have a way to the primary through the pool and one past it, to all replicas in turn, and to the one for long queries', async () => {
    expect(await reached(5433, 4)).toEqual(['pg-test-1 primary pooled']);
    expect(await reached(5436, 4)).toEqual(['pg-test-1 primary direct']);
    expect(await reached(5434, 8)).toEqual(['pg-test-2 replica pooled', 'pg-test-3 replica pooled']);
    expect(await reached(5438, 4)).toEqual(['pg-test-3 replica direct']);
  });

  test('keep each of these ways through a switchover: that to the primary never reaches another', async () => {
    const secret = `PGPASSWORD=$(sed -n 's/.*"pg_admin_password": *"\\([^"]*\\)".*/\\1/p' /etc/pgark/vault/secrets.json); export PGPASSWORD`;
    const seen = cluster.admin.run(`${secret}; rm -f /run/enough; while [ ! -e /run/enough ]; do timeout 10 psql -XAtq -h 127.0.0.1 -p 5433 -U dbuser_dba -d postgres -c 'SELECT pg_is_in_recovery()' 2>/dev/null || :; done`, { timeout: 300 });
    const { code, stdout, stderr } = await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-2', '--yes');

    await reach(5433, ['pg-test-2 primary pooled']);
    await reach(5436, ['pg-test-2 primary direct']);
    await reach(5434, ['pg-test-1 replica pooled', 'pg-test-3 replica pooled'], 8);
    await reach(5438, ['pg-test-3 replica direct'], 4);
    await cluster.admin.must(['touch', '/run/enough']);
    const states = (await seen).stdout.trim().split('\n');

    expect(code, stdout + stderr).toBe(0);
    expect(states.length).toBeGreaterThan(20);
    expect(new Set(states)).toEqual(new Set(['f']));
  });

  test('are read from the primary while there is no replica, and from replicas again when they are back', async () => {
    const replicas = [cluster.hosts[0]!, cluster.hosts[2]!];
    await Promise.all(replicas.map((host) => host.must(['systemctl', 'stop', 'patroni'])));

    await reach(5434, ['pg-test-2 primary pooled'], 4);
    await Promise.all(replicas.map((host) => host.must(['systemctl', 'start', 'patroni'])));
    await follow();

    await reach(5434, ['pg-test-1 replica pooled', 'pg-test-3 replica pooled'], 8);
    expect(await ask(5434, 'SELECT count(*) FROM crossing')).toBe('1');
  });

  test('come back row for row to the second before a wrong DROP TABLE, though two members have archived', async () => {
    const rows = "SELECT count(*) || ' ' || md5(string_agg(id || note, ',' ORDER BY id)) FROM kept";
    const still = () => new Promise((resolve) => setTimeout(resolve, 2000));
    await ask(5433, 'CREATE TABLE kept (id int PRIMARY KEY, note text); INSERT INTO kept SELECT i, md5(i::text) FROM generate_series(1, 5000) i');
    const before = await ask(5433, rows);
    await still();
    const moment = await ask(5433, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || 'Z'");
    await still();
    await ask(5433, 'DELETE FROM kept WHERE id > 2500');
    await ask(5433, 'DROP TABLE kept');

    const { code, stdout, stderr } = await pgark('restore', '--cluster', 'pg-test', '--time', moment, '--confirm', 'pg-test');

    expect(code, stdout + stderr).toBe(0);
    expect(await ask(5433, rows)).toBe(before);
    await follow();
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
  });
});
