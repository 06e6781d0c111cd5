import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe as group, expect, test } from 'vitest';
import type { Lock, LockedPackage } from '../../../builder/lock/lock.ts';
import { writeLock } from '../../../builder/lock/read.ts';
import { writeSbom } from '../../../builder/sbom/spdx.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { auditBundle, isAudited } from '../../../builder/tree/audit.ts';
import { describe } from '../../../builder/tree/describe.ts';
import { layTree } from '../../../builder/tree/tree.ts';
import type { Heads } from '../../../builder/tree/rpm.ts';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { openBundle } from '../../../repo/bundle/open.ts';
import { pack } from '../../../repo/bundle/pack.ts';
import type { TreeFile } from '../../../repo/bundle/tree.ts';
import { writeDocument } from '../../../repo/core/document.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { Fault } from '../../../repo/core/fault.ts';
import type { Target } from '../../../repo/package/target.ts';
import { readHead } from '../../../repo/rpm/head.ts';
import { listingOf } from '../../../repo/rpm/listing.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { makeSignedRpm } from '../../support/signed-rpm.ts';
import { dice } from '../solve/random.ts';

const target: Target = { code: 'el9.x86_64', distro: 'rocky', format: 'rpm', release: '9', codename: '', arch: 'x86_64', packageArch: 'x86_64' };

let folder: string;
let store: Store;
let builder: MadeKey;
let upstream: MadeKey;
let stranger: MadeKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-repository-'));
  store = await openStore(join(folder, 'store'));
  [builder, upstream, stranger] = await Promise.all(['builder', 'upstream', 'stranger'].map((name) => madeKey(name))) as [MadeKey, MadeKey, MadeKey];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

group('an RPM bundle whose builder lies, or was lied to, is refused', () => {
  test('unless it does not', async () => {
    await expect(audit()).resolves.toBeUndefined();
  });

  test('when a package is signed by a key that it does not bring', async () => {
    await expect(audit({ by: stranger })).rejects.toMatchObject({ code: 'untrusted', details: expect.arrayContaining(['alpha 1.0-1.el9 x86_64 is not signed by a trusted key']) });
  });

  test('when it brings a key that bundle.json does not name', async () => {
    const attempt = audit({ edit: (files) => files.set('repo/keys/packages.asc', { content: upstream.armoured + stranger.armoured }) });

    await expect(attempt).rejects.toMatchObject({ details: [expect.stringMatching(/^repo\/keys\/packages.asc: holds .*, not those that bundle.json names$/)] });
  });

  test('when the key for its index is not that of its signer', async () => {
    const attempt = audit({ edit: (files) => files.set('repo/keys/pgark.asc', { content: stranger.armoured }) });

    await expect(attempt).rejects.toMatchObject({ details: [`repo/keys/pgark.asc: holds ${stranger.fingerprint}, not that of the signer`] });
  });

  test('when its index is signed by somebody else', async () => {
    const attempt = audit({ edit: async (files) => files.set('repo/repodata/repomd.xml.asc', { content: await stranger.signer.detached(contentOf(files, 'repo/repodata/repomd.xml'), new Date()) }) });

    await expect(attempt).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('repomd.xml is not signed by a trusted key') });
  });

  test.each(['filelists', 'other', 'primary'])('when its %s is not what repomd.xml names', async (type) => {
    const attempt = audit({ edit: (files) => files.set(placeOf(files, type), { content: 'other' }) });

    await expect(attempt).rejects.toMatchObject({ details: [expect.stringMatching(new RegExp(`-${type}.xml.gz: is not what repomd.xml names$`))] });
  });

  test('when it holds a package that no index names, or lacks one that an index names', async () => {
    const attempt = audit({ edit: (files) => {
      files.set('repo/Packages/z/zeta.rpm', { content: 'x' });
      files.delete('repo/Packages/a/alpha-1.0-1.el9.x86_64.rpm');
    } });

    await expect(attempt).rejects.toMatchObject({ details: ['repo/Packages/a/alpha-1.0-1.el9.x86_64.rpm: is not what primary.xml names', 'repo/Packages/z/zeta.rpm: no index names it'] });
  });

  test('when its descriptor says that something else than a root does not install on a host', async () => {
    const attempt = audit({ more: { baselines: [{ name: 'el9.5-server', packages: 1, assumed: 0, unknown: 0, failing: [{ roots: ['zeta'], reasons: ['x'] }] }] } });

    await expect(attempt).rejects.toMatchObject({ details: ['bundle.json: zeta, which is said not to install on el9.5-server, is no root'] });
  });

  test('when its repodata holds what repomd.xml does not name', async () => {
    const attempt = audit({ edit: (files) => files.set('repo/repodata/primary.sqlite', { content: 'x' }) });

    await expect(attempt).rejects.toMatchObject({ details: ['repo/repodata/primary.sqlite: repomd.xml does not name it'] });
  });
});

