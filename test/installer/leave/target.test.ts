import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { clusterTarget, hostTarget } from '../../../installer/leave/target.ts';

const text = `all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
        10.10.10.13: { pg_seq: 3, pg_role: replica, pg_safeguard: true }
      vars: { pg_cluster: pg-test }
    pg-solo: { hosts: { 10.10.10.15: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-solo } }
    nodes: { hosts: { 10.10.10.14: {} } }
`;
const draft = parseInventory(text, 'pgark.yml');

describe('what is to be removed', () => {
  test('is one member, by its whole name', () => {
    expect(clusterTarget('pg-test', 'pg-test-2', draft)).toMatchObject({ name: 'pg-test-2', hosts: [{ address: '10.10.10.12' }], isWholeCluster: false, isHost: false });
    expect(() => clusterTarget('pg-test', 'pg-test-22', draft)).toThrow('pg-test has no member "pg-test-22"');
    expect(() => clusterTarget('pg-test', '2', draft)).toThrow('no member');
  });

  test('is a whole cluster only by its name, and never every one', () => {
    expect(clusterTarget('pg-solo', undefined, draft)).toMatchObject({ name: 'pg-solo', isWholeCluster: true });
    expect(() => clusterTarget('pg-', undefined, draft)).toThrow('there is no cluster "pg-"');
    expect(() => clusterTarget('*', undefined, draft)).toThrow('there is no cluster');
    expect(() => clusterTarget('all', undefined, draft)).toThrow('there is no cluster');
  });

  test('is not the only member of a cluster, which would be the cluster', () => {
    expect(() => clusterTarget('pg-solo', 'pg-solo-1', draft)).toThrow('pg-solo-1 is the only member of pg-solo');
    expect(() => hostTarget('10.10.10.15', draft)).toThrow('10.10.10.15 carries the only member of pg-solo');
  });

  test('is nothing that pg_safeguard protects, be it named, one of several, or on a host that goes', () => {
    expect(() => clusterTarget('pg-test', 'pg-test-3', draft)).toThrow('pg-test-3: protected by pg_safeguard');
    expect(() => clusterTarget('pg-test', undefined, draft)).toThrow('pg-test-3: protected by pg_safeguard');
    expect(() => hostTarget('10.10.10.13', draft)).toThrow('pg-test-3: protected by pg_safeguard');
  });

  test('is a host that is known and that others do not stand on', () => {
    expect(hostTarget('10.10.10.14', draft)).toMatchObject({ name: '10.10.10.14', isHost: true });
    expect(hostTarget('10.10.10.12', draft)).toMatchObject({ cluster: 'pg-test', isHost: true });
    expect(() => hostTarget('10.10.10.10', draft)).toThrow('10.10.10.10 is an infra host');
    expect(() => hostTarget('10.10.10.99', draft)).toThrow('the deployment has no host "10.10.10.99"');
  });
});
