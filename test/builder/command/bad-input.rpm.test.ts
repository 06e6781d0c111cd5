import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLock } from '../../../builder/lock/read.ts';
import { recallCatalog } from '../../../builder/manifest/cache.ts';
import { fillStore, openUpstream, verifyStore } from '../../../builder/pipeline.ts';
import { silent } from '../../../repo/core/progress.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { elUpstream, type ElUpstream } from '../../support/el-upstream.ts';
import { makeRepositories, makeRpm } from '../../support/repository.ts';
import { makeSignedRpm } from '../../support/signed-rpm.ts';
import { packTiny } from '../../support/tiny.ts';

/** Everything here goes through the program as a user calls it, a process of its own. */
const pgark = resolve(import.meta.dirname, '../../../pgark');
const timeout = 60_000;
const lockFile = 'small.el9.x86_64.lock.json';
const date = Date.parse('2026-07-11T10:16:37Z');
const yesterday = 'what was made yesterday\n';

let upstream: ElUpstream;

beforeEach(async () => {
  upstream = await elUpstream();
});
afterEach(() => upstream.close());

interface Case {
  /** Makes it bad; what is published afterwards is what it left. */
  spoil(): unknown;
  exit: number;
  /** What is said, in this order: the place, the thing, the next step. */
  says: readonly (string | RegExp)[];
}

const inBundle = (line: number, column: number): RegExp => new RegExp(`bundle\\.yml:${line}:${column}`);
const alter = (pattern: RegExp, change: (content: Buffer) => Buffer | undefined): void => {
  for (const [path, content] of [...upstream.files].filter(([each]) => pattern.test(each))) {
    const changed = change(content);
    if (changed) upstream.files.set(path, changed);
    else upstream.files.delete(path);
  }
};
const flipped = (content: Buffer): Buffer => {
  const changed = Buffer.from(content);
  changed[changed.length - 30]! ^= 1;
  return changed;
};
const publish = async (further: ElUpstream['further']): Promise<void> => {
  upstream.further = further;
  await upstream.publish();
};
/** Changes what the server says of the PostgreSQL server; index and signature agree with that. */
const serverSays = async (change: (stanza: string) => string): Promise<void> => {
  upstream.pgdg[1] = { ...upstream.pgdg[1]!, stanza: change(upstream.pgdg[1]!.stanza) };
  await upstream.publish();
};
const requiring = (entry: string) => (stanza: string) => stanza.replace('<rpm:requires>', `<rpm:requires><rpm:entry name="${entry}"/>`);

