import { describe, expect, test } from 'vitest';
import type { BackupInfo, StanzaInfo } from '../../../installer/backup/info.ts';
import type { Seat } from '../../../installer/cluster/cluster.ts';
import { choose, type Wish } from '../../../installer/proof/choose.ts';
import type { Stand } from '../../../installer/proof/stand.ts';

const GiB = 1024 ** 3;

const backup = (label: string, repo: number, day: number, size = GiB): BackupInfo => ({ label, type: 'full', repo, ended: `2026-11-${day}T01:00:00Z`, size }) as BackupInfo;

interface Changes {
  backups: readonly BackupInfo[];
  free?: number;
  standby?: boolean;
  busy?: boolean;
  repositories?: Stand['repositories'];
  codes?: readonly number[];
}

function stand(number: number, { backups, free = 10 * GiB, standby = true, busy = false, repositories = [{ number: 1, name: 'local', isLocal: true }], codes = [0, 0] }: Changes): Stand {
  const stanza = { repositories: codes.map((code, index) => ({ number: index + 1, cipher: 'none', code, message: '' })), backups } as unknown as StanzaInfo;
  return { seat: { member: `pg-test-${number}`, address: `10.0.0.${number}` } as Seat, free, spare: GiB, isStandby: standby, isBusy: busy, repositories, stanza };
}

const pick = (stands: readonly Stand[], wish: Partial<Wish> = {}): string[] => {
  const { stand: { seat }, repository, backup: chosen } = choose({ cluster: 'pg-test', set: 'latest', ...wish }, stands);
  return [seat.member, repository, chosen?.label ?? 'unread'];
};

const bothRepositories = [{ number: 1, name: 'local', isLocal: true }, { number: 2, name: 'far', isLocal: false }];

describe('what is proven where', () => {
  test('a backup in a local repository, on the host where it lies, be that the leader', () => {
    expect(pick([stand(1, { backups: [backup('A', 1, 20)], standby: false }), stand(2, { backups: [] })])).toEqual(['pg-test-1', 'local', 'A']);
  });

  test('after a failover the newest of all hosts', () => {
    expect(pick([stand(1, { backups: [backup('A', 1, 20)] }), stand(2, { backups: [backup('B', 1, 21)], standby: false })])).toEqual(['pg-test-2', 'local', 'B']);
  });

  test('what all see, on a replica before the leader, and on the one with most room', () => {
    const shared = { backups: [backup('S', 2, 20)], repositories: bothRepositories };

    expect(pick([stand(1, { ...shared, standby: false, free: 90 * GiB }), stand(2, { ...shared, free: 5 * GiB }), stand(3, { ...shared, free: 20 * GiB })])).toEqual(['pg-test-3', 'far', 'S']);
  });

  test('on the leader where no replica has room', () => {
    const shared = { backups: [backup('S', 2, 20)], repositories: bothRepositories };

    expect(pick([stand(1, { ...shared, standby: false }), stand(2, { ...shared, free: 2 * GiB })])).toEqual(['pg-test-1', 'far', 'S']);
  });

  test('the first repository where two have a backup of the same time', () => {
    expect(pick([stand(1, { backups: [backup('L', 1, 20), backup('S', 2, 20)], repositories: bothRepositories })])).toEqual(['pg-test-1', 'local', 'L']);
  });

  test('what is named: the repository, the host, the backup', () => {
    const stands = [1, 2].map((number) => stand(number, { backups: [backup('L', 1, 20), backup('S', 2, 19), backup('T', 2, 18)], repositories: bothRepositories }));

    expect(pick(stands, { repository: 'far' })).toEqual(['pg-test-1', 'far', 'S']);
    expect(pick(stands, { on: '10.0.0.2' })).toEqual(['pg-test-2', 'local', 'L']);
    expect(pick(stands, { on: 'pg-test-2', set: 'T' })).toEqual(['pg-test-2', 'far', 'T']);
  });

  test('a repository that cannot be read is looked at all the same, so that the proof says why', () => {
    expect(pick([stand(1, { backups: [], codes: [99] })])).toEqual(['pg-test-1', 'local', 'unread']);
  });
});

describe('what is refused', () => {
  const one = [stand(1, { backups: [backup('20261120-010000F', 1, 20)] })];

  test.each([
    ['a repository that there is not', { repository: 'locla' }, { code: 'usage', message: 'pg-test has no repository "locla", did you mean "local"?', hint: 'it has local' }],
    ['a host that there is not', { on: '10.0.0.9' }, { code: 'usage', hint: '10.0.0.1 (pg-test-1)' }],
    ['a backup that there is not', { set: '20261121-010000F' }, { code: 'usage', hint: 'pgark backup list pg-test shows those that there are' }],
  ])('%s', (_name, wish, fault) => {
    expect(() => pick(one, wish)).toThrow(expect.objectContaining(fault));
  });

  test('a cluster without a backup', () => {
    expect(() => pick([stand(1, { backups: [], codes: [2] })])).toThrow(expect.objectContaining({ code: 'apply', hint: 'pgark backup now pg-test makes one' }));
  });

  test('a host that sees no backup, where others do', () => {
    expect(() => pick([...one, stand(2, { backups: [] })], { on: 'pg-test-2' })).toThrow(expect.objectContaining({ code: 'apply', message: 'pg-test, as pg-test-2 sees it, has no backup that could be proven', hint: 'pgark backup list pg-test shows where backups lie' }));
  });

  test('what no host has room or time for, with a word about each', () => {
    const shared = { backups: [backup('S', 2, 20, 4 * GiB)], repositories: bothRepositories };

    expect(() => pick([stand(1, { ...shared, free: 5 * GiB }), stand(2, { ...shared, busy: true })])).toThrow(
      expect.objectContaining({ code: 'apply', details: ['pg-test-1 (10.0.0.1): 5530 MiB needed, 5120 MiB free', 'pg-test-2 (10.0.0.2): another proof is under way'] }),
    );
  });
});
