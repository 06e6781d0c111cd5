import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Built } from '../../vagrant/bundle.ts';
import { raiseCluster, trioInventory, type Cluster, type ClusterWanted } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { wholeCluster } from '../support/membership.ts';
import { raiseStore, type Store } from '../support/s3.ts';

const wanted: ClusterWanted = { name: 'far', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 64 };
const vault = '/etc/pgark/vault/secrets.json';

describe('three members whose only repository is an S3 service', () => {
  let bundle: Built;
  let cluster: Cluster;
  let store: Store;
  let last: string;

  beforeAll(async () => {
    bundle = await bundleFor('bookworm');
    cluster = await raiseCluster(wanted, bundle);
    store = await raiseStore({ name: 'far-s3', bridge: 'pgark-far', address: '10.10.64.50/24' });
    await write();
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 2400 });
    await sql(cluster.admin, 5433, 'app', 'CREATE TABLE kept (id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), note text)');
  });
  afterAll(async () => {
    await store?.host.destroy();
    await cluster?.discard();
  });

  const write = async (otherwise: Record<string, string> = {}): Promise<void> => {
    const { storage_ca_file: _, ...options } = store.entry('', store.secret);
    const far = JSON.stringify({ ...options, storage_ca: store.ca, retention_full: 2, bundle: true, ...otherwise });
    const vars = ['pgbackrest_method: far', `pgbackrest_repo: { far: ${far} }`, `node_etc_hosts: [ '${store.record}' ]`];
    await cluster.admin.must('umask 077; mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
  };
  const run = async (...words: string[]) => {
    const started = Date.now();
    const done = await cluster.admin.run(['pgark', ...words], { timeout: 2400 });
    const said = done.stdout + done.stderr;
    console.log(`pgark ${words.join(' ')}: ${done.code} after ${Math.round((Date.now() - started) / 1000)} s\n${said}`);
    return { code: done.code, said };
  };
  const pgark = async (...words: string[]): Promise<string> => {
    const { code, said } = await run(...words);
    expect(code, said).toBe(0);
    return said;
  };
  const restore = (...words: string[]) => run('restore', '--cluster', 'pg-test', '--confirm', 'pg-test', ...words);
  const fill = (count: number, note: string) => sql(cluster.admin, 5433, 'app', `INSERT INTO kept (note) SELECT '${note} ' || md5(i::text) FROM generate_series(1, ${count}) i`);
  const rows = () => sql(cluster.admin, 5433, 'app', "SELECT count(*) || ' ' || md5(string_agg(id || ' ' || at || ' ' || note, E'\\n' ORDER BY id)) FROM kept");
  const whole = () => until(120, 'three members', async () => ((await wholeCluster(cluster.admin, 'pg-test'))?.length === 3 ? wholeCluster(cluster.admin, 'pg-test') : undefined));
  const besides = async () => (await Promise.all(cluster.hosts.map((host) => host.must('ls /pg/')))).flatMap((names) => names.split('\n').filter((name) => /restore|before/.test(name)));
  const names = async () => (await store.list()).map(({ name }) => name).filter((name) => name.startsWith('pgbackrest/backup/')).sort();
  const configured = () => Promise.all(cluster.hosts.map((host) => host.must('sha256sum /etc/pgbackrest/pgbackrest.conf')));

  /** What there is at a moment, two seconds before which and after which nothing is written. */
  async function remember(): Promise<{ moment: string; rows: string }> {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const told = await rows();
    const moment = await sql(cluster.admin, 5433, 'app', "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { moment: `${moment}Z`, rows: told };
  }

  test('the second before a wrong DROP TABLE comes back row for row, out of WAL that two leaders have brought there', async () => {
    await fill(5000, 'before the switchover');
    await pgark('pg', 'switchover', 'pg-test', '--to', 'pg-test-2', '--yes');
    await fill(5000, 'after it');
    const before = await remember();
    await fill(100, 'too late');
    await sql(cluster.admin, 5433, 'app', 'DROP TABLE kept; CREATE TABLE wrong (a int)');

    const { code, said } = await restore('--time', before.moment);

    expect(code, said).toBe(0);
    expect(said).toContain('is restored: stopped before commit of transaction');
    expect(await rows()).toBe(before.rows);
    expect(await sql(cluster.admin, 5433, 'app', "SELECT count(*) FROM pg_class WHERE relname = 'wrong'")).toBe('0');
    expect(await whole()).toHaveLength(3);
    await pgark('plan', '--detailed-exitcode');
  });

  test('with another passphrase nothing is restored and nothing is configured', async () => {
    await fill(10, 'goes on');
    const [members, now, files, beside] = [await whole(), await rows(), await configured(), await besides()];
    await write({ cipher_pass: 'of-another-deployment-altogether' });

    const answers = [await restore('--latest'), await run('apply', '--yes')];

    expect(answers.map(({ code }) => code)).toEqual([8, 8]);
    expect(answers[0]!.said).toMatch(/could not restore[^]*hint +is the passphrase in the inventory, or in the vault, the one/);
    expect(answers[1]!.said).toMatch(/is left as it is: with what the inventory says a repository cannot be read[^]*hint: a repository was encrypted with another passphrase/);
    expect(answers.map(({ said }) => said.includes('of-another-deployment'))).toEqual([false, false]);
    expect([await whole(), await rows(), await configured(), await besides()]).toEqual([members, now, files, beside]);
    await write();
    await pgark('plan', '--detailed-exitcode');
  });

  test('while the store is away nothing is restored, and whoever looks does not wait for minutes', async () => {
    const [members, now, beside] = [await whole(), await rows(), await besides()];
    await store.host.must(['systemctl', 'stop', 's3-tls']);

    const started = Date.now();
    const planned = await run('plan');
    const waited = (Date.now() - started) / 1000;
    const refused = await restore('--latest');

    expect(planned.code).toBe(0);
    expect(waited).toBeLessThan(120);
    expect(refused.code).toBe(3);
    expect(refused.said).toMatch(/no backup can be restored[^]*far on pg-test-\d: .*unable to connect/);
    expect([await whole(), await rows(), await besides()]).toEqual([members, now, beside]);
    await store.host.must(['systemctl', 'start', 's3-tls']);
    await until(180, 'what was written meanwhile is archived', async () => ((await cluster.admin.run(['pgark', 'plan', '--detailed-exitcode'])).code === 0 ? true : undefined));
  });

  test('when all hosts are gone, neither a wrong vault nor a store that is away lets a new cluster begin', async () => {
    await fill(40, 'last words');
    last = await rows();
    await sql(cluster.admin, 5433, 'app', 'SELECT pg_switch_wal()');
    await until(120, 'the last words are in the store', async () => ((await sql(cluster.admin, 5433, 'app', "SELECT count(*) FROM pg_stat_archiver WHERE last_archived_time > now() - interval '1 minute'")) === '1' ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const kept = await cluster.admin.must('tar -C /etc/pgark -czf - pgark.yml vault | base64 -w0');
    await cluster.discard();
    const before = await names();

    cluster = await raiseCluster(wanted, bundle);
    await cluster.admin.must('mkdir -p -m 700 /etc/pgark; base64 -d | tar -C /etc/pgark -xzf -', { stdin: kept });
    await cluster.admin.must(`cp -p ${vault} /root/right; sed -i 's/\\("pg-test.pgbackrest_cipher_pass": *"\\)[^"]*/\\1not-the-one-it-was-made-with/' ${vault}; ! cmp -s ${vault} /root/right`);
    const wrong = [await run('install', '--yes'), await restore('--latest')];
    await cluster.admin.must(`cp -p /root/right ${vault}`);
    await store.host.must(['systemctl', 'stop', 's3-tls']);
    const away = [await run('install', '--yes'), await restore('--latest')];
    await store.host.must(['systemctl', 'start', 's3-tls']);

    expect(wrong.map(({ code }) => code)).toEqual([8, 8]);
    for (const { said } of wrong) expect(said).toMatch(/with what the inventory says a repository cannot be read/);
    expect(away.map(({ code }) => code !== 0)).toEqual([true, true]);
    for (const { said } of away) expect(said).toMatch(/does not answer|unable to connect/);
    expect(await names()).toEqual(before);
    for (const host of cluster.hosts) expect((await host.run('ls /pg/data/PG_VERSION')).code).not.toBe(0);
  });

  test('when all hosts are gone, inventory, vault, bundle and store bring every row back', async () => {
    const { code, said } = await restore('--latest');

    expect(code, said).toBe(0);
    expect(await rows()).toBe(last);
    expect(await whole()).toHaveLength(3);
    await pgark('plan', '--detailed-exitcode');
    await pgark('backup', 'now', 'pg-test', '--type', 'full');
    await fill(10, 'a second life');
  });
});
