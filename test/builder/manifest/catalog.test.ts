import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBundle, readCatalog } from '../../../builder/manifest/catalog.ts';
import { manifestOf } from '../../../builder/manifest/manifest.ts';
import { findTarget } from '../../../builder/manifest/target.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { fingerprintOf, readKeys } from '../../../repo/core/signature.ts';

const manifests = resolve(import.meta.dirname, '../../../manifests');

describe('the manifests of this project', () => {
  test('are valid, and every bundle can be spelled out for each of its targets', async () => {
    const catalog = await readCatalog(manifests);
    const names = await readdir(join(manifests, 'bundles'));

    for (const name of names) {
      const bundle = await readBundle(join(manifests, 'bundles', name), catalog);
      for (const code of Object.keys(bundle.targets)) {
        const manifest = manifestOf(bundle, catalog, findTarget(catalog.targets, code));
        expect(manifest.wanted.length, `${name} ${code}`).toBeGreaterThan(30);
        expect(manifest.absent, `${name} ${code}`).toEqual([]);
      }
    }
    expect(names.length).toBeGreaterThan(1);
  });

  test('hold every pinned key, each under its own fingerprint, and no other', async () => {
    const catalog = await readCatalog(manifests);
    const pinned = Object.values(catalog.sources).flatMap((source) => Object.keys(source.keys));

    const held = await Promise.all(Object.entries(catalog.keys).map(async ([name, key]) => ({ name, fingerprints: (await readKeys([key], [name], name)).map(fingerprintOf) })));

    expect(held.map(({ name }) => name).sort()).toEqual([...new Set(pinned)].sort());
    for (const { name, fingerprints } of held) expect(fingerprints).toEqual([name]);
  });

  test('ask only for extensions that can be created: what one requires, another creates', async () => {
    const catalog = await readCatalog(manifests);
    const bundle = await readBundle(join(manifests, 'bundles/debian.yml'), catalog);

    for (const code of Object.keys(bundle.targets)) {
      const { extensions } = manifestOf(bundle, catalog, findTarget(catalog.targets, code));
      const created = new Set(extensions.map((extension) => extension.name));
      expect(extensions.filter((extension) => extension.requires.some((name) => !created.has(name))).map((extension) => extension.name)).toEqual([]);
      expect(created.size).toBe(extensions.length);
    }
  });

  test('say what cannot be created on a release, and only there', async () => {
    const catalog = await readCatalog(manifests);
    const bundle = await readBundle(join(manifests, 'bundles/debian.yml'), catalog);
    const caveatOf = (name: string, code: string) => manifestOf(bundle, catalog, findTarget(catalog.targets, code)).extensions.find((extension) => extension.name === name)?.caveat;

    expect(caveatOf('rdkit', 'd12.x86_64')).toContain('PostgreSQL 15');
    expect(caveatOf('rdkit', 'd13.x86_64')).toBeUndefined();
    expect(caveatOf('pg_snakeoil', 'd12.x86_64')).toBe(caveatOf('pg_snakeoil', 'd13.x86_64'));
    expect(caveatOf('pg_proctab', 'd13.aarch64')).toContain('VERSION');
    expect(caveatOf('pgnodemx', 'd13.aarch64')).toBeUndefined();
  });

  test('have caveats for releases that there are, and say them in one sentence without a full stop', async () => {
    const { extensions, targets } = await readCatalog(manifests);
    const described = Object.values(extensions).flatMap((extension) => Object.values({ ...extension.creates, '': extension }).filter((each) => typeof each !== 'string'));
    const caveats = described.map((each) => each.caveat).filter((each) => each !== undefined);
    const places = new Set(targets.flatMap(({ code }) => [code, code.split('.')[0]]));

    expect(caveats.flatMap((each) => (typeof each === 'string' ? [] : Object.keys(each))).filter((place) => !places.has(place))).toEqual([]);
    expect(caveats.flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each))).filter((text) => text === '' || text.endsWith('.') || text.includes('\n'))).toEqual([]);
    expect(caveats.length).toBeGreaterThan(0);
  });

  test('describe each extension in a sentence of at most 90 characters', async () => {
    const { extensions } = await readCatalog(manifests);

    const long = Object.entries(extensions).filter(([, { about }]) => about.length > 90 || about.endsWith('.'));

    expect(long).toEqual([]);
  });
});

