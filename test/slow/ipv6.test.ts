import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, query, until } from '../support/deploy.ts';
import { holdersOf, through } from '../support/virtual.ts';

const leaders = 'fd00:10:66::100';
const nodes = 'fd00:10:66::101';

describe('three trixie hosts that have IPv6 and nothing else', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'six', ground: { suite: 'trixie', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 66, family: 6 }, await bundleFor('trixie'));
    const vars = ['pg_vip_enabled: true', `pg_vip_address: ${leaders}/64`, 'vip_enabled: true', `vip_address: ${nodes}`, 'vip_vrid: 66'];
    await cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 1500 });
  });
  afterAll(() => cluster?.discard());

  test('have no address of IPv4 beside that of loopback', async () => {
    const addresses = await Promise.all(cluster.hosts.map((host) => host.must(['ip', '-o', '-4', 'address', 'show', 'scope', 'global'])));

    expect(addresses).toEqual(['', '', '']);
  });

  test('are one cluster, and a second run has nothing to do', async () => {
    const { stdout } = await cluster.admin.run(['pgark', 'pg', 'list', '--json']);
    const [found] = (JSON.parse(stdout) as { clusters: { leader: string; members: unknown[] }[] }).clusters;

    expect(found).toMatchObject({ leader: 'pg-test-1', members: [{}, {}, {}] });
    expect((await cluster.admin.run(['pgark', 'plan', '--detailed-exitcode'], { timeout: 300 })).code).toBe(0);
  });

  // Behind a service answers another host, whose certificate has another address.
  test.each([[5432], [6432]])('answer on port %i of every host', async (port) => {
    for (const address of cluster.addresses) {
      expect(await until(60, `${address} answers on ${port}`, () => through(cluster.admin, address, port, "SELECT 'here'").catch(() => undefined))).toBe('here');
    }
  });

  test.each([[5433], [5434], [5436]])('answer for the cluster on port %i of every host', async (port) => {
    for (const address of cluster.addresses) {
      await until(60, `${address} answers on ${port}`, async () => ((await cluster.admin.run(['pg_isready', '-q', '-h', address, '-p', String(port), '-d', 'postgres', '-U', 'dbuser_monitor'])).code === 0 ? true : undefined));
    }
  });

  test('take packages from the first over HTTP', async () => {
    expect(await cluster.hosts[1]!.must('cat /etc/apt/sources.list.d/pgark*')).toContain('URIs: http://[fd00:10:66::11]:80/pgark');
  });

  test('follow the clock of the first, and ask it for names', async () => {
    await until(90, 'chrony has chosen its source', async () => ((await cluster.hosts[2]!.must(['chronyc', '-n', 'sources'])).includes('^* fd00:10:66::11') ? true : undefined));

    expect(await cluster.hosts[2]!.must(['getent', 'hosts', 'pg-test'])).toMatch(new RegExp(`^${leaders}\\s+pg-test`));
  });

  test('are all watched', async () => {
    await until(60, 'every target is up', async () => ((await query(cluster.admin, 'up')).every(({ value }) => value[1] === '1') ? true : undefined));

    const found = await query(cluster.admin, 'count by (job) (up)');
    expect(Object.fromEntries(found.map(({ metric, value }) => [metric['job'], Number(value[1])]))).toEqual({ node: 6, infra: 4, etcd: 3, pgsql: 9 });
  });

  test('have an address that goes with the lead of the cluster', async () => {
    await until(30, 'the leader has it', async () => ((await holdersOf(leaders, cluster.hosts)).join() === 'six-1' ? true : undefined));
    expect(await through(cluster.admin, leaders, 5432, 'SELECT pg_is_in_recovery()')).toBe('f');
    await cluster.admin.must(['pgark', 'pg', 'switchover', 'pg-test', '--to', 'pg-test-2', '--yes'], { timeout: 300 });

    await until(60, 'the new leader has it', async () => ((await holdersOf(leaders, cluster.hosts)).join() === 'six-2' ? true : undefined));
    await until(30, 'writes go through it', () => through(cluster.admin, leaders, 5432, 'CREATE TABLE kept (); SELECT 1').catch(() => undefined));
  });

  test('have one that goes with HAProxy', async () => {
    const [before] = await until(30, 'some host has it', async () => ((await holdersOf(nodes, cluster.hosts)).length === 1 ? holdersOf(nodes, cluster.hosts) : undefined));
    await cluster.hosts.find(({ name }) => name === before)!.must('systemctl stop haproxy');

    await until(30, 'another host has it', async () => ((await holdersOf(nodes, cluster.hosts)).some((name) => name !== before) ? true : undefined));
    expect(await through(cluster.admin, nodes, 5433, 'SELECT pg_is_in_recovery()')).toBe('f');
    await cluster.hosts.find(({ name }) => name === before)!.must('systemctl start haproxy');
  });

  test('survive the loss of the one that leads', async () => {
    await cluster.hosts[1]!.powerOff();

    await until(60, 'another one leads, and has the address', async () => ((await holdersOf(leaders, [cluster.hosts[0]!, cluster.hosts[2]!])).length === 1 ? true : undefined));
    await until(30, 'writes go through it', () => through(cluster.admin, leaders, 5432, 'DROP TABLE kept; SELECT 1').catch(() => undefined));
    await cluster.hosts[1]!.start();
    await until(60, 'the host is back and follows', async () => ((await cluster.hosts[1]!.run(['pg_isready', '-q'], { as: 'postgres' })).code === 0 ? true : undefined));
  });
});
