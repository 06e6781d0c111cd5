import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Drawn } from '../../../builder/manifest/manifest.ts';
import { Source } from '../../../builder/manifest/source.ts';
import type { Upstream } from '../../../builder/source/upstream.ts';
import { openHttp, type Http } from '../../../builder/source/http.ts';
import { obtainKeys } from '../../../builder/source/keys.ts';
import { chooseMirrors } from '../../../builder/source/mirror.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { silent } from '../../../repo/core/progress.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { serveFiles, type MadeServer } from '../../support/server.ts';

let key: MadeKey;
let folder: string;
let store: Store;
let http: Http;
let server: MadeServer;
const files = new Map<string, Buffer>();
const warnings: string[] = [];

beforeAll(async () => {
  key = await madeKey();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-keys-'));
  store = await openStore(folder);
  http = openHttp();
  server = await serveFiles(files);
  files.clear();
  files.set('key.asc', Buffer.from(key.armoured));
  warnings.length = 0;
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(folder, { recursive: true });
});

test('a key that lies in the manifests is taken from there', async () => {
  const keyring = await obtain({ keyring: { [key.fingerprint]: Buffer.from('at hand') } });

  expect(keyring).toEqual({ [key.fingerprint]: Buffer.from('at hand') });
  expect(server.requests).toEqual([]);
});

test('a key that does not is fetched from its owner once, and remembered', async () => {
  const first = await obtain();
  const second = await obtain({ http: undefined });

  expect(Object.keys(first)).toEqual([key.fingerprint]);
  expect(Buffer.from(second[key.fingerprint]!).toString()).toBe(key.armoured);
  expect(server.requests).toEqual(['key.asc']);
});

test('another key at that address is not taken, nor remembered, and that is said', async () => {
  files.set('key.asc', Buffer.from((await madeKey('somebody else')).armoured));

  const keyring = await obtain();

  expect(keyring).toEqual({});
  expect(warnings).toEqual([expect.stringContaining(`is not ${key.fingerprint}, which the manifest pins`)]);
  expect(await obtain({ http: undefined })).toEqual({});
});

test.each([
  ['an address with nothing there', () => files.delete('key.asc'), /there is no key at |no key|404/],
  ['something that is no key', () => files.set('key.asc', Buffer.from('<html>')), /./],
])('%s is said, and gives no key', async (_what, change, said) => {
  change();

  expect(await obtain()).toEqual({});
  expect(warnings).toEqual([expect.stringMatching(said)]);
});

test('without the network and the store there is no key, and nothing is asked for', async () => {
  expect(await obtain({ http: undefined })).toEqual({});
  expect([server.requests, warnings]).toEqual([[], []]);
});

function obtain(changes: Partial<Upstream> = {}) {
  const source = Source.parse({
    name: 'vendor', about: 'x', module: 'extra', archives: { vendor: { url: server.url } }, keys: { [key.fingerprint]: { owner: 'x', url: `${server.url}/key.asc` } },
    suites: [{ suite: 'stable', targets: ['d12'], archive: 'vendor', components: ['main'], keys: [key.fingerprint] }],
  });
  const drawn: Drawn = { source, suite: { format: 'deb', suite: 'stable', codename: 'stable', components: ['main'], archive: 'vendor', path: '', keys: [key.fingerprint], only: [], without: [] } };
  const upstream: Upstream = { http, store, mirrors: chooseMirrors([source], [], []), keyring: {}, now: new Date('2026-11-22'), patience: [], ...changes };
  return obtainKeys(drawn, upstream, { ...silent, warn: (line) => warnings.push(line) });
}
