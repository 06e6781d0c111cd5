import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { removeHost } from '../../../installer/inventory/edit.ts';
import { wantedWithout } from '../../../installer/leave/departure.ts';
import { hostTarget } from '../../../installer/leave/target.ts';
import { roles } from '../../../installer/roles.ts';
import { bundle as debianBundle } from '../inventory/sample.ts';
import { deploy } from '../role/deployment.ts';

const bundle = { ...debianBundle, roots: [...debianBundle.roots, ...['silo', 'mcli'].map((name) => ({ package: name, version: '1', kind: 'component' as const, name, conflicts: [] }))] };

const text = (hosts: string, vars: string): string => `all:
  children:
    infra: { hosts: { 10.10.10.11: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.11: { etcd_seq: 1 } } }
    pg-test: { hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test, pg_version: '15' } }
    minio:
      hosts:
${hosts}
      vars: { minio_cluster: minio${vars} }
`;

const alone = '        10.10.10.14: { minio_seq: 1 }';

async function leaving(vars: string): Promise<string[]> {
  const before = text(alone, vars);
  const after = removeHost({ text: before, draft: parseInventory(before, 'pgark.yml') }, '10.10.10.14');
  const inventories = await Promise.all([before, after].map(async (each) => (await deploy(roles, { text: each, bundle })).inventory));
  const wanted = wantedWithout({ before: inventories[0]!, after: inventories[1]!, roles, leaving: ['10.10.10.14'], lost: [], stamp: 'STAMP' });
  return wanted.find(({ host }) => host.address === '10.10.10.14')!.items.map(({ identity }) => identity);
}

describe('an object store whose host leaves', () => {
  test('is stopped, loses its keys, and what it holds is kept under another name', async () => {
    const identities = await leaving('');

    expect(identities).toEqual(expect.arrayContaining(['service silo.service', 'absent /etc/default/silo', 'absent /etc/silo/certs/private.key', 'absent /etc/silo/client/config.json', 'condition /data/minio is kept as /data/minio.removed-STAMP, unless it is a disk']));
    expect(identities.indexOf('service silo.service')).toBeLessThan(identities.findIndex((each) => each.includes('is kept as')));
    expect(identities.filter((each) => each.includes('destroyed') || each.includes('without the packages'))).toEqual([]);
  }, 60_000);

  test('is destroyed only where the inventory says so', async () => {
    expect(await leaving(', minio_rm_data: true, minio_rm_pkg: true')).toEqual(expect.arrayContaining(['condition /data/minio is destroyed', 'condition without the packages silo']));
  }, 60_000);

  test('does not leave when it is protected, or one of several', () => {
    const target = (hosts: string, vars: string) => hostTarget('10.10.10.14', parseInventory(text(hosts, vars), 'pgark.yml'));

    expect(target(alone, '')).toMatchObject({ name: '10.10.10.14', isHost: true });
    expect(() => target(alone, ', minio_safeguard: true')).toThrow('10.10.10.14: the object store minio is protected by minio_safeguard in the inventory');
    expect(() => target(`${alone}\n        10.10.10.15: { minio_seq: 2 }`, '')).toThrow('10.10.10.14 is one of 2 members of the object store minio, which cannot become smaller');
  });
});
