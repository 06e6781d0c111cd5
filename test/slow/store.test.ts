import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { raiseStore, type Store } from '../support/s3.ts';

interface Told {
  name: string;
  backup: { label: string; type: string; prior: string | null }[];
  archive: { database: { 'repo-key': number }; max: string | null }[];
}

describe('an S3 service beside the repositories of three members', () => {
  let cluster: Cluster;
  let store: Store;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'store', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 62 }, await bundleFor('bookworm'));
    store = await raiseStore({ name: 'store-s3', bridge: 'pgark-store', address: '10.10.62.50/24' });
    await write(entry());
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 2400 });
    await sql(cluster.admin, 5433, 'app', 'CREATE TABLE kept (id serial, at timestamptz DEFAULT clock_timestamp()); ALTER TABLE kept OWNER TO app; INSERT INTO kept DEFAULT VALUES;');
  });
  afterAll(async () => {
    await store?.host.destroy();
    await cluster?.discard();
  });

  /** What the inventory says of the store, with this or that said otherwise. */
  const entry = (otherwise: Record<string, string | number> = {}): string => {
    const { storage_ca_file: _, ...options } = store.entry('', store.secret);
    return JSON.stringify({ ...options, storage_ca: store.ca, retention_full: 2, bundle: true, ...otherwise });
  };
  const write = async (far: string): Promise<void> => {
    const vars = ['pgbackrest_method: [ local, far ]', `pgbackrest_repo: { local: { path: /pg/backup, retention_full: 2 }, far: ${far} }`, `node_etc_hosts: [ '${store.record}' ]`];
    await cluster.admin.must('umask 077; mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
  };
  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 1500 });
  const pgbackrest = (host: Host, ...words: string[]) => host.run(['pgbackrest', '--stanza=pg-test', ...words], { as: 'postgres', timeout: 600 });
  const told = async (host: Host): Promise<Told> => (JSON.parse((await pgbackrest(host, '--repo=2', '--output=json', 'info')).stdout) as [Told])[0];
  const members = async () => (JSON.parse((await pgark('pg', 'list', '--json')).stdout) as { clusters: { members: { name: string; role: string; lag?: number }[] }[] }).clusters[0]!.members;
  const leader = async (): Promise<Host> => {
    const { name } = await until(90, 'somebody leads', async () => (await members()).find(({ role }) => role === 'Leader'));
    return cluster.hosts[Number(name.at(-1)) - 1]!;
  };
  const switchWal = (host: Host): Promise<string> => host.must(['psql', '-XAtqc', "SELECT pg_walfile_name(pg_current_wal_lsn()); INSERT INTO kept DEFAULT VALUES; SELECT pg_switch_wal()", 'app'], { as: 'postgres' }).then((said) => said.split('\n')[0]!);

  test('holds the first full backup and the archive, and nobody reads there without the passphrase', async () => {
    const objects = await store.list();
    const full = (await told(cluster.hosts[0]!)).backup.find(({ type }) => type === 'full');

    expect(full).toBeDefined();
    expect(objects.filter(({ name }) => name.startsWith(`pgbackrest/backup/pg-test/${full!.label}/`)).length).toBeGreaterThan(1);
    for (const { name } of objects.filter(({ name: each }) => /\/(backup|archive)\.info$|\.zst$|\/bundle\/\d+$/.test(each)).slice(0, 12)) expect((await store.head(name, 8)).toString(), name).toBe('Salted__');
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
  });

  test('is the same repository for every member', async () => {
    const labels = await Promise.all(cluster.hosts.map(async (host) => (await told(host)).backup.map(({ label }) => label)));

    expect(labels[0]!.length).toBeGreaterThan(0);
    expect(labels).toEqual([labels[0], labels[0], labels[0]]);
  });

  test('has the archive and the backups go on in one place when another member leads', async () => {
    const former = await leader();
    const before = await told(former);
    await former.powerOff();
    const rest = cluster.hosts.filter((host) => host !== former);

    const next = await until(120, 'another member leads', async () => {
      for (const host of rest) if ((await host.run(['psql', '-XAtqc', 'SELECT pg_is_in_recovery()'], { as: 'postgres' })).stdout.trim() === 'f') return host;
      return undefined;
    });
    await switchWal(next);
    const after = await until(120, 'the store has WAL of the second timeline', async () => {
      const now = await told(next);
      return now.archive.some(({ max }) => max?.startsWith('00000002')) ? now : undefined;
    });
    const backup = await pgbackrest(next, '--repo=2', '--type=incr', 'backup');
    const last = (await told(next)).backup.at(-1)!;

    expect(after.backup.map(({ label }) => label)).toEqual(before.backup.map(({ label }) => label));
    expect(backup.code, backup.stderr).toBe(0);
    expect([last.type, last.prior]).toEqual(['incr', before.backup[0]!.label]);
    await former.start();
    await until(180, 'all members stream again', async () => ((await members().catch(() => [])).filter(({ lag }) => lag === 0).length === 2 ? true : undefined));
  });

  test('that does not answer costs no write and no WAL', async () => {
    const host = await leader();
    await store.host.must(['systemctl', 'stop', 's3-tls']);
    const segment = await switchWal(host);

    const refused = await pgbackrest(host, '--repo=2', '--io-timeout=5', '--type=incr', 'backup');
    await store.host.must(['systemctl', 'start', 's3-tls']);

    console.log(`the store is down: ${refused.code} ${refused.stdout}${refused.stderr}`);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain('unable to connect to');
    await until(240, `${segment} is in the store`, async () => ((await told(host)).archive.some(({ max }) => max !== null && max >= segment) ? true : undefined));
  });

  test.each<[string, () => Record<string, string | number>, RegExp]>([
    ['another key', () => ({ s3_key_secret: 'not-the-secret-of-anybody' }), /403 \(Forbidden\)[^]*hint: the object store does not let this key in/],
    ['another bucket', () => ({ s3_bucket: 'nowhere' }), /NoSuchBucket[^]*hint: the object store has no such bucket/],
    ['another authority', () => ({ storage_ca_file: '/etc/pki/ca.crt', storage_ca: '' }), /unable to verify certificate[^]*hint: the certificate of the object store is from an authority/],
  ])('is told apart from a wrong inventory: %s', async (what, otherwise, said) => {
    const { storage_ca: ca, ...rest } = JSON.parse(entry(otherwise())) as Record<string, string>;
    await write(JSON.stringify({ ...rest, ...(ca !== '' && { storage_ca: ca }) }));

    const started = Date.now();
    const { code, stdout, stderr } = await pgark('apply', '--yes');

    console.log(`${what}, after ${Math.round((Date.now() - started) / 1000)} s: ${code}\n${stdout}${stderr}`);
    expect(code).toBe(8);
    expect(stdout + stderr).toMatch(said);
    expect(stdout + stderr).not.toContain(store.secret);
  });

  test('that is full fails a backup with a word on it, and the next one is made when there is room', async () => {
    await write(entry());
    expect((await pgark('apply', '--yes')).code).toBe(0);
    const host = await leader();
    const used = (await store.list()).reduce((sum, { bytes }) => sum + bytes, 0);
    await store.limit(used + 1_000);

    const refused = await pgbackrest(host, '--repo=2', '--type=full', 'backup');
    await store.limit(undefined);
    const made = await pgbackrest(host, '--repo=2', '--type=full', 'backup');

    console.log(`the store is full: ${refused.code} ${refused.stdout}${refused.stderr}`);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/was not archived before|413|EntityTooLarge/);
    expect(made.code, made.stderr).toBe(0);
  });
});
