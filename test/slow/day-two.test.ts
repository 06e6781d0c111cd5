import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';

interface Row {
  name: string;
  role?: string;
  state?: string;
  lag?: number;
  pendingRestart?: boolean;
  lost?: string;
}
interface Rows {
  name: string;
  leader?: string;
  note?: string;
  problem?: string[];
  members: Row[];
}

describe('a cluster of three bookworm hosts, while it runs', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'daytwo', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 22 }, await bundleFor('bookworm'));
    await describeAs();
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 1500 });
    await sql(cluster.admin, 5433, 'postgres', "CREATE TABLE kept (note text); INSERT INTO kept VALUES ('from the start');");
  });
  afterAll(() => cluster?.discard());

  const describeAs = (...vars: string[]) => cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 600 });
  const rows = async (): Promise<Rows> => (JSON.parse((await pgark('pg', 'list', '--json')).stdout) as { clusters: Rows[] }).clusters[0]!;
  const hostOf = (member: string) => cluster.hosts[Number(member.at(-1)) - 1]!;
  const others = (leader: string | undefined) => ['pg-test-1', 'pg-test-2', 'pg-test-3'].filter((name) => name !== leader);
  const kept = () => sql(cluster.admin, 5433, 'postgres', 'SELECT count(*) FROM kept');
  const settings = (name: string) => Promise.all(cluster.hosts.map(async (host) => (await host.must(['psql', '-XAtq', '-d', 'postgres', '-c', `SHOW ${name}`], { as: 'postgres' })).trim()));

  test('is listed with its leader, and replicas that are not behind', async () => {
    const found = await until(60, 'two replicas have caught up', async () => {
      const now = await rows();
      return now.members.filter(({ role, lag }) => role === 'Replica' && lag === 0).length === 2 ? now : undefined;
    });

    expect(found).toMatchObject({ name: 'pg-test', leader: 'pg-test-1' });
  });

  test('hands its lead over to the member that is named', async () => {
    const { code, stdout, stderr } = await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-3', '--yes');

    expect(code, stdout + stderr).toBe(0);
    expect((await rows()).leader).toBe('pg-test-3');
    await until(30, 'writes reach the new leader', async () => (await sql(cluster.admin, 5433, 'postgres', "INSERT INTO kept VALUES ('after the switchover') RETURNING 1").catch(() => undefined)) || undefined);
    expect(await kept()).toBe('2');
  });

  test('names who it has when there is no member of a name', async () => {
    const { code, stderr } = await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-tets-2', '--yes');

    expect(code).toBe(2);
    expect(stderr).toContain('pg-test has no member "pg-tets-2", did you mean "pg-test-2"?');
  });

  test('takes a setting that needs a restart, member after member', async () => {
    await describeAs('pg_max_conn: 621');
    await cluster.admin.must(['pgark', 'apply', '--yes'], { timeout: 900 });
    await until(60, 'every member waits for a restart', async () => ((await rows()).members.every(({ pendingRestart }) => pendingRestart === true) ? true : undefined));

    const { code, stdout, stderr } = await pgark('pg', 'restart', 'pg-test', '--pending', '--yes');

    expect(code, stdout + stderr).toBe(0);
    expect(await settings('max_connections')).toEqual(['621', '621', '621']);
    expect((await rows()).members.some(({ pendingRestart }) => pendingRestart)).toBe(false);
    expect((await rows()).leader).not.toBe('pg-test-3');
  });

  test('makes a replica anew, when its exact name is given, and never the leader', async () => {
    const { leader } = await rows();
    const replica = others(leader)[0]!;
    const birth = () => hostOf(replica).must(['stat', '-L', '-c', '%i %Z', '/pg/data/PG_VERSION']);
    const before = await birth();

    const refused = [await pgark('pg', 'reinit', 'pg-test', replica, '--yes'), await pgark('pg', 'reinit', 'pg-test', replica, '--confirm', leader!), await pgark('pg', 'reinit', 'pg-test', leader!, '--confirm', leader!)];
    const untouched = await birth();
    const { code, stdout, stderr } = await pgark('pg', 'reinit', 'pg-test', replica, '--confirm', replica);

    expect(refused.map((each) => each.code)).toEqual([2, 2, 2]);
    expect(untouched).toBe(before);
    expect(code, stdout + stderr).toBe(0);
    expect(await birth()).not.toBe(before);
    expect((await hostOf(replica).must(['psql', '-XAtq', '-d', 'postgres', '-c', 'SELECT count(*) FROM kept'], { as: 'postgres' })).trim()).toBe('2');
  });

  test('is changed by one run at a time, and the other one hears who it is', async () => {
    const lock = JSON.stringify({ by: 'bob@elsewhere', pid: 77, boot: 'another', since: '2026-11-22T08:00:00Z' });
    await cluster.hosts[1]!.must('cat > /run/pgark.lock', { stdin: lock });

    const { code, stderr } = await pgark('pg', 'restart', 'pg-test', '--yes');
    const left = [await cluster.hosts[0]!.run(['test', '-e', '/run/pgark.lock']), await cluster.hosts[2]!.run(['test', '-e', '/run/pgark.lock'])];
    await cluster.hosts[1]!.must(['rm', '/run/pgark.lock']);

    expect(code).toBe(8);
    expect(stderr).toContain('bob@elsewhere is changing this host since 2026-11-22T08:00:00Z');
    expect(left.map(({ code }) => code)).toEqual([1, 1]);
  });

  test('tells its status without a host that is lost', async () => {
    const replica = others((await rows()).leader).find((name) => name !== 'pg-test-1')!;
    await hostOf(replica).stop();

    const { code, stdout } = await pgark('status', '--json');
    const status = JSON.parse(stdout) as { hosts: { host: string; unreachable?: string; services?: unknown[] }[]; clusters: Rows[] };
    await hostOf(replica).start();

    expect(code).toBe(7);
    expect(status.hosts.map(({ host, unreachable }) => [host, unreachable !== undefined])).toEqual(['pg-test-1', 'pg-test-2', 'pg-test-3'].map((name) => [name, name === replica]));
    expect(status.clusters).toHaveLength(1);
    expect(status.clusters[0]!.members.find(({ name }) => name === replica)?.lost).toContain('no root shell');
    await until(120, 'it streams again', async () => ((await rows()).members.find(({ name }) => name === replica)?.lag === 0 ? true : undefined));
  });

  test('gets a leader by hand where it has none and may choose none', async () => {
    const first = (await rows()).leader!;
    if (first === 'pg-test-1') await cluster.admin.must(['pgark', 'pg', 'switchover', 'pg-test', '--yes'], { timeout: 300 });
    const lost = (await rows()).leader!;
    await cluster.admin.must(['patronictl', '-c', '/etc/patroni/patroni.yml', 'pause', '--wait', 'pg-test']);
    await hostOf(lost).stop();
    await until(90, 'nobody leads', async () => ((await rows()).leader === undefined ? true : undefined));

    const { code, stdout, stderr } = await pgark('pg', 'failover', 'pg-test', '--to', 'pg-test-1', '--yes');
    await cluster.admin.must(['patronictl', '-c', '/etc/patroni/patroni.yml', 'resume', '--wait', 'pg-test']);
    await hostOf(lost).start();

    expect(code, stdout + stderr).toBe(0);
    expect((await rows()).leader).toBe('pg-test-1');
    await until(180, 'the lost one streams again', async () => ((await rows()).members.find(({ name }) => name === lost)?.lag === 0 ? true : undefined));
  });

  test('is not changed while etcd has no quorum, and is said to be so', async () => {
    for (const host of cluster.hosts.slice(1)) await host.must(['systemctl', 'stop', 'etcd']);

    const said = await until(90, 'the leader no longer takes writes', async () => {
      const now = await rows();
      return now.note ?? now.problem?.join('; ');
    });
    const { code, stderr } = await pgark('pg', 'switchover', 'pg-test', '--yes');
    for (const host of cluster.hosts.slice(1)) await host.must(['systemctl', 'start', 'etcd']);

    expect(said).toMatch(/takes no writes|Patroni does not tell how it stands/);
    expect([7, 8]).toContain(code);
    expect(stderr).toContain('more than half of the members of etcd');
    await until(120, 'it has a leader that takes writes again', async () => (await kept().catch(() => undefined)) || undefined);
  });
});
