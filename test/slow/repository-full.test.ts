import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, query, sql, until } from '../support/deploy.ts';

const folder = '/data/backups/pg-test-15/backup';

describe('a repository on a filesystem of its own', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'room', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 1, network: 69 }, await bundleFor('bookworm'));
    await host().must(`mkdir -p ${folder}; mount -t tmpfs -o size=160M,mode=700 tmpfs ${folder}`);
    const vars = ["pg_crontab: [ '00 01 * * * /pg/bin/pg-backup full' ]"];
    await host().must('umask 077; mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
    await host().must(['pgark', 'install', '--yes'], { timeout: 2400 });
    await sql(host(), 5433, 'app', 'CREATE TABLE kept (n bigint, note text)');
    expect((await pgark('backup', 'now', 'pg-test', '--type', 'full')).code).toBe(0);
  });
  afterAll(async () => await cluster?.discard());

  const host = (): Host => cluster.hosts[0]!;
  const pgark = (...words: string[]) => host().run(['pgark', ...words], { timeout: 900 });
  const said = async (...words: string[]): Promise<string> => (await pgark(...words)).stdout;
  const labels = async (): Promise<string[]> => JSON.parse(await said('backup', 'list', 'pg-test', '--json')).clusters[0].repositories[0].backups.map(({ label }: { label: string }) => label);
  /** Nothing more goes in; or so many KiB do. */
  const fill = (left = 0) => host().must(`free=$(df -Pk ${folder} | awk 'END { print $4 }'); dd if=/dev/zero of=${folder}/ballast bs=1024 count=$((free - ${left})) status=none`);
  const makeRoom = () => host().must(['rm', `${folder}/ballast`]);
  /** Rows that no compression makes small, and the WAL of them on its way to the archive. */
  const write = (rows: number) => sql(host(), 5433, 'app', `INSERT INTO kept SELECT n, md5(random()::text) || md5(random()::text) || md5(random()::text) FROM generate_series(1, ${rows}) n; SELECT pg_switch_wal()`);
  const isFailing = async (): Promise<boolean> => (await sql(host(), 5433, 'postgres', 'SELECT coalesce(last_failed_time > last_archived_time, false) FROM pg_stat_archiver')) === 't';
  const archived = () => until(180, 'all WAL is archived', async () => ((await host().run('ls /pg/data/pg_wal/archive_status/*.ready')).code !== 0 && !(await isFailing()) ? true : undefined));
  const firing = async (name: string) => (await query(host(), `ALERTS{alertname="${name}", alertstate="firing"}`)).length > 0;

  test('that has no room left costs no write, and status, list, plan, metrics and a backup say what to do', async () => {
    await fill();
    for (let round = 0; round < 3; round++) await write(60_000);
    await until(90, 'archiving fails', async () => ((await isFailing()) ? true : undefined));

    const now = await pgark('backup', 'now', 'pg-test');
    const timed = await host().run(['systemctl', 'start', 'pgark-backup-full.service'], { timeout: 300 });
    const journal = await host().must(['journalctl', '-q', '-o', 'cat', '-u', 'pgark-backup-full.service']);
    const plan = await pgark('plan', '--detailed-exitcode');
    await host().must(['systemctl', 'start', 'pgark-backup-metrics.service']);
    const metrics = await host().must(['cat', '/var/lib/prometheus/node-exporter/backup.prom']);
    const status = await said('status');

    console.log([now.stdout, now.stderr, journal, plan.stdout, status].join('\n---\n'));
    expect(await sql(host(), 5433, 'app', 'SELECT count(*) FROM kept')).toBe('180000');
    expect(status).toMatch(/^ {2}backup: the full backup of the schedule failed at /m);
    expect(status).toMatch(/^ {2}backup: WAL is not archived: [0-9A-F]{24} failed at /m);
    expect(status).toContain('  backup: repository local is full; PostgreSQL goes on, and keeps up to 4 GiB of WAL until there is room\n');
    expect(status).toContain('  backup: next: give it more room, or remove a backup with pgark backup expire pg-test --set LABEL;');
    expect(await said('backup', 'list', 'pg-test')).toContain('repository local is full; PostgreSQL goes on');
    expect(now.code).toBe(8);
    for (const words of [now.stdout + now.stderr, journal]) expect(words).toMatch(/hint:?\s+the repository is full: give it more room, or remove a backup that pgark backup list names with pgark backup expire pg-test --set LABEL/);
    expect(timed.code).not.toBe(0);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(/note .*there is a full backup of pg-test: WAL does not get into repository local: unable to write .*: (\[28\] )?No space left on device; pgark status tells more/);
    expect(metrics).toMatch(/^pgark_repository_free_bytes\{stanza="pg-test",pg="pg-test-1",repo="local"\} \d{1,6}$/m);
    expect(metrics).toMatch(/^pgark_repository_size_bytes\{stanza="pg-test",pg="pg-test-1",repo="local"\} 167772160$/m);
    expect(metrics).toMatch(/^pgark_wal_archive_failing\{.*\} 1$/m);
    expect(metrics).toMatch(/^pgark_backup_timer_failed\{.*timer="full"\} 1$/m);
    for (const name of ['PostgresRepositoryFull', 'PostgresBackupTimerFailed', 'PostgresArchiveFailing']) await until(480, `${name} fires`, async () => ((await firing(name)) ? true : undefined));
  });

  test('goes on by itself when there is room again, and lacks nothing', async () => {
    await makeRoom();
    const began = Date.now();
    await archived();
    console.log(`archived ${Math.round((Date.now() - began) / 1000)} s after there was room`);

    const again = await pgark('backup', 'now', 'pg-test');
    const page = await said('backup', 'list', 'pg-test');
    await host().must(['systemctl', 'start', 'pgark-backup-full.service'], { timeout: 300 });
    const status = await said('status');
    const plan = await pgark('plan', '--detailed-exitcode');

    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(page).not.toMatch(/missing WAL|is full|not archived/);
    expect(status).not.toMatch(/^ {2}backup: /m);
    expect(plan.code).toBe(0);
    expect(plan.stdout).not.toContain('does not get into repository');
    expect(JSON.parse(await said('backup', 'check', 'pg-test', '--latest', '--json'))).toMatchObject({ verdict: 'proven' });
    await host().must(['systemctl', 'start', 'pgark-backup-metrics.service']);
    await until(480, 'no alert fires', async () => ((await firing('PostgresRepositoryFull')) || (await firing('PostgresBackupTimerFailed')) || (await firing('PostgresArchiveFailing')) ? undefined : true));
  });

  test('gets room by pgark backup expire, full to the last byte as it is', async () => {
    const [first] = await labels();
    await fill();
    await write(60_000);
    await until(90, 'archiving fails', async () => ((await isFailing()) ? true : undefined));

    const expired = await pgark('backup', 'expire', 'pg-test', '--set', first!, '--confirm', first!);

    expect(expired.code, expired.stdout + expired.stderr).toBe(0);
    expect(await labels()).not.toContain(first);
    await archived();
    expect(await sql(host(), 5433, 'app', 'SELECT count(*) FROM kept')).toBe('240000');
    await makeRoom();
  });

  test('that a backup fills up has it fail with what to do, and no half of it stays in the list', async () => {
    await archived();
    const before = await labels();
    await fill(9000);

    const now = await pgark('backup', 'now', 'pg-test', '--type', 'full');
    const after = await labels();
    await makeRoom();
    await archived();
    const again = await pgark('backup', 'now', 'pg-test', '--type', 'full');

    console.log(`${now.stdout}${now.stderr}`);
    expect(now.code).toBe(8);
    expect(now.stdout + now.stderr).toMatch(/hint:?\s+the repository is full/);
    expect(after).toEqual(before);
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(JSON.parse(await said('backup', 'check', 'pg-test', '--json'))).toMatchObject({ verdict: 'proven', label: (await labels()).at(-1) });
  });
});
