import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProofResult } from '../../installer/proof/result.ts';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { raiseStore, type Store } from '../support/s3.ts';

type Proof = ProofResult & { address: string };

describe('backups of two trixie hosts, in a repository on each and in an object store', () => {
  let cluster: Cluster;
  let store: Store;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'proof', ground: { suite: 'trixie', packages: ['openssh-client', 'openssh-server'] }, count: 2, network: 63 }, await bundleFor('trixie'));
    store = await raiseStore({ name: 'proof-s3', bridge: 'pgark-proof', address: '10.10.63.50/24' });
    const { storage_ca_file: _, ...options } = store.entry('', store.secret);
    const far = JSON.stringify({ ...options, storage_ca: store.ca, retention_full: 2, bundle: true, block: true });
    const vars = ['pgbackrest_method: [ local, far ]', `pgbackrest_repo: { local: { path: /pg/backup, retention_full: 2 }, far: ${far} }`, `node_etc_hosts: [ '${store.record}' ]`];
    await cluster.admin.must('umask 077; mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 2400 });
    await sql(cluster.admin, 5433, 'app', "CREATE TABLE kept AS SELECT n, md5(n::text) AS note FROM generate_series(1, 20000) n; CREATE INDEX ON kept (note);");
    await pgark('backup', 'now', 'pg-test', '--type', 'full');
    await leader().must('cp -a /pg/backup/ /root/good');
  });
  afterAll(async () => {
    await store?.host.destroy();
    await cluster?.discard();
  });

  const leader = (): Host => cluster.hosts[0]!;
  const replica = (): Host => cluster.hosts[1]!;
  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 900 });
  const check = async (...words: string[]): Promise<Proof> => JSON.parse((await pgark('backup', 'check', 'pg-test', '--json', ...words)).stdout) as Proof;
  const status = async () => (JSON.parse((await pgark('status', '--json')).stdout) as { clusters: { lastProof?: { label: string; host: string; age: number }; badBackups?: { label: string; repository: string }[] }[] }).clusters[0]!;
  const heal = () => leader().must('cd /pg/backup/ && rm -rf archive backup && cp -a /root/good/. .');
  const newest = async (): Promise<{ label: string; wal: string }> => {
    const [{ backup }] = JSON.parse(await leader().must(['pgbackrest', '--stanza=pg-test', '--repo=1', '--output=json', 'info'], { as: 'postgres' })) as [{ backup: { label: string; archive: { start: string } }[] }];
    return { label: backup.at(-1)!.label, wal: backup.at(-1)!.archive.start };
  };
  const scratchOn = (host: Host) => host.must('ls -A /pg/proof; ps -C postgres -o args= | grep -F /pg/proof || :');

  /** One bit in the middle of a file is another one. */
  const flip = 'flip() { at=$(($(stat -c %s "$1") / 2)); byte=$(od -An -tu1 -j"$at" -N1 "$1" | tr -d " "); printf "\\\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none; }';

  test('one that lies on a host is proven there, and nothing of that is left', async () => {
    const before = await newest();

    const proof = await check('--repo', 'local');

    expect(proof).toMatchObject({ verdict: 'proven', repository: 'local', label: before.label, instance: 'pg-test-1', address: cluster.addresses[0], checksums: 'passed', amcheck: 'passed' });
    expect(proof.databases!.find(({ name }) => name === 'app')!.tables).toBeGreaterThanOrEqual(1);
    expect(await scratchOn(leader())).toBe('');
    expect((await newest()).label).toBe(before.label);
  });

  test('one in the object store is proven on the replica, with all WAL and every index against its table', async () => {
    const proof = await check('--repo', 'far', '--latest', '--full');

    expect(proof).toMatchObject({ verdict: 'proven', repository: 'far', instance: 'pg-test-2', address: cluster.addresses[1], amcheck: 'passed' });
    expect(await scratchOn(replica())).toBe('');
    expect((await replica().must(['psql', '-XAtqc', 'SELECT status FROM pg_stat_wal_receiver', 'postgres'], { as: 'postgres' })).trim()).toBe('streaming');
  });

  test.each([
    ['a byte that is another one', 'flip "$(find "$backup" -name "*.zst" -size +20k | sort | head -n 1)"', /pgbackrest verify finds damage/],
    ['a file that is missing', 'rm "$(find "$backup" -name "*.zst" -size +20k | sort | head -n 1)"', /pgbackrest verify finds damage/],
    ['a manifest that is damaged', 'flip "$backup/backup.manifest"', /^backup.manifest of .* and its copy are not the same/],
    ['both manifests damaged', 'flip "$backup/backup.manifest"; flip "$backup/backup.manifest.copy"', /damage|cannot be restored|not the same/],
    ['WAL that is damaged', 'flip "$(ls /pg/backup/archive/pg-test/*/*/"$wal"-*)"', /pgbackrest verify finds damage/],
    ['WAL that is missing', 'rm "$(ls /pg/backup/archive/pg-test/*/*/"$wal"-*)"', /PostgreSQL does not recover it|pgbackrest verify finds damage/],
  ])('%s is found, and told with what to do', async (_, damage, reason) => {
    const { label, wal } = await newest();
    await leader().must(`set -e; ${flip}; backup=/pg/backup/backup/pg-test/${label} wal=${wal}; ${damage}`);

    const proof = await check('--repo', 'local');
    const { code, stdout } = await pgark('backup', 'check', 'pg-test', '--repo', 'local');
    const { badBackups } = await status();
    await heal();

    expect(proof).toMatchObject({ verdict: 'failed', label, repository: 'local' });
    expect(proof.reason).toMatch(reason);
    expect(code).toBe(8);
    expect(stdout).toContain(`backup ${label} of pg-test in repository local is BAD: `);
    expect(stdout).toContain('next: make a new one at once: pgark backup now pg-test --type full');
    expect(badBackups).toMatchObject([{ label, repository: 'local' }]);
    expect(await scratchOn(leader())).toBe('');
  });

  test('a passphrase that is another one is found, before anything is restored', async () => {
    await leader().must("cp -a /etc/pgbackrest/pgbackrest.conf /root/; sed -i 's/^repo1-cipher-pass=.*/repo1-cipher-pass=another-one/' /etc/pgbackrest/pgbackrest.conf");

    const { code, stdout } = await pgark('backup', 'check', 'pg-test', '--repo', 'local', '--on', cluster.addresses[0]!);
    await leader().must('cp -a /root/pgbackrest.conf /etc/pgbackrest/');

    expect(code).toBe(8);
    expect(stdout).toContain('in repository local is BAD: backup.info of repository local cannot be read: it is damaged, or the passphrase is another one');
    expect(stdout).toContain('next: its passphrase in /etc/pgbackrest/pgbackrest.conf must be the one that it was made with');
    expect(stdout).not.toContain('another-one');
  });

  test('what was healed is proven, and nobody calls it bad any more', async () => {
    const { label } = await newest();

    const proof = await check('--repo', 'local');
    const { lastProof, badBackups } = await status();

    expect(proof).toMatchObject({ verdict: 'proven', label });
    expect(lastProof).toMatchObject({ host: expect.stringMatching(/^pg-test-[12]$/) as string });
    expect(lastProof!.age).toBeLessThan(600);
    expect(badBackups).toBeUndefined();
  });

  test('what a proof left that was killed in the middle is taken away by the next', async () => {
    await leader().must('systemctl start --no-block pgark-backup-check@local:latest:none:600.service');
    await until(120, 'the scratch instance runs', async () => ((await leader().run('ps -C postgres -o args= | grep -qF /pg/proof')).code === 0 ? true : undefined));
    await leader().must('systemctl kill --signal=KILL pgark-backup-check@local:latest:none:600.service');
    const left = await leader().must(['ls', '-A', '/pg/proof']);

    const proof = await check('--repo', 'local');

    expect(left).toContain('scratch');
    expect(proof.verdict).toBe('proven');
    expect(await scratchOn(leader())).toBe('');
  });

  test('one that is stopped cleans up after itself, and says that nobody knows', async () => {
    await leader().must('systemctl start --no-block pgark-backup-check@local:latest:none:600.service');
    await until(120, 'the scratch instance runs', async () => ((await leader().run('ps -C postgres -o args= | grep -qF /pg/proof')).code === 0 ? true : undefined));

    await leader().must('systemctl stop pgark-backup-check@local:latest:none:600.service');

    expect(JSON.parse(await leader().must(['cat', '/var/lib/pgark/proof/local.json']))).toMatchObject({ verdict: 'untried', reason: 'it was stopped' });
    expect(await scratchOn(leader())).toBe('');
  });

  test('the schedule of a replica proves what both see, and tells the metrics store', async () => {
    await replica().must(['systemctl', 'start', 'pgark-backup-check.service'], { timeout: 900 });
    const metrics = await replica().must(['cat', '/var/lib/prometheus/node-exporter/backup-proof.prom']);
    const timer = await replica().must(['systemctl', 'show', '-p', 'NextElapseUSecRealtime', '--value', 'pgark-backup-check.timer']);

    expect(metrics).toMatch(/^pgark_backup_proof_failed\{stanza="pg-test",pg="pg-test-2",repo="far"\} 0$/m);
    expect(metrics).toMatch(/^pgark_backup_proof_interval_seconds\{stanza="pg-test",pg="pg-test-2",repo="far"\} 604800$/m);
    expect(metrics).not.toContain('repo="local"');
    expect(timer).toMatch(/^Sat /);
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
  });
});