const locked: Record<string, Case> = {
  'a repomd.xml that is cut off': {
    spoil: async () => {
      for (const [path, content] of await makeRepositories([{ path: '9/BaseOS', date, packages: upstream.baseos.map((made) => made.stanza), lie: (text) => text.slice(0, text.indexOf('</repomd>')) }], upstream.keys.rocky)) upstream.files.set(path, content);
    },
    exit: 6,
    says: [inBundle(4, 11), 'rocky/baseos: there is no repomd in its repomd.xml', 'hint'],
  },
  'a primary.xml that is cut off': {
    spoil: () => serverSays((stanza) => stanza.slice(0, -'</package>'.length)),
    exit: 3,
    says: [inBundle(4, 18), 'pgdg/pgdg17: its primary.xml ends within a package', 'hint'],
  },
  'a package without a version': {
    spoil: () => serverSays((stanza) => stanza.replace(/<version [^>]*>/, '')),
    exit: 3,
    says: [inBundle(4, 18), 'pgdg/pgdg17: postgresql17-server has no version', 'hint'],
  },
  'entities that stand for more and more of themselves': {
    spoil: () => serverSays((stanza) => `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>${stanza}`),
    exit: 3,
    says: [inBundle(4, 18), 'pgdg/pgdg17: its primary.xml holds comments or CDATA', 'hint'],
  },
  'an entry with a sign that is none': {
    spoil: () => serverSays((stanza) => stanza.replace('flags="GE"', 'flags="ABOUT"')),
    exit: 3,
    says: ['pgdg/pgdg17: postgresql17-server requires:', 'flags="ABOUT"', 'is not a relation to a package', 'hint'],
  },
  'an index with another digest than its repomd.xml names': {
    spoil: () => alter(/rhel-9.*-primary\.xml\.gz$/, flipped),
    exit: 6,
    says: [inBundle(4, 18), /17\/rhel-9\/repodata\/\w+-primary\.xml\.gz is not what the signed index of pgdg\/pgdg17 names/, 'it does not have the digest', 'hint'],
  },
  'an index of another size': {
    spoil: () => alter(/rhel-9.*-primary\.xml\.gz$/, (content) => Buffer.concat([content, content])),
    exit: 6,
    says: [inBundle(4, 18), 'is not what the signed index of pgdg/pgdg17 names', 'the server has', 'hint'],
  },
  'no signature': {
    spoil: () => alter(/rhel-9.*repomd\.xml\.asc$/, () => undefined),
    exit: 6,
    says: [inBundle(4, 18), 'pgdg/pgdg17 has no signature over its index (repodata/repomd.xml.asc)', 'hint'],
  },
  'the signature of somebody else': {
    spoil: async () => {
      const stranger = await madeKey('a stranger');
      for (const [path, content] of await makeRepositories([{ path: '17/rhel-9', date, packages: upstream.pgdg.map((made) => made.stanza) }], stranger)) upstream.files.set(path, content);
    },
    exit: 6,
    says: [inBundle(4, 18), 'pgdg/pgdg17 is not signed by a trusted key', 'hint'],
  },
  'a signature that is none': {
    spoil: () => alter(/rhel-9.*repomd\.xml\.asc$/, () => Buffer.from('-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n')),
    exit: 6,
    says: [inBundle(4, 18), 'pgdg/pgdg17', 'hint'],
  },
  'a modules document of an unknown version': {
    spoil: () => publish({ modules: '---\ndocument: modulemd\nversion: 3\ndata: { name: postgresql, stream: "16" }\n...\n' }),
    exit: 3,
    says: [inBundle(4, 11), 'rocky/baseos: repodata/', 'a document "modulemd" of the version 3 is not read', 'modulemd 2', 'hint'],
  },
  'a modules document that is no YAML': {
    spoil: () => publish({ modules: '---\ndocument: [modulemd\n...\n' }),
    exit: 3,
    says: [inBundle(4, 11), 'rocky/baseos: repodata/', 'cannot be read', 'hint'],
  },
  'an unknown operator in a rich dependency': {
    spoil: () => serverSays(requiring('(bash xor dash)')),
    exit: 4,
    says: [inBundle(6, 11), 'postgresql17-server', 'needs (bash xor dash); a dependency of this form is not understood', 'hint'],
  },
  'packages that obsolete each other': {
    spoil: async () => {
      upstream.pgdg.push(makeRpm('alpha', '1-1', 'x86_64', { obsoletes: ['beta'] }), makeRpm('beta', '1-1', 'x86_64', { obsoletes: ['alpha'] }));
      await upstream.publish();
      await writeFile(bundleFile(), `${await readFile(bundleFile(), 'utf8')}packages: [alpha, beta]\n`);
    },
    exit: 4,
    says: ['packages for el9.x86_64 obsolete each other', 'alpha 1-1 x86_64 from pgdg/pgdg17  (', inBundle(7, 12), 'asks for alpha), beta 1-1 x86_64 from pgdg/pgdg17', inBundle(7, 19), 'hint', 'without: [NAME]'],
  },
  'a package outside the repository': {
    spoil: () => serverSays((stanza) => stanza.replace(/href="[^"]*"/, 'href="../../etc/passwd"')),
    exit: 3,
    says: [inBundle(4, 18), 'postgresql17-server lies outside the repository: ../../etc/passwd', 'hint'],
  },
};

describe('pgark lock writes nothing, and says why, of a repository with', () => {
  test.each(Object.entries(locked))('%s', { timeout }, async (_, { spoil, exit, says }) => {
    const path = join(upstream.folder, lockFile);
    await writeFile(path, yesterday);
    await spoil();

    const { status, stderr, stdout } = await run('lock', bundleFile(), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options);

    expectSaid(stderr, says);
    expect([status, stdout]).toEqual([exit, '']);
    expect(await readFile(path, 'utf8')).toBe(yesterday);
    expect((await readdir(upstream.folder)).filter((name) => name.includes('lock'))).toEqual([lockFile]);
  });
});

const built: Record<string, Case> = {
  'with another digest than the index names': {
    spoil: () => alter(/postgresql17-server.*\.rpm$/, flipped),
    exit: 6,
    says: [/postgresql17-server-\S+\.rpm is not what the signed index of pgdg\/pgdg17 names/, 'it does not have the digest', 'hint'],
  },
  'that the server does not have': {
    spoil: () => alter(/postgresql17-server.*\.rpm$/, () => undefined),
    exit: 5,
    says: [/pgdg\/pgdg17: \S+postgresql17-server-\S+\.rpm cannot be fetched: .*404/, 'hint', '--mirror'],
  },
  'that carries no signature': {
    spoil: async () => {
      upstream.pgdg[0] = await makeSignedRpm(undefined, 'postgresql17-libs', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'] });
      await upstream.publish();
    },
    exit: 6,
    says: ['postgresql17-libs 17.5-3PGDG.rhel9 x86_64 is not signed by a trusted key', 'it carries no signature', 'hint'],
  },
  'that the key of another source signed': {
    spoil: async () => {
      upstream.pgdg[0] = await makeSignedRpm(upstream.keys.rocky.signer, 'postgresql17-libs', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'] });
      await upstream.publish();
    },
    exit: 6,
    says: ['postgresql17-libs 17.5-3PGDG.rhel9 x86_64 is not signed by a trusted key', 'hint'],
  },
  'whose header is not what the metadata says': {
    spoil: () => serverSays((stanza) => stanza.replace('<rpm:entry name="/bin/sh"/>', '')),
    exit: 6,
    says: ['postgresql17-server 1:17.5~rc1^git2-3PGDG.rhel9 x86_64: its file is not what the metadata says', 'requires: the metadata does not have /bin/sh', 'hint', 'another mirror'],
  },
  'that needs a newer rpm than the target has': {
    spoil: async () => {
      upstream.pgdg[1] = await makeSignedRpm(upstream.keys.packages.signer, 'postgresql17-server', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['rpmlib(Unheard) <= 9.0-1'] });
      await upstream.publish();
    },
    exit: 4,
    says: ['postgresql17-server 17.5-3PGDG.rhel9 x86_64 is too new for rpm 4.16.1.3 of EL 9', 'it needs rpmlib(Unheard) 9.0-1', 'hint'],
  },
};

describe('pgark build makes nothing, and says why, of a package', () => {
  test.each(Object.entries(built))('%s', { timeout }, async (_, { spoil, exit, says }) => {
    const out = join(upstream.folder, 'out');
    const made = join(out, 'pgark-small-1.0.el9.x86_64.tar');
    await mkdir(out);
    await writeFile(made, yesterday);
    await run('keygen', '--ed25519', '--out', join(upstream.folder, 'key'));
    await spoil();

    const { status, stderr, stdout } = await run('build', bundleFile(), '--target', 'el9.x86_64', '--out', out, '--key', join(upstream.folder, 'key/key'), ...upstream.options);

    expectSaid(stderr, says);
    expect([status, stdout]).toEqual([exit, '']);
    expect(await readdir(out)).toEqual([made.slice(out.length + 1)]);
    expect(await readFile(made, 'utf8')).toBe(yesterday);
  });
});

describe('pgark verify refuses a bundle', () => {
  test('with anything changed, cut off, or signed by somebody else, and says what', { timeout }, async () => {
    const key = await madeKey('the builder');
    const stranger = await madeKey('a stranger');
    const whole = await makeBundle(key);
    const content = await readFile(whole);
    const write = async (name: string, changed: Buffer): Promise<string> => {
      const path = join(upstream.folder, `${name}.tar`);
      await writeFile(path, changed);
      await copyFile(`${whole}.asc`, `${path}.asc`);
      return path;
    };
    const changed = Buffer.from(content);
    changed[changed.indexOf('17.5~rc1^git2', changed.indexOf('Packages/p/postgresql17-server'))]! ^= 1;
    const cases: [string, string, number, readonly (string | RegExp)[]][] = [
      [whole, stranger.fingerprint, 6, [stranger.fingerprint]],
      [await write('changed', changed), key.fingerprint, 6, [/changed\.tar/]],
      [await write('short', content.subarray(0, content.length / 2)), key.fingerprint, 3, [/short\.tar/, 'hint']],
      [await write('none', Buffer.from(yesterday)), key.fingerprint, 3, [/none\.tar/]],
    ];

    const verdicts = [await run('verify', whole, '--fingerprint', key.fingerprint)];
    for (const [path, fingerprint] of cases) verdicts.push(await run('verify', path, '--fingerprint', fingerprint));

    expect(verdicts[0]!.status).toBe(0);
    for (const [place, [path, , exit, says]] of cases.entries()) {
      expectSaid(verdicts[place + 1]!.stderr, says);
      expect([path, verdicts[place + 1]!.status]).toEqual([path, exit]);
    }
  });
});

const bundleFile = (): string => join(upstream.folder, 'bundle.yml');

function run(...argv: string[]): Promise<{ status: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(pgark, argv, { cwd: upstream.folder, env: { ...process.env, COLUMNS: '400' }, timeout }, (error, stdout, stderr) => done({ status: error ? error.code : 0, stdout, stderr }));
  });
}

function expectSaid(stderr: string, says: readonly (string | RegExp)[]): void {
  expect(stderr).not.toMatch(/^\s+at (\S+ \(|file:)/m);
  for (const each of says) expect(stderr).toMatch(typeof each === 'string' ? new RegExp(each.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')) : each);
}

/** With the runtime and the installer of `packTiny`; all else as `pgark build` does it. */
async function makeBundle({ signer }: MadeKey): Promise<string> {
  await run('lock', bundleFile(), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options);
  const text = await readFile(join(upstream.folder, lockFile), 'utf8');
  const lock = readLock(text, lockFile);
  const store = join(upstream.folder, 'store');
  const catalog = await recallCatalog(join(upstream.folder, 'manifests'), join(store, 'catalog'));
  const opened = await openUpstream({ store, mirrors: ['rocky', 'pgdg'].map((name) => `${name}=${upstream.server.url}`), offline: false }, catalog);
  try {
    await fillStore(lock, opened, silent);
    const heads = await verifyStore(lock, opened, silent);
    return (await packTiny({ lock, text, store: opened.store, signer, heads, out: join(upstream.folder, 'made') })).path;
  } finally {
    await opened.http?.close();
  }
}
