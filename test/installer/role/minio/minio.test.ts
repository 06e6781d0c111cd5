import { describe, expect, test } from 'vitest';
import { hasEngine } from '../../../../installer/inventory/stores.ts';
import { buckets } from '../../../../installer/role/minio/buckets.ts';
import { storeClient } from '../../../../installer/role/minio/client.ts';
import { minio } from '../../../../installer/role/minio/minio.ts';
import { scrapeTargets } from '../../../../installer/role/infra/targets.ts';
import { repositoriesOf } from '../../../../installer/role/pgsql/repositories.ts';
import { backup } from '../../../../installer/role/pgsql/backup.ts';
import { expand, storeRecords, volumesOf } from '../../../../installer/role/store.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { bundle as debianBundle, sample } from '../../inventory/sample.ts';
import { deploy } from '../deployment.ts';
import { conditionsOf, fileOf, textOf } from '../file.ts';

const bundle = { ...debianBundle, roots: [...debianBundle.roots, ...['silo', 'minio', 'mcli'].map((name) => ({ package: name, version: '1', kind: 'component' as const, name, conflicts: [] }))] };

/** The sample with a store on these hosts. */
function withStore(hosts: readonly string[], ...vars: string[]): string {
  const members = hosts.map((address, index) => `        ${address}: { minio_seq: ${index + 1} }\n`).join('');
  // Of its records one is about PostgreSQL, which not all of these hosts have.
  return sample.replace(/^ +node_etc_hosts.*\n/m, '').replace('    pg-meta:\n', `    minio:\n      hosts:\n${members}      vars:\n        minio_cluster: minio\n${vars.map((line) => `        ${line}\n`).join('')}    pg-meta:\n`);
}

const one = ['10.10.10.10'];
const four = ['10.10.10.10', '10.10.10.11', '10.10.10.12', '10.10.10.13'];
const roles = [minio, buckets, storeClient, backup];

const stored = (hosts = one, ...vars: string[]) => deploy(roles, { text: withStore(hosts, ...vars), bundle });

describe('where a store keeps what it is given', () => {
  test.each<[string, string[], string[], string]>([
    ['one folder of one host', one, [], '/data/minio'],
    ['several disks of one host', one, ['minio_data: "/data{1...4}"'], '/data{1...4}'],
    ['one disk each of four hosts', four, [], 'https://minio-{1...4}.pigsty:9000/data/minio'],
    ['several disks each of four hosts', four, ['minio_data: "/data{1...2}"', 'minio_port: 9100'], 'https://minio-{1...4}.pigsty:9100/data{1...2}'],
    ['what the inventory says itself', one, ['minio_volumes: "https://a-{1...4}.b:9000/x https://c-{1...4}.b:9000/x"'], 'https://a-{1...4}.b:9000/x https://c-{1...4}.b:9000/x'],
  ])('is %s', async (_what, hosts, vars, volumes) => {
    const { host, inventory } = await stored(hosts, ...vars);

    expect(volumesOf(host, inventory)).toBe(volumes);
  });

  test('is listed member by member where their numbers make no range', async () => {
    const { host, inventory } = await deploy(roles, { text: withStore(four).replace('{ minio_seq: 2 }', '{ minio_seq: 7, minio_node: other.example }'), bundle });

    expect(volumesOf(host, inventory)).toBe('https://minio-1.pigsty:9000/data/minio https://minio-3.pigsty:9000/data/minio https://minio-4.pigsty:9000/data/minio https://other.example:9000/data/minio');
  });

  test('must be a mounted disk where there are several', async () => {
    const { host, inventory } = await stored(one, 'minio_data: "/data{1...2}"');

    expect(conditionsOf(minio.resources(host, inventory))).toEqual(['there is an account minio', 'a disk is mounted at /data1', 'a disk is mounted at /data2']);
    expect(expand('/data{3...5}/x')).toEqual(['/data3/x', '/data4/x', '/data5/x']);
  });
});