describe('a bundle', () => {
  const sound = "name: mine\nversion: '1.0'\nabout: x\nsources: [debian]\ntargets: { d12.x86_64: ['15'] }\nmodules: [etcd]\n";
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-bundle-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('with mistakes is told all of them at once, with their places and the nearest names', async () => {
    const text = "name: mine\nversion: 1.0\nabout: x\nsources: [debain]\ntargets: { d12.x86-64: ['15'], d13.x86_64: [17] }\nmodules: [etcd]\nextensions: [postgiss]\nmising: warn\n";

    expect(await mistakesOf(text)).toEqual([
      '2:10  version: expected string, which takes quotes: "1.0"',
      '5:45  targets.d13.x86_64.0: expected string, which takes quotes: "17"',
      '8:1  unknown key "mising", did you mean "missing"?',
    ]);
    expect(await mistakesOf(text.replace('1.0', "'1.0'").replace('[17]', "['17']").replace('mising', 'missing'))).toEqual([
      '5:24  targets.d12.x86-64: unknown target "d12.x86-64", did you mean "d12.x86_64"?',
      '4:11  sources.0: unknown source "debain", did you mean "debian"?',
      '7:14  extensions.0: unknown extension "postgiss", did you mean "postgis"?',
    ]);
  });

  test('that is not there is told', async () => {
    const catalog = await readCatalog(manifests);

    await expect(readBundle(join(folder, 'none.yml'), catalog)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('no such file') });
  });

  test('asks for a package once, for the first reason', async () => {
    const manifest = await spellOut(`${sound}components: [etcd, postgresql]\nextensions: [contrib, postgis]\n`);

    expect(manifest.wanted).toEqual([
      { package: 'etcd-server', kind: 'component', name: 'etcd' },
      { package: 'etcd-client', kind: 'component', name: 'etcd' },
      { package: 'postgresql-15', pg: '15', kind: 'server', name: 'postgresql' },
      { package: 'postgresql-client-15', pg: '15', kind: 'server', name: 'postgresql' },
      { package: 'postgresql-15-postgis-3', pg: '15', kind: 'extension', name: 'postgis' },
    ]);
    expect(manifest.extensions.find((extension) => extension.name === 'pg_stat_statements')).toMatchObject({ package: 'postgresql-15', pg: '15', preload: ['pg_stat_statements'] });
    expect(manifest.extensions.map((extension) => extension.name)).toContain('old_snapshot');
  });

  test('has another digest when it asks for something else', async () => {
    const [one, same, other] = [await spellOut(sound), await spellOut(sound), await spellOut(`${sound}components: [patroni]\n`)];

    expect(one.digest).toBe(same.digest);
    expect(other.digest).not.toBe(one.digest);
  });

  test('is not made for other targets or majors than it names', async () => {
    const catalog = await readCatalog(manifests);
    await writeFile(join(folder, 'mine.yml'), sound);
    const bundle = await readBundle(join(folder, 'mine.yml'), catalog);

    expect(() => manifestOf(bundle, catalog, findTarget(catalog.targets, 'd13.x86_64'))).toThrow('the bundle "mine" is not made for d13.x86_64');
    expect(() => manifestOf(bundle, catalog, findTarget(catalog.targets, 'd12.x86_64'), ['17'])).toThrow('has no PostgreSQL 17 for d12.x86_64');
    expect(() => findTarget(catalog.targets, 'd12.x86-64')).toThrow('did you mean "d12.x86_64"?');
  });

  async function mistakesOf(text: string): Promise<string[]> {
    await writeFile(join(folder, 'mine.yml'), text);
    const error = await readBundle(join(folder, 'mine.yml'), await readCatalog(manifests)).catch((failure: unknown) => failure as Fault);
    return (error as Fault).details.map((line) => line.replace(`${join(folder, 'mine.yml')}:`, ''));
  }

  async function spellOut(text: string) {
    const catalog = await readCatalog(manifests);
    await writeFile(join(folder, 'mine.yml'), text);
    const bundle = await readBundle(join(folder, 'mine.yml'), catalog);
    return manifestOf(bundle, catalog, findTarget(catalog.targets, 'd12.x86_64'));
  }
});

describe('a folder of manifests', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'pgark-manifests-')), 'manifests');
    await cp(manifests, folder, { recursive: true });
  });
  afterEach(() => rm(resolve(folder, '..'), { recursive: true }));

  test('with mistakes in several files is told all of them at once', async () => {
    await edit('components/etcd.yml', 'about: The consensus', 'abot: The consensus');
    await edit('extensions/gis.yml', 'preload: [postgis-3]', 'prelaod: [postgis-3]');
    await edit('sources/debian.yml', 'archive: debian-security', 'archive: debian-secure');

    await expect(readCatalog(folder)).rejects.toMatchObject({
      code: 'invalid',
      message: '3 manifests are not valid',
      details: expect.arrayContaining([
        expect.stringMatching(/etcd\.yml:2:1  unknown key "abot", did you mean "about"\?$/),
        expect.stringMatching(/gis\.yml:\d+:5  unknown key "prelaod", did you mean "preload"\?$/),
        expect.stringMatching(/debian\.yml:\d+:14  suites\.2\.archive: unknown archive "debian-secure", archives are debian, debian-security$/),
      ]),
    });
  });

  test('with one name twice is refused', async () => {
    await cp(join(folder, 'components/etcd.yml'), join(folder, 'components/zoo.yml'));
    await edit('components/zoo.yml', 'module: etcd', 'module: zoo');

    await expect(readCatalog(folder)).rejects.toMatchObject({ message: 'a component is described twice: etcd' });
  });

  async function edit(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(join(folder, file), text.replace(from, to));
  }
});
