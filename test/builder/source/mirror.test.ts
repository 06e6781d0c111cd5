import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Source } from '../../../builder/manifest/source.ts';
import { readAptSources } from '../../../builder/source/apt.ts';
import { chooseMirrors } from '../../../builder/source/mirror.ts';

const fingerprint = 'A'.repeat(40);
const debian = Source.parse({
  name: 'debian',
  about: 'a test archive',
  module: 'node',
  archives: { debian: { url: 'http://ftp.debian.org/debian', regions: { china: 'https://cn.example/debian/' }, seen: ['stable'] }, 'debian-security': { url: 'http://security.debian.org/debian-security', seen: ['stable-security'] } },
  keys: { [fingerprint]: { owner: 'test', url: 'https://keys.invalid/' } },
  suites: [
    { suite: 'bookworm', codename: 'bookworm', targets: ['d12'], archive: 'debian', components: ['main'], keys: [fingerprint] },
    { suite: 'bookworm-security', codename: 'bookworm-security', targets: ['d12'], archive: 'debian-security', components: ['main'], keys: [fingerprint] },
  ],
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-apt-'));
  await mkdir(join(folder, 'sources.list.d'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the mirror of an archive', () => {
  test('is that of the manifest where apt says nothing', async () => {
    const mirrors = await choose();

    expect(mirrors.of('debian')).toEqual({ url: 'http://ftp.debian.org/debian', by: 'the manifest of debian' });
  });

  test('comes from apt, from sources in stanzas', async () => {
    await write(
      'sources.list.d/debian.sources',
      'Types: deb\n# a comment: with a colon\nURIs: http://mirror.example/debian/\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\nTypes: deb deb-src\nURIs: http://mirror.example/security\nSuites: bookworm-security\nComponents: main\n',
    );

    const mirrors = await choose();

    expect(mirrors.of('debian')).toEqual({ url: 'http://mirror.example/debian', by: join(folder, 'sources.list.d/debian.sources') });
    expect(mirrors.addressOf('debian-security', 'pool/main/l/lib+c/lib+c_1%3a2_amd64.deb')).toBe('http://mirror.example/security/pool/main/l/lib%2Bc/lib%2Bc_1%253a2_amd64.deb');
  });

  test('comes from apt, from sources in lines', async () => {
    await write('sources.list', '# deb http://old.example/debian bookworm main\ndeb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.example/debian stable main contrib # ours\n');

    const mirrors = await choose();

    expect(mirrors.of('debian').url).toBe('https://mirror.example/debian');
  });

  test.each([
    ['is disabled', 'Types: deb\nURIs: http://x.example/d\nSuites: bookworm\nComponents: main\nEnabled: no\n'],
    ['has sources only', 'Types: deb-src\nURIs: http://x.example/d\nSuites: bookworm\nComponents: main\n'],
    ['is of another distributor', 'Types: deb\nURIs: http://x.example/d\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/pgdg.gpg\n'],
    ['has another component', 'Types: deb\nURIs: http://x.example/d\nSuites: bookworm\nComponents: stable\n'],
    ['is another suite', 'Types: deb\nURIs: http://x.example/d\nSuites: bookworm-pgdg\nComponents: main\n'],
    ['is no HTTP', 'Types: deb\nURIs: cdrom:[Debian]/\nSuites: bookworm\nComponents: main\n'],
  ])('is not taken from a source of apt that %s', async (_why, stanza) => {
    await write('sources.list.d/x.sources', stanza);

    const mirrors = await choose();

    expect(mirrors.of('debian').by).toBe('the manifest of debian');
  });

  test('is not taken from a file that apt ignores', async () => {
    await write('sources.list.d/x.sources.disabled', 'Types: deb\nURIs: http://x.example/d\nSuites: bookworm\nComponents: main\n');

    expect((await choose()).of('debian').by).toBe('the manifest of debian');
  });

  test('is what the command line says, before all', async () => {
    await write('sources.list', 'deb http://mirror.example/debian bookworm main\n');

    const mirrors = await choose('debian=https://company.example/deb/');

    expect(mirrors.of('debian')).toEqual({ url: 'https://company.example/deb', by: '--mirror' });
  });

  test.each([
    ['debain=http://x.example', 'there is no archive "debain", did you mean "debian"?'],
    ['debian', 'not of the form NAME=URL'],
    ['debian=ftp://me:hunter2@x.example', 'not of the form NAME=URL'],
  ])('--mirror %s is a usage error, told without the address', async (option, message) => {
    await expect(choose(option)).rejects.toMatchObject({ code: 'usage', message: `--mirror ${option.split('=')[0]}=…: ${message}` });
  });
});

describe('a region', () => {
  test('has mirrors for the archives that are known there, before what apt says; others stay', async () => {
    await write('sources.list', 'deb http://mirror.example/debian bookworm main\n');

    const mirrors = chooseMirrors([debian], await readAptSources(folder), [], 'china');

    expect(mirrors.of('debian')).toEqual({ url: 'https://cn.example/debian', by: 'the region china' });
    expect(mirrors.of('debian-security').by).toBe('the manifest of debian');
  });

  test('is what the command line says, before all', () => {
    expect(chooseMirrors([debian], [], ['debian=http://10.0.0.1/debian'], 'china').of('debian').by).toBe('--mirror');
  });

  test('that nobody knows is a usage error, with the nearest name', () => {
    expect(() => chooseMirrors([debian], [], [], 'chyna')).toThrow(expect.objectContaining({ code: 'usage', message: 'the manifests know no mirrors in "chyna", did you mean "china"?', hint: 'regions are china' }));
  });
});

test('a machine without apt has no sources', async () => {
  expect(await readAptSources(join(folder, 'nowhere'))).toEqual([]);
});

const write = (path: string, content: string): Promise<void> => writeFile(join(folder, path), content);

const choose = async (...options: string[]) => chooseMirrors([debian], await readAptSources(folder), options);
