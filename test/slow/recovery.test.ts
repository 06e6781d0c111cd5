import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { askPostgres, wholeCluster } from '../support/membership.ts';

const inventory = '/etc/pgark/pgark.yml';

describe('a cluster of three bookworm hosts, each with a repository of its own, and a fourth host', () => {
  let cluster: Cluster;
  let before: { moment: string; rows: string };

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'recovery', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 4, network: 36 }, await bundleFor('bookworm'));
    const fourth = `    nodes: { hosts: { ${cluster.addresses[3]}: {} } }\n`;
    await cluster.admin.must(`mkdir -p /etc/pgark; cat > ${inventory}`, { stdin: trioInventory(cluster.addresses.slice(0, 3)).replace('    etcd:\n', `${fourth}    etcd:\n`) });
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 3600 });
    await sql(cluster.admin, 5433, 'app', 'CREATE TABLE kept (id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), note text)');
  });
  afterAll(() => cluster?.discard());

  const run = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 3600 });
  const pgark = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    expect(code, stdout + stderr).toBe(0);
    return stdout + stderr;
  };
  const restore = (...words: string[]) => run('restore', '--cluster', 'pg-test', '--confirm', 'pg-test', ...words);
  const restored = (...words: string[]) => pgark('restore', '--cluster', 'pg-test', '--confirm', 'pg-test', ...words);
  const write = (count: number, note: string) => sql(cluster.admin, 5433, 'app', `INSERT INTO kept (note) SELECT '${note} ' || md5(i::text) FROM generate_series(1, ${count}) i`);
  const rows = () => sql(cluster.admin, 5433, 'app', "SELECT count(*) || ' ' || md5(string_agg(id || ' ' || at || ' ' || note, E'\\n' ORDER BY id)) FROM kept");
  const whole = () => until(120, 'three members', async () => ((await wholeCluster(cluster.admin, 'pg-test'))?.length === 3 ? wholeCluster(cluster.admin, 'pg-test') : undefined));
  const besides = async () => (await Promise.all(cluster.hosts.slice(0, 3).map((host) => host.must('ls /pg/')))).map((names) => names.split('\n').filter((name) => /restore|before/.test(name)));

  /** What there is at a moment, two seconds before which and after which nothing is written. */
  async function remember(): Promise<{ moment: string; rows: string }> {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const told = await rows();
    const moment = await sql(cluster.admin, 5433, 'app', "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { moment: `${moment}Z`, rows: told };
  }

  test('a point before the first backup, one to come and one that is never reached are refused, and nothing is touched', async () => {
    const members = await whole();

    const answers = [await restore('--time', '2020-01-01 00:00Z'), await restore('--time', '2099-01-01 00:00Z'), await restore('--name', 'nobody made it'), await restore('--set', '20200101-000000F', '--latest')];

    expect(answers.map(({ code }) => code)).toEqual([3, 3, 3, 3]);
    expect(answers[0]!.stderr).toContain('is before the end of the first backup');
    expect(answers[1]!.stderr).toContain('is still to come');
    expect(answers[2]!.stderr).toContain('is not reached: WAL ends before it');
    expect(answers[3]!.stderr).toContain('there is no sound backup 20200101-000000F');
    expect(await whole()).toEqual(members);
    expect(await besides()).toEqual([[], [], []]);
  });

  test('the second before a wrong DROP TABLE comes back row for row, from an archive that lies on two members', async () => {
    await write(5000, 'before the switchover');
    await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-2', '--yes');
    await write(5000, 'after it');
    before = await remember();
    await write(100, 'too late');
    await sql(cluster.admin, 5433, 'app', 'DROP TABLE kept; CREATE TABLE wrong (a int)');

    const told = await restored('--time', before.moment);

    expect(told).toContain('is restored: stopped before commit of transaction');
    expect(await rows()).toBe(before.rows);
    expect(await sql(cluster.admin, 5433, 'app', "SELECT count(*) FROM pg_class WHERE relname = 'wrong'")).toBe('0');
    expect(await whole()).toContain('pg-test-1 Leader');
    expect(await Promise.all(cluster.hosts.slice(0, 3).map((host) => askPostgres(host, 'SELECT 1')))).toEqual(['1', '1', '1']);
    await pgark('plan', '--detailed-exitcode');
  });

  test('a look beside the running cluster touches nothing, and can be thrown away', async () => {
    await write(10, 'goes on');
    const now = await rows();

    const told = await restored('--time', before.moment, '--pause');
    const beside = await cluster.hosts[0]!.must('cd /; runuser -u postgres -- psql -XAtq -h /pg/restore/socket -d app -c "SELECT count(*) FROM kept"');

    expect(told).toContain('It stands beside the cluster');
    expect(beside.trim()).toBe(before.rows.split(' ')[0]);
    expect(await rows()).toBe(now);
    await restored('--cancel');
    expect((await besides()).flat().filter((name) => name === 'restore' || name === 'data-restore')).toEqual([]);
    expect(await rows()).toBe(now);
  });

  test('what was restored is restored a second time, along its own timeline, from a backup of a member that was a replica once', async () => {
    await pgark('backup', 'now', 'pg-test', '--type', 'full');
    await write(20, 'second life');
    const second = await remember();
    await sql(cluster.admin, 5433, 'app', 'DELETE FROM kept');

    await restored('--time', second.moment);

    expect(await rows()).toBe(second.rows);
  });

  test('a restore is taken back, and what was there is there again', async () => {
    const members = await restored('--cancel');

    expect(members).toContain('pg-test is what it was');
    expect(await sql(cluster.admin, 5433, 'app', 'SELECT count(*) FROM kept')).toBe('0');
    await write(30, 'third life');
    before = await remember();
    await restored('--drop');
    expect((await besides()).flat()).toEqual([]);
  });

  test('a copy begins beside the original, which goes on and hears nothing of it', async () => {
    const members = await whole();

    await pgark('restore', '--cluster', 'pg-test', '--to', 'pg-fork', '--on', cluster.addresses[3]!, '--time', before.moment, '--confirm', 'pg-fork');

    const fourth = cluster.hosts[3]!;
    const ask = (text: string) => fourth.must(`cd /; runuser -u postgres -- psql -XAtq -d app -c "${text}"`).then((said) => said.trim());
    expect(await ask("SELECT count(*) || ' ' || md5(string_agg(id || ' ' || at || ' ' || note, E'\\n' ORDER BY id)) FROM kept")).toBe(before.rows);
    expect(await ask('SHOW archive_command')).toContain('--stanza=pg-fork');
    expect(await whole()).toEqual(members);
    expect(await rows()).toBe(before.rows);
    await ask("INSERT INTO kept (note) VALUES ('of the fork')");
    expect(await rows()).toBe(before.rows);
  });

  test('when all members have lost their data, no new cluster is mixed into the repository, and all comes back from it', async () => {
    await write(40, 'last words');
    const last = await rows();
    await sql(cluster.admin, 5433, 'app', 'SELECT pg_switch_wal()');
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    for (const host of cluster.hosts.slice(0, 3)) await host.must('systemctl stop patroni; rm -rf /data/postgres/pg-test-15/data');

    const refused = await run('install', '--yes');

    expect(refused.code).toBe(8);
    expect(refused.stdout + refused.stderr).toContain('pgark restore --cluster pg-test --latest');

    await restored('--latest');

    expect(await rows()).toBe(last);
    expect(await whole()).toHaveLength(3);
    await pgark('apply', '--yes');
  });
});
