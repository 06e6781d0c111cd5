import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe as group, expect, test } from 'vitest';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { describe, signingDate } from '../../../builder/tree/describe.ts';
import { layTree } from '../../../builder/tree/tree.ts';
import { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { repositoryComponent, repositoryKeys, repositorySuite, target } from '../../../repo/bundle/paths.ts';
import { inMemberOrder } from '../../../repo/bundle/tree.ts';
import { writeDocument } from '../../../repo/core/document.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { makeKey, openSigner, type Signer } from '../../../repo/core/signature.ts';
import { paperLock, targets } from '../../support/tiny.ts';

let folder: string;
let store: Store;
let signer: Signer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-describe-'));
  store = await openStore(folder);
  signer = await openSigner((await makeKey('ed25519', 'test')).privateKey);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

group('the descriptor of a bundle', () => {
  test('says of the lock what a target needs to know', async () => {
    const { lock, text } = await paperLock(store, targets.trixie);

    const descriptor = describe(lock, text, signer);

    expect(Descriptor.parse(descriptor)).toEqual(descriptor);
    expect(descriptor).toMatchObject({ id: 'pgark-tiny-0.1.0.d13.x86_64', signer: signer.fingerprint, lock: digestOf(text), packages: 2, installed: 40 * 1024, roots: [{ package: 'tiny-server', pg: '15' }] });
    expect(descriptor.size).toBe(lock.packages[0]!.size + lock.packages[1]!.size);
  });

  test('hands on the groups of names', async () => {
    const { lock, text } = await paperLock(store, targets.trixie);
    const groups = [{ name: 'pgsql-main', pg: '15', packages: ['tiny-server'], missing: ['pgvector'] }];

    const descriptor = describe({ ...lock, groups }, text, signer);

    expect(Descriptor.parse(descriptor).groups).toEqual(groups);
  });

  test('tells the hosts that it was proven on, their point release, and what does not install there', async () => {
    const { lock, text } = await paperLock(store, targets.trixie);
    const known = { packages: 2, assumed: 1, unknown: 0 };
    const failing = [{ roots: ['tiny-server'], reasons: ['agent 1-1 excludes it'] }];

    const descriptor = describe({ ...lock, baselines: [{ name: 'debian-point', ...known, failing: [] }, { name: 'el9.5-server', ...known, failing }] }, text, signer);

    expect(Descriptor.parse(descriptor).baselines).toEqual([{ name: 'debian-point', failing: [] }, { name: 'el9.5-server', release: '9.5', failing }]);
  });

  test('of a bundle made before there were groups and baselines is still read', async () => {
    const { lock, text } = await paperLock(store, targets.trixie);
    const { groups: _, baselines: __, ...before } = describe(lock, text, signer);

    expect(Descriptor.parse(before)).toMatchObject({ groups: [], baselines: [] });
  });

  test('is written so that bootstrap can read it with sed', async () => {
    const { text, ...made } = await paperLock(store, targets.trixie);
    const lock = { ...made.lock, groups: [{ name: 'pgsql-main', pg: '15', packages: ['tiny-server'], missing: [] }] };

    const lines = writeDocument(describe(lock, text, signer)).split('\n');

    expect(lines).toContain('  "format": 1,');
    expect(lines).toContain('  "id": "pgark-tiny-0.1.0.d13.x86_64",');
    expect(lines.filter((line) => /^ {2}"(created|id|format|packages)": /.test(line))).toHaveLength(4);
    expect(lines.slice(lines.indexOf('  "target": {') + 1).slice(0, 7)).toContain('    "release": "13",');
  });

  test.each([
    ['of the newest index', '2026-01-02T03:04:05.000Z', '2020-01-01T00:00:00Z', '2026-01-02T03:04:05.000Z'],
    ['of the key, if that is younger', '2026-01-02T03:04:05.000Z', '2026-06-01T00:00:00Z', '2026-06-01T00:00:00.000Z'],
  ])('has the date %s', (_of, created, made, expected) => {
    expect(signingDate({ created }, { created: new Date(made) }).toISOString()).toBe(expected);
  });
});

group('the tree of a bundle', () => {
  test('has a place for everything, and every place in the contract', async () => {
    const { lock, text } = await paperLock(store, targets.bookworm);
    const descriptor = describe(lock, text, signer);

    const tree = await layTree({ lock, text, descriptor, signer, runtime: { blob: digestOf('node'), size: 4, license: '' }, installer: { program: '', licenses: '' }, sbom: '' });

    expect(inMemberOrder(tree.keys()).filter((path) => !path.includes('by-hash'))).toEqual([
      'bundle.json', 'keyring.gpg', 'bootstrap', 'configure', 'install', 'runtime/LICENSE', 'runtime/node.gz', 'installer/LICENSES', 'installer/pgark', 'installer/pgark.mjs',
      'repo/dists/stable/InRelease', 'repo/dists/stable/Release', 'repo/dists/stable/Release.gpg', 'repo/dists/stable/main/binary-amd64/Packages', 'repo/dists/stable/main/binary-amd64/Packages.gz',
      'repo/pool/t/tiny-common/tiny-common_2.0~rc1-1_all.deb', 'repo/pool/t/tiny-server/tiny-server_15.1-1+deb12u1_amd64.deb', 'sbom/bundle.spdx.json', 'sbom/lock.json',
    ]);
    expect([...tree].filter(([, file]) => file.executable).map(([path]) => path).toSorted()).toEqual(['bootstrap', 'configure', 'install', 'installer/pgark']);
  });
});

group('bootstrap', () => {
  const script = readFileSync(join(import.meta.dirname, '../../../repo/bundle/bootstrap.sh'), 'utf8');

  test.each([
    ['repository', target.repository],
    ['repositories', target.repositories],
    ['home', target.home],
    ['homes', target.homes],
    ['program', target.command],
    ['keyring', target.keyring],
    ['source_list', target.sourceList],
    ['yum_file', target.yumFile],
    ['set_aside', target.setAside],
  ])('has the path of the contract for %s', (name, path) => {
    expect(script).toMatch(new RegExp(`^${name}=${path}$`, 'm'));
  });

  test('names the keys of the contract to dnf', () => {
    expect(script).toContain(`gpgkey=file://%s/${repositoryKeys.index} file://%s/${repositoryKeys.packages}\\n`);
  });

  test('names the suite and the component of the contract', () => {
    expect(script).toContain(`Suites: ${repositorySuite}\\nComponents: ${repositoryComponent}\\n`);
  });
});
