import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecord, recordPath } from '../../../builder/check/record.ts';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';

test('every committed record is of a source and a release, signed by pinned keys, sorted, and small', async () => {
  const catalog = await readCatalog(ownManifests);

  for (const file of readdirSync(join(ownManifests, 'observed'))) {
    const [source, release] = file.split('.') as [string, string];
    const record = (await readRecord(ownManifests, source, release))!;
    const signers = Object.values(record.signers).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each)));
    expect([record.source, record.release]).toEqual([source, release]);
    expect(signers.every((key) => catalog.sources[source]!.keys[key])).toBe(true);
    expect(Object.keys(record.needs)).toEqual(Object.keys(record.needs).toSorted());
    expect(statSync(recordPath(ownManifests, source, release)).size).toBeLessThan(300_000);
  }
});
