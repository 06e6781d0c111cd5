import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { askPostgres, filesNaming, runningOn, startsOf, wholeCluster } from '../support/membership.ts';

const inventory = '/etc/pgark/pgark.yml';

describe('three bookworm hosts and a fourth, which comes and goes', () => {
  let cluster: Cluster;
  let three: Cluster['hosts'];
  let fourth: Cluster['hosts'][number];
  let address: string;
  let starts: string[];

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'members', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 4, network: 27 }, await bundleFor('bookworm'));
    three = cluster.hosts.slice(0, 3);
    fourth = cluster.hosts[3]!;
    address = cluster.addresses[3]!;
    await cluster.admin.must(`mkdir -p /etc/pgark; cat > ${inventory}`, { stdin: `# ours\n${trioInventory(cluster.addresses.slice(0, 3))}` });
    await pgark('install', '--yes');
    await sql(cluster.admin, 5433, 'postgres', "CREATE TABLE kept (note text); INSERT INTO kept VALUES ('from the start');");
    starts = await startsOf(three);
  });
  afterAll(() => cluster?.discard());

  const run = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 1800 });
  const pgark = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    expect(code, stdout + stderr).toBe(0);
    return stdout;
  };
  const whole = (size: number, name = 'pg-test') => until(120, `${size} members of ${name}`, async () => ((await wholeCluster(cluster.admin, name))?.length === size ? wholeCluster(cluster.admin, name) : undefined));
  const written = () => cluster.admin.must(['cat', inventory]);
  const keptOn = (host = fourth) => askPostgres(host, 'SELECT count(*) FROM kept');

  /** Nobody was restarted, nothing was lost, and nothing is left to do. */
  async function expectOthersUntouched(): Promise<void> {
    expect(await startsOf(three)).toEqual(starts);
    expect(await Promise.all(three.map((host) => keptOn(host)))).toEqual(['1', '1', '1']);
    await pgark('plan', '--detailed-exitcode');
  }

  test('a replica that is written into the inventory comes with apply', async () => {
    await cluster.admin.must(`sed -i 's/^\\( *\\)${cluster.addresses[2]}: { pg_seq: 3.*/&\\n\\1${address}: { pg_seq: 4, pg_role: replica }/' ${inventory}`);

    await pgark('apply', '--yes');

    expect(await whole(4)).toContain('pg-test-4 Replica');
    expect(await keptOn()).toBe('1');
    expect(await filesNaming(address, three)).toEqual(expect.arrayContaining(three.map(({ name }) => `${name}:/etc/haproxy/conf.d/pg-test-replica.cfg`)));
    await expectOthersUntouched();
  });

  test('nothing is removed without its exact name, and the leader not at all', async () => {
    const leader = (await whole(4)).find((each) => each.endsWith('Leader'))!.split(' ')[0]!;
    const before = await written();

    const codes = [
      await run('pg', 'remove', 'pg-test', 'pg-test-4'),
      await run('pg', 'remove', 'pg-test', 'pg-test-4', '--confirm', 'pg-test'),
      await run('pg', 'remove', 'pg-test', leader, '--confirm', leader),
      await run('pg', 'remove', 'pg-other', '--confirm', 'pg-other'),
      await run('node', 'remove', cluster.addresses[0]!, '--confirm', cluster.addresses[0]!),
      await run('node', 'remove', address, '--confirm', address, '--lost'),
    ].map(({ code }) => code);

    expect(codes).toEqual([2, 2, 2, 2, 2, 2]);
    expect(await written()).toBe(before);
    expect(await whole(4)).toHaveLength(4);
  });

  test('it is removed by its name, its data are kept, and its host stays a node', async () => {
    await pgark('pg', 'remove', 'pg-test', 'pg-test-4', '--confirm', 'pg-test-4');

    expect(await whole(3)).not.toContain('pg-test-4 Replica');
    expect(await runningOn(fourth)).toEqual(['haproxy', 'prometheus-node-exporter']);
    expect(await fourth.must('ls -d /data/postgres/pg-test-*.removed-*/data/PG_VERSION')).toMatch(/^\/data\/postgres\/pg-test-\d+\.removed-\d{8}T\d{6}Z\/data\/PG_VERSION\n$/);
    expect((await fourth.run('find / -xdev \\( -name "etcd.key" -o -name "server.key" -o -name patroni.yml -o -name .pgpass \\) -not -path "/proc/*"')).stdout).toBe('');
    expect((await filesNaming(address, three)).filter((path) => !/hosts$|targets\/node/.test(path))).toEqual([]);
    expect((await cluster.admin.run('ls /etc/pgark/vault/issued | grep pg-test-4')).code).toBe(1);
    await expectOthersUntouched();
  });

  test('it comes back by command, and the rest of the inventory stays as it was', async () => {
    const before = await written();
    expect(await pgark('pg', 'add', 'pg-test', address, '--dry-run')).toContain(`+         ${address}: { pg_seq: 4, pg_role: replica }`);
    expect(await written()).toBe(before);

    await pgark('pg', 'add', 'pg-test', address, '--yes');

    expect(await whole(4)).toContain('pg-test-4 Replica');
    expect(await keptOn()).toBe('1');
    expect(new Set((await written()).split('\n'))).toEqual(new Set([...before.split('\n'), `        ${address}: { pg_seq: 4, pg_role: replica }`]));
    await expectOthersUntouched();
  });

  test('a host that is only struck from the inventory is named by every plan, and left alone', async () => {
    await cluster.admin.must(`sed -i '/${address}/d; /^    nodes:/,/^      hosts:/d' ${inventory}`);

    const { code, stderr } = await run('plan');

    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`${address} runs pg-test-4 still, and has left the inventory; pgark node remove ${address}`);
    expect(await runningOn(fourth)).toContain('patroni');
  });

  test('it is taken out with all that it was, and nobody speaks of it any more', async () => {
    await pgark('node', 'remove', address, '--confirm', address);

    expect(await whole(3)).toHaveLength(3);
    expect(await runningOn(fourth)).toEqual([]);
    expect(await filesNaming(address, three)).toEqual([]);
    expect((await fourth.run('ls /etc/pki/ca.crt /etc/apt/sources.list.d/pgark.sources')).code).not.toBe(0);
    expect((await run('plan')).stderr).not.toContain(address);
    await expectOthersUntouched();
  });

  test('a whole cluster comes and goes on it, and the other one hears nothing of that', async () => {
    await pgark('pg', 'add', 'pg-more', address, '--new', '--yes');
    await whole(1, 'pg-more');
    await askPostgres(fourth, 'CREATE TABLE other (note text)');
    const users = () => cluster.admin.must('set -a; . /etc/etcd/etcdctl.env; set +a; etcdctl user list');
    expect((await users()).split('\n')).toContain('pg-more');
    await expectOthersUntouched();

    expect((await run('pg', 'remove', 'pg-more', 'pg-more-1', '--confirm', 'pg-more-1')).code).toBe(2);
    await pgark('pg', 'remove', 'pg-more', '--confirm', 'pg-more');

    expect((await users()).split('\n')).not.toContain('pg-more');
    expect(await cluster.admin.must('set -a; . /etc/etcd/etcdctl.env; set +a; etcdctl get /pg/pg-more --prefix --keys-only')).toBe('');
    expect(await cluster.admin.must('ls /etc/pgark/vault/retired')).toMatch(/^\d{8}T\d{6}Z\.json\n$/);
    expect(await written()).not.toContain('pg-more');
    await expectOthersUntouched();
  });

  test('one that leads hands over first, and takes its data, its backups and its packages with it where the inventory says so', async () => {
    await pgark('pg', 'add', 'pg-test', address, '--yes');
    await whole(4);
    await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-4', '--yes');
    await cluster.admin.must(`sed -i 's/${address}: { pg_seq: 4,/& pg_rm_data: true, pg_rm_backup: true, pg_rm_pkg: true,/' ${inventory}`);

    await pgark('pg', 'remove', 'pg-test', 'pg-test-4', '--switchover', '--confirm', 'pg-test-4');

    expect((await whole(3)).filter((each) => each.endsWith('Leader'))).toHaveLength(1);
    expect(await fourth.must('ls -A /data/postgres /data/backups 2>/dev/null | grep pg-test-1[0-9]$ || :')).toBe('');
    expect(await fourth.must("dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | sed -n 's/^ii *//p' | grep -E '^(postgresql-[0-9]+|patroni|pgbackrest|pgbouncer)$' || :")).toBe('');
    starts = await startsOf(three);
    await expectOthersUntouched();
  });

  test('one that is dead is forgotten when somebody says that it is lost', async () => {
    await pgark('pg', 'add', 'pg-test', address, '--yes');
    await whole(4);
    await fourth.powerOff();

    const refused = await run('node', 'remove', address, '--confirm', address);
    await pgark('node', 'remove', address, '--lost', '--confirm', address);

    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain(`pgark node remove ${address} --lost`);
    expect(await whole(3)).toHaveLength(3);
    expect(await filesNaming(address, three)).toEqual([]);
    await expectOthersUntouched();
  });
});
