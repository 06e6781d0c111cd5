import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { spellCaveat } from '../../../builder/manifest/caveat.ts';
import { readBundle, type GivenBundle } from '../../../builder/manifest/given.ts';
import { madeFor } from '../../../builder/manifest/bundle.ts';
import { manifestOf, type Manifest } from '../../../builder/manifest/manifest.ts';
import { findTarget } from '../../../builder/manifest/platform.ts';
import { Fault } from '../../../repo/core/fault.ts';

const manifests = resolve(import.meta.dirname, '../../../manifests');
const own = readCatalog(manifests);

describe('the manifests of this project', () => {
  test('are valid, and every bundle can be spelled out for each of its targets', async () => {
    const catalog = await own;
    const names = await readdir(join(manifests, 'bundles'));

    for (const name of names) {
      const given = await readBundle(join(manifests, 'bundles', name), catalog);
      for (const code of madeFor(given.bundle, catalog).keys()) {
        const manifest = spelled(given, code);
        expect(manifest.wanted.length, `${name} ${code}`).toBeGreaterThan(30);
        if (given.bundle.missing === 'error') expect(manifest.absent, `${name} ${code}`).toEqual([]);
        // What the manifests say to be missing: declared by its makers, published by nobody.
        for (const { kind, reason } of manifest.absent) expect(`${kind} ${reason}`, `${name} ${code}`).toMatch(/^extension no package is known for it/);
      }
    }
    expect(names.length).toBeGreaterThan(1);
  });

  test('ask only for extensions that can be created: what one requires, another creates', async () => {
    const catalog = await own;
    const given = await readBundle(join(manifests, 'bundles/debian.yml'), catalog);

    for (const code of madeFor(given.bundle, catalog).keys()) {
      const { extensions } = spelled(given, code);
      const created = new Set(extensions.map((extension) => extension.name));
      expect(extensions.filter((extension) => extension.requires.some((name) => !created.has(name))).map((extension) => extension.name)).toEqual([]);
      expect(created.size).toBe(extensions.length);
    }
  });

  test('say what cannot be created on a release, and only there', async () => {
    const catalog = await own;
    const given = await readBundle(join(manifests, 'bundles/debian.yml'), catalog);
    const caveatOf = (name: string, code: string) => spelled(given, code).extensions.find((extension) => extension.name === name)?.caveat;

    expect(caveatOf('rdkit', 'd12.x86_64')).toContain('PostgreSQL 15');
    expect(caveatOf('rdkit', 'd13.x86_64')).toBeUndefined();
    expect(caveatOf('pg_snakeoil', 'd12.x86_64')).toBe(caveatOf('pg_snakeoil', 'd13.x86_64'));
    expect(caveatOf('pg_proctab', 'd13.aarch64')).toContain('VERSION');
    expect(caveatOf('pgnodemx', 'd13.aarch64')).toBeUndefined();
    expect(spelled(given, 'd13.x86_64').extensions.find(({ name }) => name === 'mobilitydb')).toMatchObject({ caveat: expect.stringContaining('17.12'), mended: '1.2.0-2+deb13u1' });
  });

  test('have caveats for releases that there are, and say them in one sentence without a full stop', async () => {
    const { extensions, targets } = await own;
    const described = Object.values(extensions).flatMap((extension) => Object.values({ ...extension.creates, '': extension }).filter((each) => typeof each !== 'string'));
    const caveats = described.map((each) => each.caveat).filter((each) => each !== undefined);
    const places = new Set(targets.flatMap(({ code }) => [code, code.split('.')[0]]));

    expect(caveats.flatMap((each) => (typeof each === 'string' ? [] : Object.keys(each))).filter((place) => !places.has(place))).toEqual([]);
    expect(caveats.flatMap(spellCaveat).filter((text) => text === '' || /: $|\.$|\n/.test(text))).toEqual([]);
    expect(caveats.length).toBeGreaterThan(0);
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
    const catalog = await own;

    await expect(readBundle(join(folder, 'none.yml'), catalog)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('no such file') });
  });

  test('asks for a package once, for the first reason', async () => {
    const manifest = await spellOut(`${sound}components: [etcd, postgresql]\ngroups: [contrib]\nextensions: [postgis]\n`);

    expect(manifest.wanted).toEqual([
      { package: 'etcd-server', kind: 'component', name: 'etcd', asked: ['modules', 0] },
      { package: 'etcd-client', kind: 'component', name: 'etcd', asked: ['modules', 0] },
      { package: 'postgresql-15', pg: '15', kind: 'server', name: 'postgresql', asked: ['components', 1] },
      { package: 'postgresql-client-15', pg: '15', kind: 'server', name: 'postgresql', asked: ['components', 1] },
      { package: 'postgresql-15-postgis-3', pg: '15', kind: 'extension', name: 'postgis', asked: ['extensions', 0] },
      { package: 'postgresql-15-postgis-3-scripts', pg: '15', kind: 'extension', name: 'postgis', asked: ['extensions', 0] },
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
    const given = await read(sound);

    expect(() => spelled(given, 'd13.x86_64')).toThrow('the bundle "mine" is not made for d13.x86_64');
    expect(() => spelled(given, 'd12.x86_64', ['17'])).toThrow('has no PostgreSQL 17 for d12.x86_64');
    expect(() => spelled(given, 'd12.x86-64')).toThrow('did you mean "d12.x86_64"?');
  });

  test('names platforms with the majors for all of them', async () => {
    const given = await read(sound.replace("{ d12.x86_64: ['15'] }", "[d12, u24.aarch64]\npg: ['16', '17']"));

    expect([...madeFor(given.bundle, given.catalog)]).toEqual(['d12.x86_64', 'd12.aarch64', 'u24.aarch64'].map((code) => [code, ['16', '17']]));
  });

  test('asks for the members of a group, for one major where the name of the group says so', async () => {
    const { wanted } = await spellOut(sound.replace("['15']", "['15', '16']").replace('modules: [etcd]', 'groups: [pg15-mini]').replace('[debian]', '[debian, pgdg]'));

    expect(wanted.map((each) => `${each.name}: ${each.package}`)).toEqual(['postgresql: postgresql-15', 'postgresql: postgresql-client-15', 'postgresql-client: postgresql-client-15']);
  });

  test('has all packages of each component by its name, though another has some of them too', async () => {
    const { wanted } = await spellOut(`${sound}components: [patroni-etcd, lsof, base-tools, patroni]\n`);

    const packagesOf = (name: string): string[] => wanted.filter((each) => each.name === name).map((each) => each.package);
    expect(packagesOf('patroni-etcd')).toEqual(['python3-etcd']);
    expect(packagesOf('patroni')).toEqual(['patroni', 'python3-etcd', 'python3-psycopg2']);
    expect(packagesOf('lsof')).toEqual(['lsof']);
    expect(packagesOf('base-tools')).toContain('lsof');
  });

  test('leaves out what it excludes, by the name of a component, an extension or a package', async () => {
    const { wanted } = await spellOut(`${sound}components: [postgresql]\nextensions: [postgis, pgvector]\nexclude: [etcd, pgvector, postgresql-client-15]\n`);

    expect(wanted.map((each) => each.package)).toEqual(['postgresql-15', 'postgresql-15-postgis-3', 'postgresql-15-postgis-3-scripts']);
  });

  test('asks for further packages by their names in the family', async () => {
    const { wanted } = await spellOut(`${sound}packages: { deb: [htop], rpm: [atop] }\n`);

    expect(wanted.at(-1)).toEqual({ package: 'htop', kind: 'package', name: 'htop', asked: ['packages', 'deb', 0] });
  });

  test('is told what it asks for in vain, where that stands, and who has it', async () => {
    const given = await read(`${sound}extensions: [vchord]\n`);

    const { absent } = spelled(given, 'd12.x86_64');

    expect(absent).toEqual([{ name: 'vchord', kind: 'extension', pg: '15', reason: 'no source of the bundle has it on d12.x86_64 for PostgreSQL 15; pigsty-pgsql does', asked: ['extensions', 0] }]);
    expect(given.where(absent[0]!.asked)).toMatch(/mine\.yml:7:14$/);
  });

  test('is told that a kernel is not of its majors, and has one that is of none', async () => {
    const given = await read(sound.replace('[debian]', '[debian, pigsty-pgsql]').replace("['15']", "['17']").replace('modules: [etcd]', 'components: [pgtde, cloudberry]'));

    const { wanted, absent } = spelled(given, 'd12.x86_64');

    expect(wanted.map((each) => each.package)).toEqual(['cloudberry', 'cloudberry-backup', 'cloudberry-pxf']);
    expect(absent).toEqual([{ name: 'pgtde', kind: 'kernel', reason: 'it is a kernel of PostgreSQL 18', asked: ['components', 0] }]);
  });

  test('with a source that is disabled is refused, with the reason', async () => {
    const given = await read(sound.replace('[debian]', '[debian, citus]'));

    expect(() => spelled(given, 'd12.x86_64')).toThrow(expect.objectContaining({ code: 'untrusted', message: 'citus cannot be used', details: [expect.stringMatching(/^citus: no fingerprint is pinned/)] }));
  });

  test('brings a source of its own along, with its key beside it', async () => {
    const fingerprint = 'A'.repeat(40);
    await writeFile(join(folder, 'acme.asc'), 'the key');
    await writeFile(join(folder, 'acme.yml'), `name: acme\nabout: x\nmodule: extra\narchives: { acme: { url: 'http://10.0.0.1/deb' } }\nkeys: { ${fingerprint}: { owner: ACME, file: acme.asc } }\nsuites: [{ suite: stable, targets: [d12], archive: acme, components: [main], keys: [${fingerprint}] }]\n`);

    const given = await read(sound.replace('[debian]', '[debian, ./acme.yml]'));

    expect(spelled(given, 'd12.x86_64').suites.map(({ source }) => source.name)).toContain('acme');
    expect(Buffer.from(given.catalog.keys[fingerprint]!).toString()).toBe('the key');
  });

  async function mistakesOf(text: string): Promise<string[]> {
    const error = await read(text).catch((failure: unknown) => failure as Fault);
    return (error as Fault).details.map((line) => line.replace(`${join(folder, 'mine.yml')}:`, ''));
  }

  async function read(text: string): Promise<GivenBundle> {
    await writeFile(join(folder, 'mine.yml'), text);
    return readBundle(join(folder, 'mine.yml'), await own);
  }

  const spellOut = async (text: string): Promise<Manifest> => spelled(await read(text), 'd12.x86_64');
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
        expect.stringMatching(/etcd\.yml:3:1  unknown key "abot", did you mean "about"\?$/),
        expect.stringMatching(/gis\.yml:\d+:\d+  unknown key "prelaod", did you mean "preload"\?$/),
        expect.stringMatching(/debian\.yml:\d+:14  suites\.2\.archive: unknown archive "debian-secure", archives are debian, debian-security$/),
      ]),
    });
  });

  test('with names that nothing bears is told each of them, beside the mistakes within a file', async () => {
    await edit('extensions/gis.yml', '    license: GPL-2.0-only', '    licence: GPL-2.0-only');
    await edit('components/etcd.yml', "version: '3.7.1'", 'version: 3.10');
    await edit('extensions/fts.yml', ' pigsty-pgsql 14-18', ' pigsty-pgsq 14-18');
    await edit('components/redis.yml', 'from: debian', 'from: debain');
    await edit('extensions/rag.yml', 'requires: [', 'requires: [vectr, ');
    await edit('groups.yml', 'components: [base-tools,', 'components: [base-tool,');
    await edit('groups.yml', 'categories: [gis]', 'categories: [giz]');
    await edit('groups.yml', 'groups: [pgsql-core]', 'groups: [pgsql-core, main]');
    await edit('groups.yml', 'groups: [pgsql-main]', 'groups: [pgsql-main, core]');

    const { details } = (await readCatalog(folder).catch((failure: unknown) => failure)) as Fault;

    expect(details.map((line) => line.replace(folder, '').replace(/:\d+:\d+ /, ':L:C ')).toSorted()).toEqual([
      '/components/etcd.yml:L:C  components.etcd.published.1.version: expected string, which takes quotes: "3.10"',
      '/components/redis.yml:L:C  unknown source "debain", did you mean "debian"?',
      '/extensions/fts.yml:L:C  unknown source "pigsty-pgsq", did you mean "pigsty-pgsql"?',
      '/extensions/gis.yml:L:C  extensions.postgis.license: is missing',
      '/extensions/gis.yml:L:C  unknown key "licence", did you mean "license"?',
      '/extensions/rag.yml:L:C  unknown extension "vectr", did you mean "vector"?',
      '/groups.yml:L:C  the group "core" contains itself: core → main → core',
      '/groups.yml:L:C  unknown category "giz", did you mean "gis"?',
      '/groups.yml:L:C  unknown component "base-tool", did you mean "base-tools"?',
    ]);
    for (const line of details) await expectPlace(line);
  });

  test('with one name twice is refused, with both places', async () => {
    await cp(join(folder, 'components/etcd.yml'), join(folder, 'components/zoo.yml'));
    await edit('components/zoo.yml', 'module: etcd', 'module: zoo');

    await expect(readCatalog(folder)).rejects.toMatchObject({
      message: 'the manifests do not fit together',
      details: [expect.stringMatching(/zoo\.yml:\d+:3 {2}the component "etcd" is described twice, before at .*etcd\.yml:\d+$/)],
    });
  });

  test('with a file that is no YAML is told that alone, since the names in it are not known', async () => {
    await edit('extensions/gis.yml', 'category: gis', 'category: "gis');

    await expect(readCatalog(folder)).rejects.toMatchObject({ message: expect.stringMatching(/gis\.yml cannot be read$/) });
  });

  /** The place of a mistake is where what it quotes stands. */
  async function expectPlace(line: string): Promise<void> {
    const [, file, row, column] = /^(.*):(\d+):(\d+) {2}/.exec(line)!;
    const rest = (await readFile(file!, 'utf8')).split('\n')[Number(row) - 1]!.slice(Number(column) - 1);
    const [, quoted = ''] = /(?:unknown|the|takes).*? "([^"]+)"/.exec(line) ?? [];
    if (quoted !== '') expect(rest.split(' ', 2).join(' '), line).toContain(quoted);
  }

  async function edit(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(join(folder, file), text.replace(from, to));
  }
});

const spelled = ({ bundle, catalog }: GivenBundle, code: string, only: string[] = []): Manifest => manifestOf(bundle, catalog, findTarget(catalog.targets, code), only);
