import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { holdersOf, through } from '../support/virtual.ts';

const leaders = '10.10.33.100';
const nodes = '10.10.33.101';

describe('addresses that move, on three bookworm hosts', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'vip', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 33 }, await bundleFor('bookworm'));
    await describeAs('pg_vip_enabled: true', `pg_vip_address: ${leaders}/24`, 'vip_enabled: true', `vip_address: ${nodes}`, 'vip_vrid: 101', 'vip_dns_suffix: .vip');
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 1500 });
    await sql(cluster.admin, 5433, 'postgres', 'CREATE TABLE kept (note text)');
  });
  afterAll(() => cluster?.discard());

  const describeAs = (...vars: string[]) => cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 900 });
  const holders = (address: string) => holdersOf(address, cluster.hosts);
  /** The number of the host that leads, as an address finds it. */
  const led = (address: string, port: number) => through(cluster.admin, address, port, "SELECT current_setting('cluster_name') || ' ' || rtrim(pg_read_file('/etc/hostname'), chr(10)) || ' ' || pg_is_in_recovery()");
  const settled = (what: string, address: string, holder: string) => until(60, what, async () => ((await holders(address)).join() === holder ? true : undefined));

  test('are at one host each, the one of the cluster at its leader', async () => {
    await settled('the leader has its address', leaders, 'vip-1');
    await until(30, 'some node has the address of the nodes', async () => ((await holders(nodes)).length === 1 ? true : undefined));

    expect(await led(leaders, 5432)).toBe('pg-test pg-test-1 false');
    expect(await led(nodes, 5433)).toBe('pg-test pg-test-1 false');
  });

  test('have names', async () => {
    const names = await cluster.hosts[1]!.must('getent hosts pg-test pg-test.vip');

    expect(names.split('\n').map((line) => line.split(/\s+/).join(' '))).toEqual([`${leaders} pg-test`, `${nodes} pg-test.vip`, '']);
  });

  test('leave nothing to do for a second run', async () => {
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
  });

  test('go with the lead of the cluster', async () => {
    const { code, stderr } = await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-3', '--yes');

    expect(code, stderr).toBe(0);
    await settled('the new leader has the address, and nobody else', leaders, 'vip-3');
    await until(30, 'writes go through it', () => through(cluster.admin, leaders, 5432, "INSERT INTO kept VALUES ('after the switchover') RETURNING 1").catch(() => undefined));
  });

  test('go when the HAProxy of the host ends, and do not come back by themselves', async () => {
    const [before] = await holders(nodes);
    const host = cluster.hosts.find(({ name }) => name === before)!;
    await host.must('systemctl stop haproxy');

    await until(30, 'another host has the address', async () => ((await holders(nodes)).some((name) => name !== before) && !(await holders(nodes)).includes(before!) ? true : undefined));
    const [after] = await holders(nodes);
    expect(await led(nodes, 5433)).toBe('pg-test pg-test-3 false');

    await host.must('systemctl start haproxy');
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await holders(nodes)).toEqual([after]);
  });

  test('are taken away when nobody looks after them', async () => {
    await cluster.hosts[2]!.must('systemctl stop vip-manager');

    expect(await holders(leaders)).toEqual([]);

    await cluster.hosts[2]!.must('systemctl start vip-manager');
    await settled('the leader has the address again', leaders, 'vip-3');
  });

  test('leave a host whose Patroni is silent, long before another may lead', async () => {
    await cluster.hosts[2]!.must('systemctl kill -s STOP patroni');
    const silent = Date.now();
    await until(15, 'nobody has the address', async () => ((await holders(leaders)).length === 0 ? true : undefined));
    const seconds = (Date.now() - silent) / 1000;
    await cluster.hosts[2]!.must('systemctl kill -s CONT patroni');

    expect(seconds).toBeLessThan(15);
    await until(90, 'the leader has the address', async () => ((await holders(leaders)).length === 1 ? true : undefined));
  });

  test('go when the power of the leader does, and writes with them', async () => {
    const [before] = await holders(leaders);
    const host = cluster.hosts.find(({ name }) => name === before)!;
    const others = cluster.hosts.filter(({ name }) => name !== before);
    const client = others[0]!;
    const gone = Date.now();
    await host.powerOff();

    await until(60, 'another host has the address', async () => ((await holdersOf(leaders, others)).length === 1 ? true : undefined));
    const moved = (Date.now() - gone) / 1000;
    await until(30, 'a client reaches a leader by it', () => client.run(['pg_isready', '-q', '-h', leaders]).then(({ code }) => (code === 0 ? true : undefined)));
    console.log(`the address of the cluster was at another host ${moved.toFixed(1)} s after the power had gone`);

    await host.start();
    await until(60, 'the host is back and follows', async () => ((await host.run(['pg_isready', '-q'], { as: 'postgres' })).code === 0 ? true : undefined));
    expect(moved).toBeLessThan(45);
    expect((await holders(leaders)).length).toBe(1);
    expect(await holders(leaders)).not.toContain(before);
  });

  test('go for good when the inventory no longer asks for them', async () => {
    await describeAs();
    const { code, stderr } = await pgark('apply', '--yes');

    expect(code, stderr).toBe(0);
    expect([...(await holders(leaders)), ...(await holders(nodes))]).toEqual([]);
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
  });
});