test('whatever a builder signs as an index, an audit ends with a verdict', async () => {
  const random = dice(7);
  let refused = 0;

  for (let round = 0; round < 60; round++) {
    const type = ['primary', 'filelists', 'other'][round % 3]!;
    const verdict = await audit({ edit: (files) => replaceIndex(files, type, (text) => mutate(text, random)) }).catch((error: unknown) => error);
    if (verdict !== undefined) refused++;
    expect(verdict === undefined || verdict instanceof Fault, String(verdict)).toBe(true);
  }

  expect(refused).toBeGreaterThan(10);
}, 60_000);

test('a bundle says of modules and advisories what its lock does, and an audit takes it', async () => {
  const said = { modules: [{ stream: 'alpha:1', version: '2', context: 'c', document: 'document: modulemd\nversion: 2\ndata: { name: alpha, stream: "1" }' }], advisories: [{ id: 'RLSA-2026:1', stanza: '<update><id>RLSA-2026:1</id></update>' }] };
  let documents: string[] = [];

  await audit({ more: said, edit: (files) => (documents = ['modules.yaml', 'updateinfo.xml'].map((name) => unpackedAt(files, name))) });

  expect(documents[0]).toBe(`---\n${said.modules[0]!.document}\n...\n`);
  expect(documents[1]).toContain(`<updates>\n${said.advisories[0]!.stanza}\n</updates>`);
});

test.each([
  ['modules', { modules: [{ stream: 'alpha:1', version: '2', context: 'c', document: 'document: modulemd\nversion: 3' }] }, 'repo/repodata: modules.yaml: a document "modulemd" of the version 3 is not read'],
  ['advisories', { advisories: [{ id: 'A', stanza: '<update type="x">' }] }, 'repo/repodata: updateinfo.xml ends within an advisory'],
])('a bundle whose %s no dnf could read is refused', async (_, more, detail) => {
  await expect(audit({ more })).rejects.toMatchObject({ code: 'untrusted', details: [detail] });
});

test('packages that were not verified cannot be laid out', async () => {
  const { lock } = await lockOf(upstream);

  await expect(treeOf(lock, undefined)).rejects.toThrow('was not verified');
});

test('the bill of materials names an RPM package by its package URL, epoch and all', async () => {
  const { lock } = await lockOf(upstream, '1:17.5~rc1^git2-3.el9');

  const sbom = JSON.parse(writeSbom(lock, { id: 'x', created: lock.created, lock: digestOf('x'), tool: 'pgark-1', parts: [] })) as { packages: object[] };

  expect(sbom.packages[1]).toMatchObject({
    name: 'alpha', versionInfo: '1:17.5~rc1^git2-3.el9', supplier: 'Organization: Nobody (nobody@example.org)', homepage: 'https://example.org/?a=1&b=2', licenseComments: 'License tag of the package: MIT',
    sourceInfo: 'rocky/baseos, source package alpha-17.5~rc1^git2-3.el9.src.rpm',
    externalRefs: [{ referenceLocator: 'pkg:rpm/rocky/alpha@17.5~rc1%5Egit2-3.el9?arch=x86_64&distro=rocky-9&epoch=1' }],
  });
});

interface Lie {
  by?: MadeKey;
  /** What the lock, and so the descriptor, says besides. */
  more?: Partial<Lock>;
  edit?: (files: Map<string, TreeFile>) => unknown;
}

/** Makes a bundle, changes it before it is signed, and audits what came out. */
async function audit({ by = upstream, more, edit }: Lie = {}): Promise<void> {
  const { lock, heads } = await lockOf(by);
  const { tree, descriptor } = await treeOf({ ...lock, ...more }, heads);
  await edit?.(tree);
  const out = await mkdtemp(join(folder, 'out-'));
  const { path } = await pack({ id: descriptor.id, tree, created: new Date(descriptor.created), signer: builder.signer, blobPath: (digest) => store.pathOf(digest), out });
  await auditBundle(await openBundle(path, builder.fingerprint, isAudited), path);
}

