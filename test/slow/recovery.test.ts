import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import type { Host } from '../../vagrant/host.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { askPostgres, wholeCluster } from '../support/membership.ts';

const inventory = '/etc/pgark/pgark.yml';
const ground = { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] } as const;

describe('a cluster of three bookworm hosts, each with a repository of its own, and a fourth host', () => {
  let cluster: Cluster;
  let before: { moment: string; rows: string };

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'recovery', ground, count: 4, network: 36 }, await bundleFor('bookworm'));
    const fourth = `    nodes: { hosts: { ${cluster.addresses[3]}: {} } }\n`;
    await cluster.admin.must(`mkdir -p /etc/pgark; cat > ${inventory}`, { stdin: trio().replace('    etcd:\n', `${fourth}    etcd:\n`) });
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 3600 });
    await sql(cluster.admin, 5433, 'app', 'CREATE TABLE kept (id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), note text)');
  });
  afterAll(() => cluster?.discard());

  const trio = () => trioInventory(cluster.addresses.slice(0, 3));
  const members = (): Host[] => cluster.hosts.slice(0, 3);
  const run = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 3600 });
  const pgark = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    expect(code, stdout + stderr).toBe(0);
    return stdout + stderr;
  };
  const restore = (...words: string[]) => run('restore', '--cluster', 'pg-test', '--confirm', 'pg-test', ...words);
  const restored = (...words: string[]) => pgark('restore', '--cluster', 'pg-test', '--confirm', 'pg-test', ...words);
  const write = (count: number, note: string) => sql(cluster.admin, 5433, 'app', ['kept', 'aside'].map((table) => `INSERT INTO ${table} (note) SELECT '${note} ' || md5(i::text) FROM generate_series(1, ${count}) i;`).join(' '));
  const digest = (table: string) => `(SELECT count(*) || ' ' || coalesce(md5(string_agg(id || ' ' || at || ' ' || note, E'\\n' ORDER BY id)), 'none') FROM ${table})`;
  const allRows = `SELECT ${digest('kept')} || ' ' || ${digest('aside')}`;
  const rows = () => sql(cluster.admin, 5433, 'app', allRows);
  const digestOf = (host: Host, folder: string) => host.must(`find ${folder} -type f | sort | xargs md5sum | md5sum`);
  const whole = () => until(120, 'three members', async () => ((await wholeCluster(cluster.admin, 'pg-test'))?.length === 3 ? wholeCluster(cluster.admin, 'pg-test') : undefined));
  const besides = async () => (await Promise.all(members().map((host) => host.must('ls /pg/ /data/')))).map((names) => names.split('\n').filter((name) => /restore|before/.test(name)));

  /** What there is at a moment, two seconds before which and after which nothing is written. */
  async function remember(): Promise<{ moment: string; rows: string }> {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const told = await rows();
    const moment = await sql(cluster.admin, 5433, 'app', "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { moment: `${moment}Z`, rows: told };
  }

  test('a point before the first backup, one to come and one that is never reached are refused, and nothing is touched', async () => {
    const present = await whole();

    const answers = [await restore('--time', '2020-01-01 00:00Z'), await restore('--time', '2099-01-01 00:00Z'), await restore('--name', 'nobody made it'), await restore('--set', '20200101-000000F', '--latest')];

    expect(answers.map(({ code }) => code)).toEqual([3, 3, 3, 3]);
    expect(answers[0]!.stderr).toContain('is before the end of the first backup');
    expect(answers[1]!.stderr).toContain('is still to come');
    expect(answers[2]!.stderr).toContain('is not reached: WAL ends before it');
    expect(answers[3]!.stderr).toContain('there is no sound backup 20200101-000000F');
    expect(await whole()).toEqual(present);
    expect(await besides()).toEqual([[], [], []]);
  });

  test('with another passphrase than the backups have, nothing is restored, and nothing is touched', async () => {
    const present = await whole();
    for (const host of members()) await host.must("cp -a /etc/pgbackrest/pgbackrest.conf /root/; sed -i 's/^repo1-cipher-pass=.*/repo1-cipher-pass=another-one/' /etc/pgbackrest/pgbackrest.conf");

    const { code, stdout, stderr } = await restore('--latest');
    for (const host of members()) await host.must('cp -a /root/pgbackrest.conf /etc/pgbackrest/');

    expect(code).toBe(3);
    expect(stderr).toContain('pg-test: no backup can be restored');
    expect(stderr).toContain('is its passphrase the one it was written with');
    expect(stdout + stderr).not.toContain('another-one');
    expect(await whole()).toEqual(present);
    expect(await besides()).toEqual([[], [], []]);
  });

  test('the second before a wrong DROP TABLE comes back row for row, from an archive that lies on two members, with a tablespace that was begun after the backup', async () => {
    for (const host of members()) await host.must('install -d -m 700 -o postgres -g postgres /data/aside');
    await askPostgres(cluster.admin, "CREATE TABLESPACE aside LOCATION '/data/aside'");
    await sql(cluster.admin, 5433, 'app', 'CREATE TABLE aside (id bigserial PRIMARY KEY USING INDEX TABLESPACE aside, at timestamptz DEFAULT clock_timestamp(), note text) TABLESPACE aside');
    await write(5000, 'before the switchover');
    await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-2', '--yes');
    await write(5000, 'after it');
    before = await remember();
    await write(100, 'too late');
    await sql(cluster.admin, 5433, 'app', 'DROP TABLE kept; CREATE TABLE wrong (a int); UPDATE aside SET note = note || 1');

    const told = await restored('--time', before.moment);

    expect(told).toContain('is restored: stopped before commit of transaction');
    expect(await rows()).toBe(before.rows);
    expect(await sql(cluster.admin, 5433, 'app', "SELECT count(*) FROM pg_class WHERE relname = 'wrong'")).toBe('0');
    expect(await whole()).toContain('pg-test-1 Leader');
    expect(await Promise.all(members().map((host) => askPostgres(host, "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'aside'")))).toEqual(['/data/aside', '/data/aside', '/data/aside']);
    await pgark('plan', '--detailed-exitcode');
  });

  test('a look beside the running cluster touches nothing, and can be thrown away', async () => {
    await write(10, 'goes on');
    const now = await rows();
    await sql(cluster.admin, 5433, 'app', 'VACUUM FREEZE aside; CHECKPOINT');
    const files = await digestOf(cluster.admin, '/data/aside');

    const told = await restored('--time', before.moment, '--pause');
    const beside = await cluster.hosts[0]!.must('cd /; runuser -u postgres -- psql -XAtq -h /pg/restore/socket -d app -f -', { stdin: allRows });

    expect(told).toContain('It stands beside the cluster');
    expect(beside.trim()).toBe(before.rows);
    expect(await digestOf(cluster.admin, '/data/aside')).toBe(files);
    expect(await rows()).toBe(now);
    await restored('--cancel');
    expect((await besides()).flat().filter((name) => ['restore', 'data-restore', 'aside-restore'].includes(name))).toEqual([]);
    expect(await rows()).toBe(now);
  });

  test('what was restored is restored a second time, along its own timeline, from a backup of a member that was a replica once', async () => {
    await pgark('backup', 'now', 'pg-test', '--type', 'full');
    await write(20, 'second life');
    const second = await remember();
    await sql(cluster.admin, 5433, 'app', 'DELETE FROM kept; DELETE FROM aside');

    const told = await restored('--time', second.moment);

    expect(told).toContain('tablespaces, in /data/aside');
    expect(await rows()).toBe(second.rows);
  });

  test('a restore is taken back, and what was there is there again', async () => {
    const told = await restored('--cancel');

    expect(told).toContain('pg-test is what it was');
    expect(await rows()).toBe('0 none 0 none');
    await write(30, 'third life');
    before = await remember();
    await restored('--drop');
    expect((await besides()).flat()).toEqual([]);
  });

  test('in place it comes back too, and nothing is kept', async () => {
    await write(7, 'nobody wants these');

    await restored('--time', before.moment, '--in-place');

    expect(await rows()).toBe(before.rows);
    expect(await whole()).toHaveLength(3);
    expect((await besides()).flat().filter((name) => name !== 'restored.json')).toEqual([]);
  });

  test('a copy begins beside the original, which goes on and hears nothing of it', async () => {
    const present = await whole();

    await pgark('restore', '--cluster', 'pg-test', '--to', 'pg-fork', '--on', cluster.addresses[3]!, '--time', before.moment, '--confirm', 'pg-fork');

    const fourth = cluster.hosts[3]!;
    const ask = (text: string) => fourth.must('cd /; runuser -u postgres -- psql -XAtq -d app -f -', { stdin: text }).then((said) => said.trim());
    expect(await ask(allRows)).toBe(before.rows);
    expect(await fourth.must('ls /data/aside')).toContain('PG_15_');
    expect(await ask('SHOW archive_command')).toContain('--stanza=pg-fork');
    expect(await whole()).toEqual(present);
    expect(await rows()).toBe(before.rows);
    await ask("INSERT INTO kept (note) VALUES ('of the fork'); INSERT INTO aside (note) VALUES ('of the fork')");
    expect(await rows()).toBe(before.rows);
  });

  test('when all members have lost their data, no new cluster is mixed into the repository, a time after its end is refused, and all comes back from it', async () => {
    await write(40, 'last words');
    const last = await rows();
    await archived();
    for (const host of members()) await host.must('systemctl stop patroni; rm -rf /data/postgres/pg-test-15/data /data/aside');

    const beside = await besides();

    const refused = await run('install', '--yes');
    const late = await restore('--time', new Date().toISOString());

    expect(refused.code).toBe(8);
    expect(refused.stdout + refused.stderr).toContain('pgark restore --cluster pg-test --latest');
    expect(late.code).toBe(3);
    expect(late.stderr).toContain('is after the last WAL that is archived');
    expect(await besides()).toEqual(beside);

    await restored('--latest');

    expect(await rows()).toBe(last);
    expect(await whole()).toHaveLength(3);
    await pgark('apply', '--yes');
  });

  test('on new hosts it comes back from the inventory, its vault, the bundle and the repositories, and not with another passphrase', async () => {
    await write(50, 'of the old hosts');
    const last = await rows();
    await archived();
    const saved = await mkdtemp(join(tmpdir(), 'pgark-recovery-'));
    for (const [index, host] of members().entries()) await carryOff(host, '/data/backups', join(saved, `${index}.tar`));
    await carryOff(cluster.admin, '/etc/pgark', join(saved, 'pgark.tar'));
    await cluster.discard();
    cluster = await raiseCluster({ name: 'recovery', ground, count: 3, network: 36 }, await bundleFor('bookworm'));
    for (const [index, host] of members().entries()) await carryOn(join(saved, `${index}.tar`), host);
    await carryOn(join(saved, 'pgark.tar'), cluster.admin);
    await rm(saved, { recursive: true });
    await cluster.admin.must(`cat > ${inventory}`, { stdin: trio() });
    const secrets = '/etc/pgark/vault/secrets.json';
    const repositories = () => Promise.all(members().map((host) => digestOf(host, '/data/backups')));
    const untouched = await repositories();

    await cluster.admin.must(`cp -a ${secrets} /root/; sed -i 's/\\("pg-test.pgbackrest_cipher_pass": *"\\)[^"]*/\\1another-passphrase-of-nobody/' ${secrets}; ! cmp -s ${secrets} /root/secrets.json`);
    const refused = await restore('--latest');
    await cluster.admin.must(`cp -a /root/secrets.json ${secrets}`);

    expect(refused.code, refused.stdout + refused.stderr).toBe(8);
    expect(refused.stderr).toContain('a repository was encrypted with another passphrase');
    expect(await repositories()).toEqual(untouched);

    await restored('--latest');

    expect(await rows()).toBe(last);
    expect(await whole()).toHaveLength(3);
    await pgark('plan', '--detailed-exitcode');
  }, 2_400_000);

  /** What was written lies in a repository. */
  async function archived(): Promise<void> {
    await sql(cluster.admin, 5433, 'app', 'SELECT pg_switch_wal()');
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
});

async function carryOff(host: Host, folder: string, to: string): Promise<void> {
  await host.must(['tar', '-C', '/', '-cf', '/root/carried.tar', folder.slice(1)]);
  await host.copyOut('/root/carried.tar', to);
}

async function carryOn(from: string, host: Host): Promise<void> {
  await host.copyIn(from, '/root/carried.tar');
  await host.must(['tar', '-C', '/', '-xf', '/root/carried.tar']);
}
