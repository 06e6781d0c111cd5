import { describe, expect, test } from 'vitest';
import type { Seat } from '../../../installer/cluster/cluster.ts';
import { lookAt } from '../../../installer/restore/source.ts';
import type { Command, Completed } from '../../../installer/transport/command.ts';
import { oneRepository } from '../backup/sample.ts';

const local = { number: 1, name: 'local', isLocal: true };

/** A member whose pgBackRest answers by the last words that it is given. */
function member(answers: Record<string, Partial<Completed>>): Seat {
  const answer = ({ argv }: Command): Completed => {
    const words = argv.join(' ');
    const found = Object.entries(answers).find(([end]) => words.endsWith(end));
    return { code: 0, stdout: '', stderr: '', ...(found?.[1] ?? { code: 55, stderr: `nobody expected ${words}` }) };
  };
  const transport = { host: '10.10.10.10', probe: async (commands: readonly Command[]) => commands.map(answer), run: async (commands: readonly Command[]) => commands.map(answer) };
  return { member: 'pg-test-1', address: '10.10.10.10', transport, dbsu: 'postgres', data: '/pg/data', port: '5432', isOffline: false, isSafeguarded: false };
}

describe('a repository', () => {
  test('tells its backups, its timelines, and when the last segment came', async () => {
    const seat = member({
      'info': { stdout: oneRepository },
      'archive/pg-test/15-1/0000000100000000': { stdout: '{".":{"type":"path"},"000000010000000000000007-abc.zst":{"type":"file","size":1,"time":1795368200}}' },
      'archive/pg-test/15-1/00000002.history': { stdout: '1\t0/80000A0\tno recovery target specified\n' },
      'archive/pg-test/15-1': { stdout: '{".":{"type":"path"},"00000002.history":{"type":"file","size":64,"time":1795381178}}' },
    });

    const [source] = await lookAt(seat, 'pg-test', [local]);

    expect(source).toMatchObject({
      member: 'pg-test-1',
      name: 'local',
      backups: [{ label: '20261122-172248F' }],
      archive: [{ id: '15-1', min: '000000010000000000000001', max: '000000010000000000000007', lastAt: 1_795_368_200_000 }],
      lines: [{ timeline: 2, began: 1_795_381_178_000, parents: [{ timeline: 1, until: 0x80000a0n }] }],
    });
    expect(source!.trouble).toBeUndefined();
  });

  test('that cannot be read says why', async () => {
    const told = JSON.stringify([{ name: 'pg-test', backup: [], archive: [], db: [], repo: [{ key: 1, cipher: 'aes-256-cbc', status: { code: 99, message: '[CryptoError] unable to load info file\nHINT: is it there?' } }], status: { code: 99, message: 'other' } }]);

    const [source] = await lookAt(member({ info: { stdout: told } }), 'pg-test', [local]);

    expect(source).toMatchObject({ backups: [], trouble: '[CryptoError] unable to load info file' });
  });

  test('without anything in it is no trouble', async () => {
    const [source] = await lookAt(member({ info: { stdout: '[]' } }), 'pg-test', [local]);

    expect(source).toEqual({ member: 'pg-test-1', address: '10.10.10.10', number: 1, name: 'local', isLocal: true, backups: [], archive: [], lines: [] });
  });
});
