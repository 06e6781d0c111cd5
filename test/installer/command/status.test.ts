import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tellStatus, type Status } from '../../../installer/command/status.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { openReachable } from '../../../installer/pipeline.ts';
import { roles } from '../../../installer/roles.ts';
import type { Command, Completed, Transport } from '../../../installer/transport/command.ts';
import type { Invocation } from '../../../repo/console/command.ts';
import { writeDocument } from '../../../repo/core/document.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';
import { bundle } from '../inventory/sample.ts';

const inventory = `all:
  children:
    infra: { hosts: { 10.10.21.11: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.21.11: { etcd_seq: 1 }, 10.10.21.12: { etcd_seq: 2 }, 10.10.21.13: { etcd_seq: 3 } } }
    pg-test:
      hosts:
        10.10.21.11: { pg_seq: 1, pg_role: primary }
        10.10.21.12: { pg_seq: 2, pg_role: replica }
        10.10.21.13: { pg_seq: 3, pg_role: replica }
      vars: { pg_cluster: pg-test, pg_version: 15 }
  vars: { admin_ip: 10.10.21.11 }
`;

const members = ['Leader', 'Replica', 'Replica'].map((Role, index) => ({ Cluster: 'pg-test', Member: `pg-test-${index + 1}`, Host: `10.10.21.1${index + 1}`, Role, State: 'running', TL: 1, ...(index > 0 && { 'Lag in MB': 0 }) }));

/** A bare host that has been looked at, and on which nothing is as wanted. */
function host(address: string, isLost: () => boolean): Transport {
  const answer = ({ argv }: Command): Completed => {
    const words = argv.join(' ');
    const said = (stdout: string): Completed => ({ code: 0, stdout, stderr: '' });
    if (words.includes('/etc/os-release')) return said('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nhostname=box\narch=x86_64\ncpus=4\nmemory=8388608\ndisk=100000000 80000000\ncontainer=none\ncarries=yes\n');
    if (argv[0] === 'patronictl') return said(JSON.stringify(members));
    if (argv[0] === 'psql' && words.includes('pg_is_in_recovery')) return said('f\n');
    return words.includes('systemctl') ? said('LoadState=not-found\nnow=1\n') : { code: 1, stdout: '', stderr: '' };
  };
  return { host: address, run: () => Promise.reject(new Error('a look changes nothing')), probe: async (commands) => (isLost() ? Promise.reject(new Fault('unreachable', `${address}: no root shell`, { details: ['Connection timed out'] })) : commands.map(answer)) };
}

describe('the status of three hosts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-status-'));
    await writeFile(join(folder, 'bundle.json'), writeDocument(bundle));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function statusOf(isLost: (address: string) => boolean): Promise<{ status: Status; text: string }> {
    const draft = parseInventory(inventory, 'pgark.yml');
    const ground = { text: inventory, digest: digestOf(inventory), draft, transports: new Map(draft.hosts.map(({ address }) => [address, host(address, () => isLost(address))])) };
    const opened = await openReachable(ground, { file: join(folder, 'pgark.yml'), bundle: join(folder, 'bundle.json'), roles, progress: silent });
    let text = '';
    const status = await tellStatus(opened, { progress: silent, print: (said: string) => void (text += said) } as unknown as Invocation);
    return { status, text };
  }

  test('has the members of a cluster once, and every host', async () => {
    const { status, text } = await statusOf(() => false);

    expect(status.hosts.map((each) => each.host)).toEqual(['pg-test-1', 'pg-test-2', 'pg-test-3']);
    expect(status.clusters).toMatchObject([{ name: 'pg-test', leader: 'pg-test-1', timeline: 1, members: [{ name: 'pg-test-1' }, { name: 'pg-test-2', lag: 0 }, { name: 'pg-test-3' }] }]);
    expect(text.match(/cluster pg-test: pg-test-1 leads, timeline 1/g)).toHaveLength(1);
    expect(status.drift).toBeGreaterThan(0);
    expect(status.exitCode).toBeUndefined();
  });

  test('goes on without one that cannot be reached, and says so in its row', async () => {
    const { status, text } = await statusOf((address) => address === '10.10.21.12');

    expect(status.exitCode).toBe(7);
    expect(status.hosts[1]).toEqual({ host: 'pg-test-2', address: '10.10.21.12', unreachable: '10.10.21.12: no root shell: Connection timed out' });
    expect(status.hosts[2]).toMatchObject({ host: 'pg-test-3', services: expect.arrayContaining([{ unit: 'patroni.service', state: 'stopped' }]) });
    expect(status.clusters[0]!.members[1]).toMatchObject({ name: 'pg-test-2', role: 'Replica', lost: '10.10.21.12: no root shell' });
    expect(text).toContain('pg-test-2 (10.10.21.12): cannot be reached\n');
    expect(text).toContain('; nobody knows of what cannot be reached');
  });

  test('wants of the others what it wants of them when all are there', async () => {
    const whole = await statusOf(() => false);
    const part = await statusOf((address) => address === '10.10.21.12');
    const driftOf = ({ status }: { status: Status }, index: number) => (status.hosts[index] as { drift: number }).drift;

    expect([0, 2].map((index) => driftOf(part, index))).toEqual([0, 2].map((index) => driftOf(whole, index)));
  });

  test('tells of a host that is lost while it is asked', async () => {
    let looks = 0;
    const { status } = await statusOf((address) => address === '10.10.21.13' && ++looks > 2);

    expect(status.hosts[2]).toMatchObject({ host: 'pg-test-3', unreachable: expect.stringContaining('no root shell') });
    expect(status.exitCode).toBe(7);
  });

  test('is a fault where none can be reached', async () => {
    await expect(statusOf(() => true)).rejects.toMatchObject({ code: 'unreachable', message: 'none of 3 hosts can be reached', details: expect.arrayContaining(['10.10.21.13: no root shell']) });
  });
});
