import { describe, expect, test } from 'vitest';
import { clusterNamed, clustersIn } from '../../../installer/cluster/cluster.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import type { Transport } from '../../../installer/transport/command.ts';
import { withReplica } from '../role/deployment.ts';

const clustersOf = (text: string) => {
  const draft = parseInventory(text, 'pgark.yml');
  return clustersIn(draft, new Map(draft.hosts.map(({ address }) => [address, { host: address } as Transport])));
};

describe('the clusters of an inventory', () => {
  test('have their members by pg_seq, with the way to each', () => {
    const [cluster] = clustersOf(withReplica);

    expect(cluster).toMatchObject({ name: 'pg-meta', rpo: 1_048_576, seats: [{ member: 'pg-meta-1', address: '10.10.10.10', transport: { host: '10.10.10.10' }, dbsu: 'postgres', data: '/pg/data', port: '5432' }, { member: 'pg-meta-2', address: '10.10.10.11' }] });
  });

  test('protect what pg_safeguard names, and nothing else', () => {
    const guarded = withReplica.replace('10.10.10.11: { pg_seq: 2,', '10.10.10.11: { pg_safeguard: true, pg_seq: 2,');

    expect(clustersOf(guarded)[0]!.seats.map(({ isSafeguarded }) => isSafeguarded)).toEqual([false, true]);
    expect(clustersOf(guarded.replace('pg_safeguard: true', 'pg_safeguard: false'))[0]!.seats.map(({ isSafeguarded }) => isSafeguarded)).toEqual([false, false]);
  });

  test('are those that run under Patroni', () => {
    expect(clustersOf(withReplica.replace('        pg_crontab:', '        patroni_enabled: false\n        pg_crontab:'))).toEqual([]);
  });

  test('have names, of which the nearest is told', () => {
    const clusters = clustersOf(withReplica);

    expect(clusterNamed('pg-meta', clusters)).toBe(clusters[0]);
    expect(() => clusterNamed('pg-mata', clusters)).toThrow('the inventory has no cluster "pg-mata", did you mean "pg-meta"?');
  });
});