describe('a member of a store', () => {
  test('reads its settings from a file that nobody else reads', async () => {
    const { host, inventory } = await stored(one, 'minio_extra_vars: "MINIO_SITE_NAME=here"');
    const resources = minio.resources(host, inventory);

    expect(textOf(resources, '/etc/default/silo').replace(inventory.secret('minio.minio_secret_key').reveal(), 'SECRET')).toMatchSnapshot();
    expect(fileOf(resources, '/etc/default/silo')).toMatchObject({ mode: '0640', group: 'minio' });
    expect(textOf(resources, '/etc/systemd/system/silo.service')).toMatchSnapshot();
  });

  test('is served by minio where that is wanted', async () => {
    const { host, inventory } = await stored(one, 'minio_type: minio');
    const resources = minio.resources(host, inventory);

    expect(minio.components!(host, inventory)).toEqual(['minio', 'mcli']);
    expect(textOf(resources, '/etc/systemd/system/minio.service')).toContain('ExecStart=/usr/bin/minio server $MINIO_OPTS $MINIO_VOLUMES');
    expect(textOf(resources, '/etc/default/minio')).toContain('--certs-dir /etc/minio/certs');
  });

  test('has a certificate for every name that it is called by', async () => {
    const { host, inventory } = await stored(four, 'minio_domain: s3.example');

    expect(minio.certificates!(host, inventory)[0]).toMatchObject({ name: 'minio-1.pigsty', dns: ['localhost', 'minio-1.pigsty', 'minio', 'minio-1', 's3.example'], addresses: ['127.0.0.1', '10.10.10.10'] });
  });

  test('is known by name on every host, and by the name of the store unless a load balancer has that', async () => {
    const [plain, balanced] = await Promise.all([stored(four), stored(four, 'minio_endpoint: https://sss.pigsty:9002')]);

    expect(storeRecords(plain.inventory)[1]).toBe('10.10.10.11 minio-2.pigsty minio-2 sss.pigsty');
    expect(storeRecords(balanced.inventory)[1]).toBe('10.10.10.11 minio-2.pigsty minio-2');
  });

  test('tells its figures over TLS', async () => {
    const { host, inventory } = await stored();

    expect(scrapeTargets(host, inventory)['minio']).toEqual([{ targets: ['10.10.10.10:9000'], labels: { cls: 'minio', ins: 'minio-1', flavor: 'silo', exporter: 'minio', ip: '10.10.10.10', instance: '10.10.10.10:9000' } }]);
  });
});

describe('the buckets of a store', () => {
  test('and its users are made through the first member alone, when all of them run', async () => {
    const { inventory } = await stored(four);

    expect(inventory.hosts.filter((host) => buckets.plays(host, inventory)).map(({ address }) => address)).toEqual(['10.10.10.10']);
    expect(buckets.needs!(inventory.hosts[0]!, inventory)).toEqual([{ what: 'all members of minio', role: 'minio', hosts: four }]);
  });

  test('are those of the reference, each with a policy and a user of its own', async () => {
    const { host, inventory } = await stored();

    expect(conditionsOf(buckets.resources(host, inventory))).toEqual([
      'store: there is a bucket pgsql', 'store: policy pgsql allows everything in bucket pgsql, and nothing else',
      'store: there is a bucket meta, which keeps older versions', 'store: policy meta allows everything in bucket meta, and nothing else',
      'store: there is a bucket data', 'store: policy data allows everything in bucket data, and nothing else',
      'store: user pgbackrest comes in with its key and has policy pgsql', 'store: user s3user_meta comes in with its key and has policy meta', 'store: user s3user_data comes in with its key and has policy data',
    ]);
  });

  test('are left to somebody else by minio_provision: false', async () => {
    const { host, inventory } = await stored(one, 'minio_provision: false');

    expect(buckets.plays(host, inventory)).toBe(false);
  });

  test('are made without a secret in an argument', async () => {
    const { host, inventory } = await stored();
    const resources = [minio, buckets, storeClient].flatMap((role) => role.resources(host, inventory));
    const secrets = ['minio.minio_secret_key', 'minio.s3.pgbackrest', 'minio.s3.s3user_meta'].map((name) => inventory.secret(name).reveal());

    const argv = resources.flatMap((each) => (each.kind === 'condition' ? [each.check, ...each.act].flatMap((command) => [...command.argv, ...Object.values(command.env ?? {})]) : []));
    const open = resources.flatMap((each) => (each.kind === 'file' && !(each.content instanceof Secret) ? [each.content] : []));

    expect(argv.length).toBeGreaterThan(20);
    expect(secrets.filter((secret) => [...argv, ...open].some((text) => text.includes(secret)))).toEqual([]);
  });
});

describe('backups that go to the store of the deployment', () => {
  const backedUp = (...vars: string[]): Promise<Awaited<ReturnType<typeof deploy>>> => deploy(roles, { text: withStore(one).replace('        pg_crontab:', `        pgbackrest_method: minio\n${vars.map((line) => `        ${line}\n`).join('')}        pg_crontab:`), bundle });

  test('need nothing but its name', async () => {
    const { host, inventory } = await backedUp();
    const [repository] = repositoriesOf(host, inventory);

    expect(repository!.options).toMatchSnapshot();
    expect(repository!.secrets['s3_key_secret']!.reveal()).toBe(inventory.secret('minio.s3.pgbackrest').reveal());
  });

  test('are refused where the bundle has nothing to serve it with, and without backups the store is only left out', async () => {
    const lean = withStore(one);

    await expect(deploy(roles, { text: lean.replace('        pg_crontab:', '        pgbackrest_method: minio\n        pg_crontab:') })).rejects.toMatchObject({ code: 'invalid', details: [expect.stringMatching(/minio_cluster: pgark-\S+ holds no silo, and pg-meta is backed up to minio; take a bundle with it, or another pgbackrest_method$/)] });
    const { host, inventory } = await deploy(roles, { text: lean });
    expect([minio, buckets, storeClient].some((role) => role.plays(host, inventory))).toBe(false);
    expect(hasEngine({ minio_type: 'minio' }, { ...debianBundle, roots: [{ package: 'minio-client', version: '1', kind: 'component', name: 'minio', conflicts: [] }] })).toBe(false);
  });
});
