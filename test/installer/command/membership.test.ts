import { describe, expect, test } from 'vitest';
import { heirOf } from '../../../installer/command/heir.ts';
import { joiningOf } from '../../../installer/command/pg-add.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { enrol, type Roster } from '../../../installer/inventory/roster.ts';
import { clusterTarget } from '../../../installer/leave/target.ts';
import type { Reachable } from '../../../installer/deployment.ts';
import { fakePatroni, type FakePatroni } from '../cluster/fake-patroni.ts';

const text = `all:
  children:
    infra: { hosts: { 10.10.21.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.21.10: { etcd_seq: 1 } } }
    pg-test:
      hosts:
        10.10.21.11: { pg_seq: 1, pg_role: primary }
        10.10.21.12: { pg_seq: 2, pg_role: replica }
        10.10.21.13: { pg_seq: 3, pg_role: replica }
      vars: { pg_cluster: pg-test }
`;
const draft = parseInventory(text, 'pgark.yml');
const nobody: Roster = { format: 1, hosts: [], retired: [] };
const typed = (options: Record<string, string | true> = {}) => ({ has: (name: string) => name in options, value: (name: string) => (typeof options[name] === 'string' ? options[name] : undefined) });

describe('who joins a cluster', () => {
  const joining = (cluster: string, options: Record<string, string | true> = {}, roster = nobody) => joiningOf(cluster, '10.10.21.14', { draft, roster }, typed(options));

  test('is a replica with the next number, or what is asked for', () => {
    expect(joining('pg-test')).toEqual({ cluster: 'pg-test', address: '10.10.21.14', role: 'replica', seq: 4 });
    expect(joining('pg-test', { role: 'offline', seq: '7' })).toMatchObject({ role: 'offline', seq: 7 });
    expect(joining('pg-new', { new: true })).toMatchObject({ role: 'primary', seq: 1 });
  });

  test('does not get the name of a member that runs elsewhere still, or whose host is still called by it', () => {
    const withFourth = parseInventory(text.replace('      vars: { pg_cluster', '        10.10.21.15: { pg_seq: 4, pg_role: replica }\n      vars: { pg_cluster'), 'pgark.yml');

    expect(joining('pg-test', {}, enrol(nobody, withFourth)).seq).toBe(5);
    expect(joining('pg-test', {}, { ...nobody, retired: [{ member: 'pg-test-4', address: '10.10.21.15' }] }).seq).toBe(5);
    expect(joining('pg-test', {}, { ...nobody, retired: [{ member: 'pg-test-4', address: '10.10.21.14' }] }).seq).toBe(4);
  });

  test('is refused a cluster that is not there, or is there already, a lead, and what is no number', () => {
    expect(() => joining('pg-tset')).toThrow('the inventory has no cluster "pg-tset", did you mean "pg-test"?');
    expect(() => joining('pg-test', { new: true })).toThrow('there is a cluster pg-test already');
    expect(() => joining('pg-test', { role: 'primary' })).toThrow('--role: "primary" is not what a member joins as');
    expect(() => joining('pg-test', { seq: '-1' })).toThrow('--seq: "-1" is no number');
  });
});

describe('who leads when a member has left', () => {
  const reachable = (fake: FakePatroni, lost: readonly string[] = []) =>
    ({ ground: { draft, transports: new Map(fake.met.cluster.seats.map(({ address, transport }) => [address, transport])) }, lost: lost.map((address) => ({ address, because: new Error(address) })) }) as unknown as Reachable;
  const heir = (member: string | undefined, fake: FakePatroni, options: Record<string, true> = {}) => heirOf(clusterTarget('pg-test', member, draft), reachable(fake), typed(options));

  test('is who leads now, when that is somebody else', async () => {
    expect(await heir('pg-test-3', fakePatroni())).toEqual({ leader: '10.10.21.11' });
  });

  test('is nobody in question when the whole cluster goes', async () => {
    expect(await heir(undefined, fakePatroni())).toEqual({});
  });

  test('the leader does not leave, unless it may hand over first', async () => {
    const fake = fakePatroni();
    fake.members.get('pg-test-2')!.lag = 1;

    await expect(heir('pg-test-1', fake)).rejects.toMatchObject({ code: 'usage', message: 'pg-test-1 leads pg-test', hint: expect.stringContaining('--switchover') });
    expect(await heir('pg-test-1', fake, { switchover: true })).toMatchObject({ leader: '10.10.21.13', from: 'pg-test-1', to: 'pg-test-3' });
    expect(fake.told).toEqual([]);
  });

  test('nobody leaves a cluster without a leader, or one whose leader takes no writes', async () => {
    const headless = fakePatroni();
    headless.leader = undefined;
    const pretending = fakePatroni();
    pretending.members.get('pg-test-1')!.state = 'starting';

    await expect(heir('pg-test-3', headless)).rejects.toMatchObject({ code: 'apply', message: expect.stringContaining('pg-test has no leader') });
    await expect(heir('pg-test-3', pretending)).rejects.toMatchObject({ code: 'apply' });
  });
});
