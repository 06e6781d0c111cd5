import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeKeys } from '../../../builder/check/keys.ts';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import type { Drawn } from '../../../builder/manifest/manifest.ts';
import type { SuitePlace } from '../../../builder/manifest/source.ts';
import type { Mirrors } from '../../../builder/source/mirror.ts';
import { openStore } from '../../../builder/store/store.ts';
import { silent } from '../../../repo/core/progress.ts';

// Debian's own key for bookworm says that it ends on 2031-01-19.
const key = 'B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a pinned key', () => {
  test.each([
    ['is not worth a word long before its end', '2030-10-01', []],
    ['is told to expire within 90 days', '2030-11-01', [['expiring', '2031-01-19']]],
    ['is told to have expired', '2031-02-01', [['expired', '2031-01-19']]],
  ])('%s', async (_, date, expected) => {
    const findings = await judge(new Date(date));

    expect(findings.map(({ kind, to }) => [kind, to])).toEqual(expected);
    expect(findings.every(({ grade, subject }) => grade === 'change' && subject === key)).toBe(true);
  });
});

async function judge(now: Date): ReturnType<typeof judgeKeys> {
  const catalog = await readCatalog(ownManifests);
  const suite = { archive: 'debian', keys: [key] } as unknown as SuitePlace;
  const drawn: Drawn = { source: catalog.sources['debian']!, suite };
  return judgeKeys([drawn, drawn], { http: undefined, store: await openStore(folder), mirrors: {} as Mirrors, keyring: catalog.keys, now }, silent);
}
