import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check, type Checked } from '../../../builder/check/check.ts';
import { readCatalog, type Catalog } from '../../../builder/manifest/catalog.ts';
import { readMirrorFile, substitute } from '../../../builder/manifest/mirrors.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import { openUpstream } from '../../../builder/pipeline.ts';
import { silent } from '../../../repo/core/progress.ts';
import { makeMirror, type MadeMirror } from '../../support/mirror/mirror.ts';

const codes = ['el9.x86_64', 'd13.aarch64', 'u24.x86_64'];
let catalog: Catalog;
let mirror: MadeMirror;

beforeAll(async () => {
  const own = await readCatalog(ownManifests);
  mirror = await makeMirror(own, own.targets.filter((target) => codes.includes(target.code)));
  catalog = substitute(own, await readMirrorFile(mirror.mirrors));
}, 60_000);
afterAll(() => mirror.close());

describe('the manifests beside a mirror that was made of them', () => {
  test('promise nothing that it has not, and it has nothing that they do not say', { timeout: 60_000 }, async () => {
    const { compared, findings } = await checked();

    expect(compared.every(({ look }) => look.places.every((place) => place.read))).toBe(true);
    expect(compared.reduce((sum, { cells }) => sum + cells.length, 0)).toBeGreaterThan(5000);
    expect(new Set(compared.map(({ look }) => look.source)).size).toBeGreaterThan(10);
    expect(findings.filter(({ kind, grade }) => grade === 'error' || grade === 'trouble' || kind === 'new')).toEqual([]);
  });
});

async function checked(): Promise<Checked> {
  const upstream = await openUpstream({ store: mirror.store, mirrors: mirror.addresses, offline: false }, catalog);
  const targets = catalog.targets.filter((target) => codes.includes(target.code));
  const sources = Object.values(catalog.sources).filter((source) => source.disabled === undefined);
  // The mirror has no preview of a coming major.
  const scope = { catalog, manifests: ownManifests, sources, targets, pg: ['14', '15', '16', '17', '18'] };
  const result = await check(scope, { ...upstream, patience: [] }, silent);
  await upstream.http?.close();
  return result;
}
