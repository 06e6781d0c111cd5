import { describe, expect, test } from 'vitest';
import { readArchiving } from '../../../installer/backup/archiving.ts';
import { obstacleLines } from '../../../installer/backup/obstacle.ts';

const failing = 'f 00000002000000000000000E 1795397876 00000002000000000000000F 1795397991\n';

const because = (reason: string) => readArchiving({ code: 0, stdout: `${failing}${reason}`, stderr: '' })!.failing!.obstacle;

// The files were left by pgBackRest 2.45, in a filesystem of 60 MB.
const noSpace = `104
raised from local-1 protocol: archive-push command encountered error(s):
repo1: [FileWriteError] unable to write '/pg/backup/archive/pg-test/15-1/0000000200000000/00000002000000000000000F-2054c2022bfbb842bfc4ecc4173755b497967164.zst.pgbackrest.tmp': [28] No space left on device
[CommandError] on retry after 0ms`;
const cutShort = noSpace.replace(': [28] No space left on device', '');

describe('what keeps WAL out of a repository', () => {
  test.each([
    ['a filesystem without room', noSpace, { repo: 1, isFull: true }],
    ['a write that was cut short', cutShort, { repo: 1, isFull: true }],
    ['a disk that is broken', noSpace.replace('[28] No space left on device', '[5] Input/output error'), { repo: 1, isFull: false }],
    ['a store whose quota is used up', '104\nraised from local-1 protocol: archive-push command encountered error(s):\nrepo2: [ProtocolError] HTTP request failed with 413 (Request Entity Too Large):\n*** Path/Query ***', { repo: 2, isFull: true }],
    ['something that is about no repository', '55\nunable to open anything', { said: 'unable to open anything', isFull: false }],
  ])('%s', (_, reason, obstacle) => {
    expect(because(reason)).toMatchObject(obstacle);
  });

  test('is not known where nothing was left', () => {
    expect(readArchiving({ code: 0, stdout: failing, stderr: '' })!.failing).toEqual({ segment: '00000002000000000000000F', time: '2026-11-23T01:39:51Z' });
    expect(obstacleLines(undefined, ['local'], 'pg-test')).toEqual([]);
  });

  test('is told with its name, and with what to do where it is full', () => {
    expect(obstacleLines(because(noSpace), ['local', 'far'], 'pg-test')).toEqual([
      'repository local is full; PostgreSQL goes on, and keeps up to 4 GiB of WAL until there is room',
      'next: give it more room, or remove a backup with pgark backup expire pg-test --set LABEL; archiving goes on by itself then, and pgark backup now pg-test makes up for what the schedule missed',
    ]);
    expect(obstacleLines({ repo: 2, said: 'unable to connect', isFull: false }, ['local', 'far'], 'pg-test')).toEqual(['repository far: unable to connect']);
  });
});
