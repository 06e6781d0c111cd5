import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Catalog } from '../../../builder/manifest/catalog.ts';
import { readMirrorFile, substitute } from '../../../builder/manifest/mirrors.ts';
import { Source } from '../../../builder/manifest/source.ts';
import type { Fault } from '../../../repo/core/fault.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';

const pinned = 'A'.repeat(40);
const place = { targets: ['d12'], components: ['main'] };
const sources = {
  debian: Source.parse({
    name: 'debian', about: 'x', module: 'node', keys: { [pinned]: { owner: 'x' } },
    archives: { debian: { url: 'http://ftp.debian.org/debian', regions: { china: 'https://cn.invalid/debian' } }, 'debian-security': { url: 'http://security.debian.org' } },
    suites: [{ ...place, suite: 'bookworm', archive: 'debian', keys: [pinned] }, { ...place, suite: 'bookworm-security', archive: 'debian-security', keys: [pinned] }],
  }),
  vendor: Source.parse({ name: 'vendor', about: 'x', module: 'extra', disabled: 'no fingerprint', archives: { vendor: { url: 'http://vendor.invalid' } }, suites: [{ ...place, suite: 'stable', archive: 'vendor' }] }),
};
const catalog: Catalog = { releases: [], targets: [], sources, modules: {}, components: {}, categories: {}, extensions: {}, created: {}, groups: {}, baselines: {}, keys: {} };

let key: MadeKey;
let folder: string;
beforeAll(async () => {
  key = await madeKey('a mirror');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-mirrors-'));
  await writeFile(join(folder, 'mirror.asc'), key.armoured);
});
afterEach(() => rm(folder, { recursive: true }));

describe('a mirror that only copies', () => {
  test('changes the address of its archive, and no key', async () => {
    const { sources: changed, keys } = await given('archives: { debian: { url: "http://10.0.0.1/debian" } }\n');

    expect(changed['debian']!.archives).toMatchObject({ debian: { url: 'http://10.0.0.1/debian', regions: {} }, 'debian-security': { url: 'http://security.debian.org' } });
    expect(changed['debian']!.suites).toEqual(sources.debian.suites);
    expect(keys).toEqual({});
  });

  test('does not make a source usable whose keys nobody knows', async () => {
    const { sources: changed } = await given('archives: { vendor: { url: "http://10.0.0.1/vendor" } }\n');

    expect(changed['vendor']!.disabled).toBe('no fingerprint');
  });
});

describe('a mirror that signs anew', () => {
  test('is trusted by its own keys and no others, for its own archive and no other', async () => {
    const { sources: changed, keys } = await given('archives: { debian: { url: "http://10.0.0.1/debian", keys: [mirror.asc] } }\n');

    expect(changed['debian']!.suites.map((suite) => suite.keys)).toEqual([[key.fingerprint], [pinned]]);
    expect(Object.keys(keys)).toEqual([key.fingerprint]);
    expect(Source.safeParse(changed['debian']).success).toBe(true);
  });

  test('makes a source usable that had been disabled for want of a key', async () => {
    const { sources: changed } = await given('archives: { vendor: { url: "http://10.0.0.1/vendor", keys: [mirror.asc] } }\n');

    expect(changed['vendor']).not.toHaveProperty('disabled');
    expect(changed['vendor']!.suites[0]!.keys).toEqual([key.fingerprint]);
  });
});

test('a mirror that signs its indexes anew leaves the packages of a repository to those who signed them', async () => {
  const rpm = Source.parse({
    name: 'rocky', about: 'x', module: 'node', keys: { [pinned]: { owner: 'x' } }, archives: { rocky: { url: 'http://rocky.invalid' } },
    repositories: [{ repository: 'baseos', targets: ['el9'], archive: 'rocky', keys: [pinned] }],
  });
  const path = join(folder, 'mirrors.yml');
  await writeFile(path, 'archives: { rocky: { url: "http://10.0.0.1/rocky", keys: [mirror.asc] } }\n');

  const { sources: changed } = substitute({ ...catalog, sources: { rocky: rpm } }, await readMirrorFile(path));

  expect(changed['rocky']!.repositories[0]).toMatchObject({ keys: [key.fingerprint], packageKeys: [pinned, key.fingerprint] });
  expect(Source.safeParse(changed['rocky']).success).toBe(true);
});

describe('a file of mirrors', () => {
  test('that names an archive nobody describes is refused, with the nearest name', async () => {
    await expect(given('archives: { debain: { url: "http://10.0.0.1" } }\n')).rejects.toMatchObject({ code: 'invalid', message: 'there is no archive "debain" to be mirrored, did you mean "debian"?', hint: 'archives are debian, debian-security, vendor' });
  });

  test('with mistakes is told with their places', async () => {
    const { details } = (await given('archives:\n  debian: { url: nowhere, key: [mirror.asc] }\n').catch((failure: unknown) => failure)) as Fault;

    expect(details.map((line) => line.replace(/^.*mirrors\.yml:/, ''))).toEqual([expect.stringMatching(/^2:18 {2}archives\.debian\.url: /), '2:27  unknown key "key", did you mean "keys"?']);
  });

  test('whose key is not there, or is none, is refused', async () => {
    await writeFile(join(folder, 'junk.asc'), 'no key');

    await expect(given('archives: { debian: { url: "http://10.0.0.1", keys: [none.asc] } }\n')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('none.asc') });
    await expect(given('archives: { debian: { url: "http://10.0.0.1", keys: [junk.asc] } }\n')).rejects.toMatchObject({ message: expect.stringContaining('junk.asc') });
  });
});

async function given(text: string): Promise<Catalog> {
  const path = join(folder, 'mirrors.yml');
  await writeFile(path, text);
  return substitute(catalog, await readMirrorFile(path));
}
