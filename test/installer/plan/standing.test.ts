import { expect, test } from 'vitest';
import type { EtcdSight } from '../../../installer/inventory/etcd-sight.ts';
import type { Host } from '../../../installer/inventory/inventory.ts';
import { etcdStanding, floating } from '../../../installer/plan/standing.ts';

const sight = (id: string, leader?: string, more = {}): EtcdSight => ({ data: 'whole', isActive: true, status: { id, ...(leader !== undefined && { leader }), isLearner: false, version: '3.5.16', size: 100, index: 1, applied: 1, errors: [], ...more } });

const host = (number: number, etcd?: EtcdSight, addresses: string[] = [], vars = {}): Host => ({ address: `10.0.0.${number}`, name: `h${number}`, vars, facts: { etcd, addresses } }) as unknown as Host;

const standing = (hosts: Host[], ...lost: string[]) => etcdStanding({ group: () => hosts }, new Set(lost));

test('etcd is well while more than half of its members know a leader', () => {
  expect(standing([host(1, sight('a', 'b')), host(2, sight('b', 'b')), host(3)])).toMatchObject({ leader: 'h2', quorum: true, members: [{ state: 'follows' }, { state: 'leads', version: '3.5.16' }, { state: 'no answer' }] });
  expect(standing([host(1, sight('a', 'b')), host(2, sight('b', 'b')), host(3, sight('c', 'b'))], '10.0.0.1', '10.0.0.2')).toMatchObject({ quorum: false, members: [{ state: 'unreachable' }, { state: 'unreachable' }, { state: 'follows' }] });
  expect(standing([host(1, sight('a')), host(2, sight('b')), host(3)])).toMatchObject({ quorum: false, members: [{ state: 'no leader' }, { state: 'no leader' }, { state: 'no answer' }] });
});

test('a learner has no vote, and where there is no etcd there is nothing to tell', () => {
  expect(standing([host(1, sight('a', 'a')), host(2, sight('b', 'a', { isLearner: true }))])).toMatchObject({ quorum: false, members: [{ state: 'leads' }, { state: 'learns' }] });
  expect(standing([])).toBeUndefined();
});

test('an address that moves is told once, with the hosts that have it', () => {
  const vars = { pg_vip_enabled: true, pg_vip_address: '10.0.0.9/24', pg_cluster: 'pg-test' };
  const hosts = [host(1, undefined, ['10.0.0.1'], vars), host(2, undefined, ['10.0.0.2', '10.0.0.9'], vars), host(3, undefined, ['10.0.0.3'], { vip_enabled: true, vip_address: 'fd00::9', node_cluster: 'proxy' }), host(4, undefined, ['FD00:0::9'], {})];

  expect(floating({ hosts }, new Set())).toEqual([
    { address: '10.0.0.9', cluster: 'pg-test', of: 'PostgreSQL', holders: ['h2'] },
    { address: 'fd00::9', cluster: 'proxy', of: 'nodes', holders: ['h4'] },
  ]);
  expect(floating({ hosts }, new Set(['10.0.0.2']))[0]!.holders).toEqual([]);
});
