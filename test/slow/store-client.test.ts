import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alias } from '../../installer/role/minio/client.ts';
import { bucket } from '../../installer/role/minio/buckets.ts';
import { aliases } from '../../installer/role/minio/files.ts';
import type { ConditionResource } from '../../installer/resource/resource.ts';
import type { Command } from '../../installer/transport/command.ts';
import { Secret } from '../../repo/core/secret.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import { bundle as debianBundle, sample } from '../installer/inventory/sample.ts';
import { deploy } from '../installer/role/deployment.ts';
import { raiseStore, type Store } from '../support/s3.ts';

const bundle = { ...debianBundle, roots: [...debianBundle.roots, { package: 'silo', name: 'silo' }, { package: 'minio-client', name: 'mcli' }].map((root) => ({ version: '1', kind: 'component' as const, conflicts: [], ...root })) };

// Of the engine there is none in Debian's archive; its client is there, and speaks to any S3 service.
describe('the client of a store, on trixie', () => {
  let store: Store;
  let host: Host;

  beforeAll(async () => {
    store = await raiseStore({ name: 'client-s3', bridge: 'pgark-client', address: '10.10.63.50/24' });
    host = await raise({ name: 'client-1', suite: 'trixie', packages: ['ca-certificates', 'minio-client'], network: { bridge: 'pgark-client', address: '10.10.63.11/24' } });
    await host.must('cat >> /etc/hosts', { stdin: `${store.record}\n` });
    await host.must('cat > /usr/local/share/ca-certificates/test.crt; update-ca-certificates', { stdin: store.ca });
  });
  afterAll(async () => {
    await host?.destroy();
    await store?.host.destroy();
  });

  const run = ({ argv, stdin, env }: Command) => host.run(argv, { timeout: 120, ...(stdin !== undefined && { stdin: stdin instanceof Secret ? stdin.reveal() : stdin }), ...(env && { env }) });
  /** How the check ends before, the acts, and the check after them. */
  async function bring({ check, act }: ConditionResource): Promise<number[]> {
    const before = await run(check);
    const done = [];
    for (const each of act) done.push(await run(each));
    expect(done.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(act.map(() => ''));
    return [before.code, (await run(check)).code].map(Number);
  }

  test('makes the buckets that are not there, with a configuration of ours that it leaves as it is', async () => {
    const settings = aliases({ store: `https://${store.endpoint}:${store.port}` }, store.key, store.secret);
    await host.must('umask 077; mkdir -p /etc/silo/client; cat > /etc/silo/client/config.json', { stdin: settings });

    expect(await bring(bucket({ name: 'data', versioning: false, lock: false }, ['/usr/bin/minio-client', '/etc/silo/client']))).toEqual([1, 0]);
    expect(await bring(bucket({ name: 'data', versioning: false, lock: false }, ['/usr/bin/minio-client', '/etc/silo/client']))).toEqual([0, 0]);
    expect(await store.list('data')).toEqual([]);
    expect(await host.must(['cat', '/etc/silo/client/config.json'])).toBe(settings);
  });

  test('gives root an alias, and refuses a key that the store does not know', async () => {
    const { host: plain, inventory } = await deploy([], { text: sample.replace('    pg-meta:\n', '    minio: { hosts: { 10.10.10.10: { minio_seq: 1 } }, vars: { minio_cluster: minio } }\n    pg-meta:\n'), bundle });
    const known = (secret: string) => alias({ ...plain, vars: { ...plain.vars, minio_access_key: store.key, minio_secret_key: new Secret(secret), minio_endpoint: `https://${store.endpoint}:${store.port}` } }, inventory);

    expect(await bring(known(store.secret))).toEqual([1, 0]);
    expect(await bring(known(store.secret))).toEqual([0, 0]);
    expect(await host.must('HOME=/root minio-client ls sss')).toContain('pgsql/');
    const refused = await run(known('the-secret-of-nobody').act[0]!);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('does not match')]);
  });
});