async function lockOf(by: MadeKey, version = '1.0-1.el9'): Promise<{ lock: Lock; heads: Heads }> {
  const { content, stanza, path } = await makeSignedRpm(by.signer, 'alpha', version, 'x86_64', { files: ['/usr/bin/alpha'] });
  const digest = await store.put(content);
  const item: LockedPackage = { name: 'alpha', version, arch: 'x86_64', size: content.length, installed: 1, digest, source: 'rocky/baseos', url: `https://yum.invalid/9/${path}`, because: [{ kind: 'root', root: 'alpha' }], stanza };
  const created = '2026-01-02T03:04:05.000Z';
  const lock: Lock = {
    format: 1, bundle: 'tiny', version: '0.1.0', created, target, pg: ['17'], recommends: 'exclude', runtime: '24.0.0', manifest: digestOf('tiny'),
    sources: [{ name: 'rocky/baseos', archive: 'rocky', url: 'https://yum.invalid/9', path: '9', suite: 'baseos', signer: by.fingerprint, keys: [by.fingerprint], date: created, release: digestOf('repomd'), indexes: [] }],
    roots: [{ package: 'alpha', version, kind: 'package', name: 'alpha', proof: [0], removes: [], conflicts: [] }],
    extensions: [], groups: [], missing: [], rivalries: [], rejected: [], packages: [item],
  };
  // Whoever signed, the bundle brings the key of upstream.
  return { lock, heads: { listings: new Map([[digest, listingOf(readHead(content, 'alpha'), 'alpha')]]), keys: new Map([[upstream.fingerprint, upstream.armoured]]) } };
}

async function treeOf(lock: Lock, heads: Heads | undefined): Promise<{ tree: Map<string, TreeFile>; descriptor: Descriptor }> {
  const text = writeLock(lock);
  const descriptor = describe(lock, text, builder.signer, heads?.keys.keys());
  const node = await store.put(Buffer.from('node'));
  const tree = await layTree({ lock, text, descriptor, signer: builder.signer, runtime: { blob: node, size: 4, license: '' }, installer: { program: '', licenses: '' }, sbom: writeDocument({}), heads });
  return { tree: new Map(tree), descriptor };
}

/** Puts another text in the place of an index, under a repomd.xml that names it and is signed by the builder. */
async function replaceIndex(files: Map<string, TreeFile>, type: string, edit: (text: string) => string): Promise<void> {
  const place = placeOf(files, type);
  const packed = (files.get(place) as { content: Buffer }).content;
  const open = gunzipSync(packed);
  const changed = Buffer.from(edit(open.toString('latin1')), 'latin1');
  const repacked = gzipSync(changed);
  const pairs = [[digestOf(packed), digestOf(repacked)], [digestOf(open), digestOf(changed)], [`<size>${packed.length}</size>`, `<size>${repacked.length}</size>`], [`<open-size>${open.length}</open-size>`, `<open-size>${changed.length}</open-size>`]] as const;
  const repomd = pairs.reduce((text, [from, to]) => text.replaceAll(from, to), contentOf(files, 'repo/repodata/repomd.xml'));
  files.delete(place);
  files.set(place.replace(digestOf(packed), digestOf(repacked)), { content: repacked });
  files.set('repo/repodata/repomd.xml', { content: repomd });
  files.set('repo/repodata/repomd.xml.asc', { content: await builder.signer.detached(repomd, new Date()) });
}

/** Cuts out, doubles, or overwrites a part of a text. */
function mutate(text: string, random: (below: number) => number): string {
  const at = random(text.length);
  const end = Math.min(text.length, at + 1 + random(40));
  const part = text.slice(at, end);
  const instead = ['', part + part, String.fromCharCode(random(256)), '<', '</package>', '&#x0;', '99999999999999999999', '../../x'][random(8)]!;
  return text.slice(0, at) + instead + text.slice(end);
}

const placeOf = (files: ReadonlyMap<string, TreeFile>, type: string): string => [...files.keys()].find((path) => path.endsWith(`-${type}.xml.gz`))!;

function unpackedAt(files: ReadonlyMap<string, TreeFile>, name: string): string {
  const [, file] = [...files].find(([path]) => path.endsWith(`-${name}.gz`))!;
  return gunzipSync((file as { content: Buffer }).content).toString();
}

function contentOf(files: ReadonlyMap<string, TreeFile>, path: string): string {
  const file = files.get(path)!;
  return 'content' in file ? String(file.content) : '';
}
