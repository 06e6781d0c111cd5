import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { walProgram } from '../../../installer/restore/wal.ts';
import type { Place } from '../../../installer/restore/place.ts';

let top: string;
const inTop = (...names: string[]): string => join(top, ...names);

/** A pgbackrest that has what lies in a folder, and cannot say of a name with `broken` in its folder of ills. */
const archive = `#!/bin/sh
for word; do name=$from from=$to to=$word; done
echo "$from" >>"${'$'}{TOP}/asked"
[ ! -e "$TOP/ills/$from" ] || exit 103
[ -e "$TOP/archive/$from" ] || exit 1
cp "$TOP/archive/$from" "$to"
`;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'pgark-wal-'));
  for (const name of ['archive', 'ills', 'bin', 'pg_wal']) mkdirSync(inTop(name));
  writeFileSync(inTop('bin/pgbackrest'), archive);
  writeFileSync(inTop('wal'), walProgram({ stanza: 'pg-test', place: { folder: top } as Place }));
  chmodSync(inTop('bin/pgbackrest'), 0o755);
  chmodSync(inTop('wal'), 0o755);
});
afterEach(() => rmSync(top, { recursive: true, maxRetries: 5 }));

const megabyte = 1024 ** 2;
const archived = (...names: string[]): void => names.forEach((name) => writeFileSync(inTop('archive', name), Buffer.alloc(megabyte, name)));

const ask = (name: string): Promise<number> =>
  new Promise((resolve) => execFile(inTop('wal'), [name, inTop('pg_wal', name)], { env: { TOP: top, PATH: `${inTop('bin')}:/usr/bin:/bin` } }, (error) => resolve(error ? Number(error.code) : 0)));

const asked = (): string[] => readFileSync(inTop('asked'), 'utf8').trim().split('\n');
const ahead = (): string[] => readdirSync(inTop('ahead')).filter((name) => !/\.(lock|part)$/.test(name)).toSorted();

async function fetched(...names: string[]): Promise<void> {
  for (let turn = 0; turn < 200 && ahead().join() !== names.join(); turn++) await sleep(20);
  expect(ahead()).toEqual(names);
}

describe('what PostgreSQL asks for WAL', () => {
  test('hands over what is archived, whole, and has fetched the next two by then', async () => {
    archived('00000001000000000000000A', '00000001000000000000000B', '00000001000000000000000C', '00000001000000000000000D');

    expect(await ask('00000001000000000000000A')).toBe(0);
    await fetched('00000001000000000000000B', '00000001000000000000000C');
    expect(await ask('00000001000000000000000B')).toBe(0);

    expect(readFileSync(inTop('pg_wal/00000001000000000000000B'))).toEqual(readFileSync(inTop('archive/00000001000000000000000B')));
    await fetched('00000001000000000000000C', '00000001000000000000000D');
    expect(asked().filter((name) => name.endsWith('B'))).toHaveLength(1);
  });

  test('turns over where the lower half of a number ends, which the size of a segment says', async () => {
    archived('000000020000000300000FFF', '000000020000000400000000', '000000020000000400000001');

    expect(await ask('000000020000000300000FFF')).toBe(0);

    await fetched('000000020000000400000000', '000000020000000400000001');
  });

  test('says that there is none, also when it has looked for it ahead, and what came meanwhile is found', async () => {
    archived('00000001000000000000000A');

    expect(await ask('00000001000000000000000A')).toBe(0);
    for (let turn = 0; turn < 200 && asked().length < 3; turn++) await sleep(20);
    expect(await ask('00000001000000000000000B')).toBe(1);
    archived('00000001000000000000000B');

    expect(await ask('00000001000000000000000B')).toBe(0);
    expect(existsSync(inTop('pg_wal/00000001000000000000000B'))).toBe(true);
  });

  test('stops PostgreSQL where nobody can tell', async () => {
    writeFileSync(inTop('ills/00000001000000000000000A'), '');

    expect(await ask('00000001000000000000000A')).toBe(200);
  });

  test('stops PostgreSQL where it stumbles itself', async () => {
    archived('00000001000000000000000A');
    mkdirSync(inTop('ahead/00000001000000000000000A.lock'), { recursive: true });

    expect(await ask('00000001000000000000000A')).toBe(200);
    expect(existsSync(inTop('asked'))).toBe(false);
  });

  test('fetches nothing ahead of the history of a timeline', async () => {
    archived('00000002.history');

    expect([await ask('00000002.history'), await ask('00000003.history')]).toEqual([0, 1]);
    expect(asked()).toEqual(['00000002.history', '00000003.history']);
  });
});
