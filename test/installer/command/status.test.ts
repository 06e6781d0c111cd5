import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusPage, type Status } from '../../../installer/command/status-page.ts';
import { tellStatus } from '../../../installer/command/status.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { openReachable } from '../../../installer/deployment.ts';
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
    if (words.includes('--pgark-shown')) return said(`${Array(Number(argv.find((word) => /^\d+$/.test(word)))).fill('LoadState=not-found').join('\n\n')}\n\n--pgark-shown\nnow 1\n`);
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
    expect(status.exitCode).toBe(7); // etcd does not run on bare hosts
  });

  test('goes on without one that cannot be reached, and says so in its row', async () => {
    const { status, text } = await statusOf((address) => address === '10.10.21.12');

    expect(status.exitCode).toBe(7);
    expect(status.hosts[1]).toEqual({ host: 'pg-test-2', address: '10.10.21.12', unreachable: '10.10.21.12: no root shell: Connection timed out' });
    expect(status.hosts[2]).toMatchObject({ host: 'pg-test-3', services: expect.arrayContaining([{ unit: 'patroni.service', state: 'stopped' }]) });
    expect(status.clusters[0]!.members[1]).toMatchObject({ name: 'pg-test-2', role: 'Replica', lost: '10.10.21.12: no root shell' });
    expect(text).toMatch(/^pg-test-2 +10\.10\.21\.12 +cannot be reached: 10\.10\.21\.12: no root shell: Connection timed out$/m);
    expect(status.etcd).toMatchObject({ quorum: false, members: [{ state: 'no answer' }, { state: 'unreachable' }, { state: 'no answer' }] });
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

describe('the page', () => {
  const running = (...units: string[]) => units.map((unit) => ({ unit: `${unit}.service`, state: 'running' as const }));
  const whole: Status = {
    bundle: 'pgark-slim',
    hosts: [
      { host: 'pg-test-1', address: '10.0.0.1', services: running('etcd', 'patroni', 'haproxy'), drift: 0, lastRun: { at: '2026-11-22T08:40:00.000Z', result: 'done', by: 'root@a' } },
      { host: 'pg-test-2', address: '10.0.0.2', services: [...running('etcd', 'haproxy'), { unit: 'patroni.service', state: 'stopped' }], drift: 2 },
      { host: 'pg-test-3', address: '10.0.0.3', unreachable: 'no root shell' },
    ],
    clusters: [
      {
        name: 'pg-test',
        leader: 'pg-test-1',
        timeline: 3,
        members: [{ name: 'pg-test-1', address: '10.0.0.1', role: 'Leader', state: 'running', timeline: 3, pendingRestart: true }],
        lastBackup: { label: '20261122-084301F', type: 'full', ended: '2026-11-22T08:43:03.000Z', error: false, host: 'pg-test-1' },
        lastProof: { label: '20261122-084301F', repository: 'local', host: 'pg-test-1', finished: '2026-11-22T09:30:00Z', age: 7_300 },
      },
    ],
    etcd: { quorum: true, leader: 'pg-test-2', members: [{ host: 'pg-test-1', address: '10.0.0.1', state: 'follows' }, { host: 'pg-test-2', address: '10.0.0.2', state: 'leads' }, { host: 'pg-test-3', address: '10.0.0.3', state: 'unreachable' }] },
    floating: [
      { address: '10.0.0.9', cluster: 'pg-test', of: 'PostgreSQL', holders: ['pg-test-1'] },
      { address: '10.0.0.8', cluster: 'proxy', of: 'nodes', holders: [] },
    ],
    certificates: [{ name: 'etcd-1', ends: '2027-01-02T00:00:00.000Z', left: 41 }, { name: 'authority', ends: '2036-01-01T00:00:00.000Z', left: 3000 }],
    drift: 2,
  };

  test('has a line for everything, and names only what is not as it should be', () => {
    expect(statusPage(whole).replaceAll(/ +$/gm, '')).toBe(`bundle  pgark-slim

host       address   services                          last run
pg-test-1  10.0.0.1  3 running                         2026-11-22 08:40 done
pg-test-2  10.0.0.2  2 of 3 running: patroni stopped   never                  2 changes
pg-test-3  10.0.0.3  cannot be reached: no root shell

cluster pg-test: pg-test-1 leads, timeline 3
  member     role    state    timeline  lag  host
  pg-test-1  Leader  running  3              10.0.0.1  waits for a restart
  last backup 20261122-084301F (full) of 2026-11-22 08:43 on pg-test-1
  last proof  20261122-084301F in repository local, restored on pg-test-1 2 hours ago

address 10.0.0.9 of pg-test: on pg-test-1
address 10.0.0.8 of the nodes proxy: on no host that was reached
etcd: 2 of 3 well, pg-test-2 leads, pg-test-3 unreachable
certificates: 2, the first to end is etcd-1, 2027-01-02, in 41 days
2 changes away from the inventory; pgark plan shows them; nobody knows of what cannot be reached`);
  });

  const archiving = { leads: true };
  const full = { timer: 'pgark-backup-full.timer', what: 'full', next: '2026-11-23T01:00:00Z', result: 'done' } as const;
  const local = { name: 'local', code: 0, message: 'ok', hasFull: true };

  test.each([
    ['when the next backup is made', { schedule: [{ ...full, what: 'diff', next: '2026-11-24T01:00:00Z' }, full], archiving, repositories: [local] }, ['  next backup full at 2026-11-23 01:00:00 UTC']],
    ['that there is no schedule', { schedule: [], archiving, repositories: [local] }, ['  no schedule of backups']],
    ['a new leader without a full backup', { schedule: [full], archiving, repositories: [{ ...local, code: 2, message: 'no valid backups', hasFull: false }] }, ['  next backup full at 2026-11-23 01:00:00 UTC', '  backup: repository local of the leader has no full backup']],
    ['a repository that cannot be reached', { schedule: [full], archiving, repositories: [local, { name: 'far', code: 99, message: 'other', hasFull: false }] }, ['  next backup full at 2026-11-23 01:00:00 UTC', '  backup: repository far: other']],
    ['a backup that failed', { schedule: [{ ...full, result: 'failed' as const, last: '2026-11-22T01:00:09Z' }], archiving, repositories: [local] }, ['  next backup full at 2026-11-23 01:00:00 UTC', '  backup: the full backup of the schedule failed at 2026-11-22T01:00:09Z: journalctl -u pgark-backup-full on the leader tells why']],
    ['WAL that is not archived', { schedule: [full], archiving: { leads: true, failing: { segment: '00000001000000000000000A', time: '2026-11-22T17:23:20Z' } }, repositories: [local] }, ['  next backup full at 2026-11-23 01:00:00 UTC', '  backup: WAL is not archived: 00000001000000000000000A failed at 2026-11-22T17:23:20Z']],
    ['a repository that is full', { schedule: [full], archiving: { leads: true, failing: { segment: '00000001000000000000000A', time: '2026-11-22T17:23:20Z', obstacle: { repo: 1, said: 'No space left on device', isFull: true } } }, repositories: [local] }, ['  next backup full at 2026-11-23 01:00:00 UTC', '  backup: WAL is not archived: 00000001000000000000000A failed at 2026-11-22T17:23:20Z', expect.stringContaining('backup: repository local is full; PostgreSQL goes on') as string, expect.stringContaining(`backup: next: give it more room, or remove a backup with pgark backup expire ${whole.clusters[0]!.name} --set LABEL`) as string]],
  ])('tells of %s', (_, backing, lines) => {
    const page = statusPage({ ...whole, clusters: [{ ...whole.clusters[0]!, backing }] }).split('\n');
    const last = page.findIndex((line) => line.startsWith('  last backup'));

    expect(page.slice(last + 1, last + 1 + lines.length + 1)).toEqual([...lines, expect.stringContaining('last proof')]);
  });

  test.each<[string, Partial<Status>, string]>([
    ['etcd that cannot decide', { etcd: { quorum: false, members: [{ host: 'a', address: '1', state: 'no leader' }, { host: 'b', address: '2', state: 'no answer' }] } }, 'etcd: no quorum, 0 of 2 well, a no leader, b no answer'],
    ['etcd that is full', { etcd: { quorum: true, leader: 'a', members: [{ host: 'a', address: '1', state: 'leads', errors: ['alarm:NOSPACE'] }] } }, 'etcd: 0 of 1 well, a leads, a: alarm:NOSPACE'],
    ['an address that two hosts have', { floating: [{ address: '10.0.0.9', cluster: 'pg-test', of: 'PostgreSQL', holders: ['a', 'b'] }] }, 'address 10.0.0.9 of pg-test: on a and b: more than one'],
    ['many services that do not run', { hosts: [{ host: 'a', address: '1', drift: 0, services: ['k', 'l', 'm', 'n', 'o'].map((unit) => ({ unit: `${unit}.service`, state: 'stopped' as const })) }] }, '0 of 5 running: k stopped, l stopped, m stopped, 2 more'],
  ])('tells of %s', (_, change, line) => {
    expect(statusPage({ ...whole, ...change })).toContain(line);
  });
});
