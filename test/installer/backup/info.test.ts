import { describe, expect, test } from 'vitest';
import { readInfo, timelineOf } from '../../../installer/backup/info.ts';
import { empty, oneRepository, twoRepositories } from './sample.ts';

describe('what pgBackRest tells', () => {
  test('is a stanza with its backups and its archive', () => {
    expect(readInfo(oneRepository)).toEqual([
      {
        name: 'pg-test',
        status: { code: 0, message: 'ok' },
        repositories: [{ number: 1, cipher: 'aes-256-cbc', code: 0, message: 'ok' }],
        archive: [{ repo: 1, id: '15-1', databaseId: 1, min: '000000010000000000000001', max: '000000010000000000000007' }],
        systemId: '7711047530531126869',
        backups: [
          {
            label: '20261122-172248F', type: 'full', repo: 1, started: '2026-11-22T17:22:48Z', ended: '2026-11-22T17:22:49Z',
            lsnStart: '0/6000028', lsnStop: '0/6000100', walStart: '000000010000000000000006', walStop: '000000010000000000000006', timeline: 1,
            error: false, databaseId: 1, systemId: '7711047530531126869', size: 33745064, stored: 4172736, needs: [], annotations: {},
          },
        ],
      },
    ]);
  });

  test('may be that there is nothing', () => {
    const [stanza] = readInfo(empty);

    expect(stanza).toMatchObject({ status: { code: 2, message: 'no valid backups' }, backups: [], archive: [{ repo: 1, databaseId: 1 }] });
    expect(readInfo('[]')).toEqual([]);
  });

  test('is told of each repository apart', () => {
    const [stanza] = readInfo(twoRepositories);

    expect(stanza!.repositories).toEqual([{ number: 1, cipher: 'aes-256-cbc', code: 0, message: 'ok' }, { number: 2, cipher: 'aes-256-cbc', code: 1, message: 'missing stanza path' }]);
    expect(stanza!.backups.map(({ label, timeline, needs }) => ({ label, timeline, needs }))).toEqual([{ label: '20261122-214131F', timeline: 2, needs: [] }, { label: '20261122-214131F_20261122-214151D', timeline: 2, needs: ['20261122-214131F'] }]);
  });

  test('keeps every digit of the system identifier', () => {
    expect(readInfo(empty)[0]!.systemId).toBe('7711047530531126869');
  });

  test('may hold the bytes of a file that could not be decrypted', () => {
    const [stanza] = readInfo(empty.replaceAll('no valid backups', '[FormatError] unable to load info file:\\nFormatError: \u0001\u001f\ufffd'));

    expect(stanza!.status.message).toBe('[FormatError] unable to load info file');
  });

  test('leaves an annotation as it was written', () => {
    const told = oneRepository.replace('"prior":null', String.raw`"annotation":{"why":"\"system-id\":12 was asked for"},"prior":null`);

    expect(readInfo(told)[0]!.backups[0]!.annotations).toEqual({ why: '"system-id":12 was asked for' });
  });
});

test('a timeline is the first eight digits of a segment', () => {
  expect(timelineOf('0000000A0000000000000007')).toBe(10);
});
