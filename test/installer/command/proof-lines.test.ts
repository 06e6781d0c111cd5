import { describe, expect, test } from 'vitest';
import { ago, proofLines, proofsIn } from '../../../installer/command/proof-lines.ts';
import type { HostRow } from '../../../installer/command/status-page.ts';
import type { ProofRecord, ProofResult } from '../../../installer/proof/result.ts';

const now = new Date('2026-11-25T12:00:00Z');

const result = (label: string, verdict: ProofResult['verdict'], finished: string, reason?: string): ProofResult => ({ cluster: 'pg-test', instance: 'i', repository: 'local', label, verdict, stage: 'done', started: finished, finished, duration: 18, ...(reason && { reason }) });

const row = (number: number, ...proofs: ProofRecord[]): HostRow => ({ host: `pg-test-${number}`, address: `10.0.0.${number}`, services: [], drift: 0, proofs });

const good = (label: string, finished: string): ProofRecord => ({ repository: 'local', last: result(label, 'proven', finished), proven: result(label, 'proven', finished) });

const members = [1, 2].map((number) => ({ address: `10.0.0.${number}` }));

describe('the last proof of a cluster', () => {
  test('is that of the newest backup, on whichever member', () => {
    const rows = [row(1, good('20261121-010000F', '2026-11-25T11:00:00Z')), row(2, good('20261121-010000F_20261124-010000I', '2026-11-25T02:00:00Z')), row(3, good('20261125-010000F', '2026-11-25T03:00:00Z'))];

    const found = proofsIn(members, rows, now);

    expect(found).toEqual({ lastProof: { host: 'pg-test-2', repository: 'local', label: '20261121-010000F_20261124-010000I', finished: '2026-11-25T02:00:00Z', age: 36_000 } });
    expect(proofLines({ name: 'pg-test', ...found })).toEqual(['  last proof  20261121-010000F_20261124-010000I in repository local, restored on pg-test-2 10 hours ago']);
  });

  test('stands beside a backup that was found bad, and why', () => {
    const bad = result('20261124-010000F', 'failed', '2026-11-25T01:30:00Z', 'it cannot be restored');
    const found = proofsIn(members, [row(1, { ...good('20261121-010000F', '2026-11-21T01:20:00Z'), last: bad, failed: bad })], now);

    expect(proofLines({ name: 'pg-test', lastBackup: {}, ...found })).toEqual([
      '  last proof  20261121-010000F in repository local, restored on pg-test-1 4 days ago',
      '  BAD BACKUP  20261124-010000F in repository local, found on pg-test-1 at 2026-11-25 01:30: it cannot be restored',
    ]);
  });

  test('on another member ends what was found bad, when it is of the same backup or of a newer one', () => {
    const bad = (label: string): ProofRecord => ({ repository: 'local', last: result(label, 'failed', '2026-11-24T01:30:00Z'), failed: result(label, 'failed', '2026-11-24T01:30:00Z', 'why') });
    const proven = row(2, good('20261123-010000F', '2026-11-25T01:20:00Z'));

    const left = ['20261123-010000F', '20261121-010000F_20261122-010000I', 'latest', '20261124-010000F'].filter((label) => proofsIn(members, [row(1, bad(label)), proven], now).badBackups !== undefined);

    expect(left).toEqual(['20261124-010000F']);
  });

  test('is missing where there are backups and none was proven; a proof that was cut off is told of', () => {
    const found = proofsIn(members, [row(1, { repository: 'local', last: result('20261124-010000F', 'untried', '2026-11-25T01:30:00Z', 'it was stopped') })], now);

    expect(proofLines({ name: 'pg-test', lastBackup: {}, ...found })).toEqual(['  no backup was ever proven: pgark backup check pg-test', '  no proof of repository local on pg-test-1: it was stopped']);
    expect(proofLines({ name: 'pg-test' })).toEqual([]);
  });

  test.each([[5, 'just now'], [150, '2 minutes ago'], [7_300, '2 hours ago'], [86_400, '24 hours ago'], [300_000, '3 days ago']])('%s seconds are %s', (seconds, words) => {
    expect(ago(seconds)).toBe(words);
  });
});
