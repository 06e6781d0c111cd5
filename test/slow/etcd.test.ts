import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, type Cluster } from '../support/cluster.ts';
import { bundleFor, until } from '../support/deploy.ts';
import { startsOf } from '../support/membership.ts';

interface Row {
  name: string;
  address: string;
  state: string;
}
interface Rows {
  quorum: boolean;
  leader?: string;
  members: Row[];
}

describe('etcd on bookworm hosts, beside a database', () => {
  let cluster: Cluster;
  let born: string[];

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'etcd', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 4, network: 29 }, await bundleFor('bookworm'));
    await describeAs([1]);
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 1500 });
    born = await startsOf([cluster.admin]);
  });
  afterAll(() => cluster?.discard());

  /** Members of etcd on the hosts of these numbers, in this order; the database is on the first host. */
  const describeAs = (hosts: readonly number[], ...vars: string[]) => cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: inventory(hosts, vars) });
  const inventory = (hosts: readonly number[], vars: readonly string[]): string => `all:
  children:
    infra: { hosts: { ${cluster.addresses[0]}: { infra_seq: 1 } } }
    etcd:
      hosts:
${hosts.map((host, index) => `        ${cluster.addresses[host - 1]}: { etcd_seq: ${index + 1} }\n`).join('')}      vars: { ${['etcd_cluster: etcd', ...vars].join(', ')} }
    pg-test: { hosts: { ${cluster.addresses[0]}: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test } }
  vars: { admin_ip: ${cluster.addresses[0]}, ansible_user: root }
`;
  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 1500 });
  const apply = async () => {
    const { code, stdout, stderr } = await pgark('apply', '--yes');
    expect(code, stdout + stderr).toBe(0);
  };
  const list = async (): Promise<Rows> => JSON.parse((await pgark('etcd', 'list', '--json')).stdout) as Rows;
  const states = async () => (await list()).members.map(({ name, state }) => `${name} ${state}`);
  const votes = async (count: number) => until(60, `${count} members vote`, async () => ((await states()).filter((each) => / (leads|follows)$/.test(each)).length === count ? true : undefined));
  const etcdctl = (host: number, words: string) => cluster.hosts[host - 1]!.must(`set -a; . /etc/etcd/etcdctl.env; set +a; etcdctl ${words}`);
  const starts = () => Promise.all([1, 2].map((host) => cluster.hosts[host - 1]!.must(['systemctl', 'show', '-p', 'ExecMainStartTimestamp', 'etcd'])));
  const loseData = (host: number) => cluster.hosts[host - 1]!.must('systemctl stop etcd; rm -rf /data/etcd/member');
  const endpoints = async () => (await cluster.admin.must(['grep', '-o', '10[.]10[.]29[.][0-9]*:2379', '/etc/patroni/patroni.yml'])).trim().split('\n');
  const writes = async () => (await cluster.admin.must(['psql', '-XAtq', '-d', 'postgres', '-c', 'CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1) RETURNING a'], { as: 'postgres' })).trim();
  const expectSettled = async () => {
    const { code, stdout } = await pgark('plan', '--detailed-exitcode');
    expect(code, stdout).toBe(0);
  };
  /** Whatever etcd went through, nobody restarted the database, and it takes writes. */
  const expectDatabaseWell = async () => {
    expect(await startsOf([cluster.admin])).toEqual(born);
    expect(await writes()).toBe('1');
  };

  test('grows from one member to three, one after the other, and Patroni hears of it by a reload', async () => {
    await describeAs([1, 2, 3]);
    const { stdout } = await pgark('plan');
    await apply();

    expect(stdout).toContain('etcd: etcd-2 is taken in by the other members');
    expect((await states()).toSorted()).toEqual(['etcd-1 leads', 'etcd-2 follows', 'etcd-3 follows']);
    expect(await endpoints()).toEqual([11, 12, 13].map((at) => `10.10.29.${at}:2379`));
    await expectDatabaseWell();
    await expectSettled();
  });

  test('asks peers and clients for certificates of the deployment', async () => {
    const strange = (port: number) => cluster.hosts[1]!.run(`openssl s_client -connect ${cluster.addresses[0]}:${port} -CAfile /etc/etcd/ca.crt -verify_return_error </dev/null 2>&1 | grep -c 'alert bad certificate\\|certificate required'`);
    const known = (port: number) => cluster.hosts[1]!.run(`printf 'GET /version HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect ${cluster.addresses[0]}:${port} -CAfile /etc/etcd/ca.crt -cert /etc/etcd/server.crt -key /etc/etcd/server.key -verify_return_error 2>/dev/null | grep -c etcdserver`);

    expect([(await strange(2379)).stdout.trim(), (await strange(2380)).stdout.trim()]).toEqual(['1', '1']);
    expect([(await known(2379)).stdout.trim(), (await known(2380)).stdout.trim()]).toEqual(['1', '1']);
  });

  test('goes on without one of three, and so does the database', async () => {
    await cluster.hosts[0]!.must(['systemctl', 'stop', 'etcd']);
    await new Promise((resolve) => setTimeout(resolve, 45_000));

    const seen = await states();
    await expectDatabaseWell();
    await apply();

    expect(seen).toContain('etcd-1 no answer');
    await votes(3);
  });

  test('takes another setting member after member, and never one while another is down', async () => {
    await describeAs([1, 2, 3], 'etcd_heartbeat_interval: 150');
    await cluster.hosts[2]!.must('systemctl stop etcd; chmod 000 /usr/bin/etcd');
    const before = await starts();

    const { code, stderr, stdout } = await pgark('apply', '--yes');
    const after = await starts();
    await cluster.hosts[2]!.must('chmod 755 /usr/bin/etcd');

    expect(code, stdout + stderr).not.toBe(0);
    expect(after).toEqual(before);
    await apply();
    await votes(3);
    expect((await starts()).filter((each) => before.includes(each))).toEqual([]);
    await expectSettled();
    await expectDatabaseWell();
  });

  test('takes a member in again whose data is gone, and names it', async () => {
    await loseData(2);

    const rows = await states();
    const { stdout } = await pgark('plan');
    await apply();

    expect(rows).toContain('etcd-2 data is gone');
    expect(stdout).toContain('etcd: etcd-2 is taken in by the other members, which know it: its data is gone');
    await votes(3);
    await expectSettled();
  });

  test('does so too when the data went while it ran', async () => {
    await cluster.hosts[1]!.must(['rm', '-rf', '/data/etcd/member']);

    await apply();

    await votes(3);
    await expectSettled();
  });

  test('takes nobody out without the name, nor when it is protected', async () => {
    const unnamed = await pgark('etcd', 'remove', 'etcd-3');
    const other = await pgark('etcd', 'remove', 'etcd-3', '--confirm', 'etcd-2');
    await describeAs([1, 2, 3], 'etcd_heartbeat_interval: 150', 'etcd_safeguard: true');
    const guarded = await pgark('etcd', 'remove', 'etcd-3', '--confirm', 'etcd-3');
    await describeAs([1, 2, 3], 'etcd_heartbeat_interval: 150');

    expect([unnamed.code, other.code, guarded.code]).toEqual([2, 2, 2]);
    await votes(3);
  });

  test('gives up a member whose host is gone for ever, and takes another host in its place', async () => {
    await cluster.hosts[2]!.stop();

    const { code, stdout, stderr } = await pgark('etcd', 'remove', 'etcd-3', '--confirm', 'etcd-3', '--json');
    await describeAs([1, 2, 4], 'etcd_heartbeat_interval: 150');
    await apply();

    expect(code, stdout + stderr).toBe(0);
    expect((await list()).members.map(({ name, address }) => `${name} ${address}`)).toEqual([1, 2, 4].map((host, index) => `etcd-${index + 1} ${cluster.addresses[host - 1]}`));
    await votes(3);
    expect(await endpoints()).toEqual([11, 12, 14].map((at) => `10.10.29.${at}:2379`));
    await expectDatabaseWell();
  });

  test('is taken through an addition that was cut off', async () => {
    await describeAs([1, 2], 'etcd_heartbeat_interval: 150');
    expect((await pgark('etcd', 'remove', 'etcd-3', '--confirm', 'etcd-3')).code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    await etcdctl(1, `member add etcd-3 --learner --peer-urls=https://${cluster.addresses[3]}:2380`);
    await describeAs([1, 2, 4], 'etcd_heartbeat_interval: 150');

    const rows = await states();
    await apply();

    expect(rows).toContain('etcd-3 never started');
    await votes(3);
    await expectSettled();
  });

  test('without a quorum: says so everywhere, with names, and begins nothing', async () => {
    const patroni = await cluster.admin.must(['sha256sum', '/etc/patroni/patroni.yml']);
    await Promise.all([2, 4].map((host) => cluster.hosts[host - 1]!.stop()));
    await until(30, 'there is no leader', async () => ((await list()).quorum ? undefined : true));

    const plan = await pgark('plan');
    const applied = await pgark('apply', '--yes');
    const status = await pgark('status');
    const listed = await pgark('etcd', 'list');

    expect(plan.stderr).toContain('etcd has no quorum: etcd-1');
    expect(applied.code, applied.stderr).not.toBe(0);
    expect(applied.stderr).toContain(`etcd-2 (${cluster.addresses[1]}) cannot be reached`);
    expect([status.code, listed.code]).toEqual([7, 7]);
    expect(listed.stdout).toContain('no quorum');
    expect(await cluster.admin.must(['sha256sum', '/etc/patroni/patroni.yml'])).toBe(patroni);
  });

  test('comes back with its hosts', async () => {
    await Promise.all([2, 4].map((host) => cluster.hosts[host - 1]!.start()));

    await votes(3);
    await until(60, 'the database takes writes', async () => writes().catch(() => undefined));
    await apply();
    await expectSettled();
  });
});
