import { chmod, copyFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Runtime } from '../../builder/runtime/runtime.ts';
import { ship } from '../../builder/ship.ts';
import { openStore, storeFolder, type Store } from '../../builder/store/store.ts';
import { silent } from '../../repo/core/progress.ts';
import { makeKey, openSigner, type Signer } from '../../repo/core/signature.ts';
import type { Target } from '../../repo/package/target.ts';
import type { Suite } from '../../vagrant/root.ts';
import { flip, forge, type Forged } from '../support/forge.ts';
import { freshGround, type Ground } from '../support/ground.ts';
import { packTiny, targets, tinyLock, type TinyOptions } from '../support/tiny.ts';

const other: Record<Suite, Suite> = { bookworm: 'trixie', trixie: 'bookworm' };

describe.each<Suite>(['bookworm', 'trixie'])('bootstrap on a minimal %s', (suite) => {
  let media: string;
  let store: Store;
  let runtime: Runtime;
  let signer: Signer;
  let stranger: Signer;
  /** With the real runtime and installer, as `pgark build` makes it. */
  let real: string;
  /** With a runtime of one line: the same to bootstrap, and much quicker. */
  let good: string;
  let pristine: string[];
  let ground: Ground;

  beforeAll(async () => {
    media = await mkdtemp(join(tmpdir(), `pgark-media-${suite}-`));
    await chmod(media, 0o755);
    store = await openStore(storeFolder());
    const node = gzipSync('#!/bin/sh\necho v24\n');
    runtime = { version: '24', blob: await store.put(node), size: node.length, license: 'Node.js is licensed to the tester\n' };
    [signer, stranger] = await Promise.all([makeKey('rsa4096', 'one'), makeKey('ed25519', 'stranger')]).then((keys) => Promise.all(keys.map((key) => openSigner(key.privateKey)))) as [Signer, Signer];
    const shipped = await ship({ ...(await tinyLock(store, targets[suite])), store, signer, out: media }, silent);
    real = basename(shipped.path);
    good = await pack('good', targets[suite], signer);
    const fresh = await freshGround(suite, media);
    pristine = await fresh.list();
    await fresh.discard();
    expect(pristine.length).toBeGreaterThan(5000);
  });
  afterAll(() => rm(media, { recursive: true, force: true }));
  afterEach(() => ground?.discard());

  const pack = async (name: string, target: Target, by: Signer, options: TinyOptions = {}): Promise<string> => {
    const packed = await packTiny({ ...(await tinyLock(store, target, options)), store, signer: by, runtime, out: join(media, name) });
    return `${name}/${basename(packed.path)}`;
  };
  const bootstrap = (tar: string, ...more: string[]): string[] => ['sh', '/media/bootstrap', `/media/${tar}`, ...more];
  const trusting = (tar: string, ...more: string[]): string[] => bootstrap(tar, '--fingerprint', signer.fingerprint, ...more);

  /** Runs, and checks that it failed as it should and that the host is what it was. */
  async function refused(argv: readonly string[], code: number, message: RegExp, before?: string): Promise<string> {
    await ground?.discard();
    ground = await freshGround(suite, media);

    const ended = await ground.run(argv, before === undefined ? {} : { before });

    expect(ended.stderr).toMatch(message);
    expect(ended.code, ended.stderr).toBe(code);
    expect(await ground.list()).toEqual(pristine);
    return ended.stderr;
  }

  describe('refuses, and leaves the host as it was', () => {
    test.each([
      ['a package', 'tiny-server\ntiny-server\ntiny-server', /repo\/pool\/t\/tiny-server\/tiny-server_15.1-1\+deb12u1_amd64.deb: its SHA-256 differs from the signed one[^]*error {2}bad.tar is not what was signed/],
      ['an index', 'Package: tiny-common', /repo\/dists\/stable\/main\/binary-amd64\/Packages: its SHA-256 differs from the signed one[^]*error {2}bad.tar is not what was signed/],
      ['bundle.json', '"packages": 2', /bundle.json: FAILED[^]*error {2}bad.tar is not what was signed/],
      ['the runtime', 'Node.js is licensed', /runtime\/LICENSE: its SHA-256 differs from the signed one/],
      ['the list of digests', '  bundle.json', /error {2}bad.tar: the signature over its list of files is not good/],
    ])('one bit flipped in %s', async (_where, near, message) => {
      await flip(join(media, good), join(media, 'bad.tar'), near, near.startsWith('  ') ? -3 : 9);

      await refused(trusting('bad.tar'), 6, message);
    });

    test.each([
      ['in a package', (size: number) => size - 40_000],
      ['in its head', () => 512 * 8],
      ['at once', () => 0],
    ])('a tar that ends %s', async (_where, at) => {
      await copyFile(join(media, good), join(media, 'bad.tar'));
      await truncate(join(media, 'bad.tar'), at((await readFile(join(media, good))).length));

      await refused(trusting('bad.tar'), 3, /error {2}bad.tar is not a whole tar archive/);
    });

    test('a tar of which the end is missing, but for an end', async () => {
      await forge(join(media, good), join(media, 'bad.tar'), (all) => all.filter((each) => !each.path.endsWith('.deb')));

      await refused(trusting('bad.tar'), 6, /tiny-common_2.0~rc1-1_all.deb[^]*error {2}bad.tar is not whole: files are missing/);
    });

    test('another key, that signed all of it', async () => {
      const tar = await pack('stranger', targets[suite], stranger);

      const said = await refused(trusting(tar), 6, /is signed by another key/);
      expect(said).toContain(stranger.fingerprint);
    });

    test("another key's signature beside the right key", async () => {
      const theirs = await stranger.detached(await fileIn(good, 'SHA256SUMS'), new Date());
      await forge(join(media, good), join(media, 'bad.tar'), (all) => all.map((each) => (each.path.endsWith('/SHA256SUMS.asc') ? { ...each, content: Buffer.from(theirs) } : each)));

      await refused(trusting('bad.tar'), 6, /error {2}bad.tar: the signature over its list of files is not good/);
    });

    test('a bundle of the other release', async () => {
      const tar = await pack('release', targets[other[suite]], signer);
      const [mine, its] = [targets[suite].release, targets[other[suite]].release];

      await refused(trusting(tar), 3, new RegExp(`is for debian ${its} x86_64, this host is debian ${mine}.* x86_64`));
    });

    test('a bundle of the other architecture', async () => {
      const tar = await pack('arch', { ...targets[suite], code: targets[suite].code.replace('x86_64', 'aarch64'), arch: 'aarch64', packageArch: 'arm64' }, signer, { packages: [{ name: 'tiny-server', version: '1-1', arch: 'arm64' }] });

      await refused(trusting(tar), 3, /architecture: the host has x86_64, the bundle is for aarch64/);
    });

    test('a disk without room', async () => {
      await refused(trusting(good), 8, /error {2}no space on the disk of \/opt: \d+ MiB are needed, \d+ MiB are free/, 'mount -t tmpfs -o size=8m tmpfs opt');
    });

    test('to go on without a fingerprint and without a terminal', async () => {
      const said = await refused(bootstrap(good), 6, /error {2}no fingerprint is given, and there is no terminal to confirm it on/);
      expect(said).toContain(signer.fingerprint);
    });

    test('a clock that stands before the bundle', async () => {
      const tar = await pack('future', targets[suite], signer, { created: '2099-01-01T00:00:00.000Z' });

      await refused(trusting(tar), 6, /error {2}the clock of this host says .*, which is before the bundle's own date, 2099-01-01T00:00:00.000Z/);
    });

    test.each<[string, (members: Forged[]) => Forged[]]>([
      ['a symbolic link', (all) => [...all, { ...all[4]!, path: `${topOf(all)}/repo/x`, content: Buffer.alloc(0), type: 'SymbolicLink', linkpath: '/etc' }]],
      ['a path that climbs', (all) => [...all, { ...all[4]!, path: `${topOf(all)}/repo/../../../etc/cron.d/x` }]],
      ['an absolute path', (all) => [...all, { ...all[4]!, path: '/etc/cron.d/x' }]],
      ['a set-uid program', (all) => [...all, { ...all[4]!, path: `${topOf(all)}/repo/x`, mode: 0o4755 }]],
    ])('%s among its members', async (_what, edit) => {
      await forge(join(media, good), join(media, 'bad.tar'), edit);

      await refused(trusting('bad.tar'), 6, /error {2}bad.tar holds members that no bundle has/);
    });

    test('a member that the list does not name, and one that stands there twice', async () => {
      await forge(join(media, good), join(media, 'more.tar'), (all) => [...all, { ...all[4]!, path: `${topOf(all)}/repo/x` }]);
      await forge(join(media, good), join(media, 'twice.tar'), (all) => [...all, all[4]!]);

      await refused(trusting('more.tar'), 6, /repo\/x[^]*error {2}more.tar holds files that were not signed/);
      await refused(trusting('twice.tar'), 6, /error {2}twice.tar holds members twice/);
    });

    test('a bundle that somebody exchanges after it was looked at, before it is unpacked', async () => {
      await forge(join(media, good), join(media, 'more.tar'), (all) => [...all, { ...all[4]!, path: `${topOf(all)}/installer/package.json` }]);
      ground = await freshGround(suite, media);
      // The lock is taken between the two.
      await ground.must(['sh', '-ec', `cp /media/${good} /tmp/x.tar; mv /usr/bin/flock /usr/bin/flock.real; printf '#!/bin/sh\\ncat /media/more.tar >/tmp/x.tar\\nexec flock.real "$@"\\n' >/usr/bin/flock; chmod 755 /usr/bin/flock`]);

      const { code, stderr } = await ground.run(['sh', '/media/bootstrap', '/tmp/x.tar', '--fingerprint', signer.fingerprint]);

      expect([code, stderr]).toEqual([6, expect.stringMatching(/installer\/package.json[^]*error {2}x.tar was changed while it was read/)]);
      expect((await ground.list()).filter((line) => / \/(opt|www)\/./.test(line))).toEqual([]);
    });

    test('a fingerprint that is none, and no bundle', async () => {
      await refused(bootstrap(good, '--fingerprint', 'ABC'), 2, /a fingerprint has 40 hexadecimal digits, this has 3/);
      await refused(['sh', '/media/bootstrap'], 2, /no bundle is given/);
      await refused(bootstrap('nowhere.tar'), 3, /nowhere.tar: no such file/);
    });

    test('to be run by somebody else without sudo', async () => {
      await refused(['setpriv', '--reuid=65534', '--clear-groups', ...trusting(good)], 2, /root is needed, and there is no sudo/);
    });

    test('when apt fails at the very end', async () => {
      ground = await freshGround(suite, media);
      // Fails once the new source is in place, and not before.
      await ground.must(['sh', '-c', `echo 'APT::Update::Pre-Invoke { "test ! -e /etc/apt/sources.list.d/pgark.sources"; };' >/etc/apt/apt.conf.d/99fails`]);
      const before = await ground.list();

      const { code, stderr } = await ground.run(trusting(good));

      expect([code, stderr]).toEqual([8, expect.stringContaining('error  apt-get update failed; what was changed is put back')]);
      expect(await ground.list()).toEqual(before);
    });

    test('to replace what is not its own', async () => {
      ground = await freshGround(suite, media);
      await ground.must(['sh', '-c', 'mkdir /opt/pgark && echo precious >/opt/pgark/file']);
      const before = await ground.list();

      const { code, stderr } = await ground.run(trusting(good));

      expect([code, stderr]).toEqual([3, expect.stringContaining('error  /opt/pgark exists and was not made by pgark')]);
      expect(await ground.list()).toEqual(before);
    });
  });

  const topOf = (members: readonly Forged[]): string => members[0]!.path.split('/')[0]!;

  async function fileIn(tar: string, name: string): Promise<Buffer> {
    let found = Buffer.alloc(0);
    await forge(join(media, tar), join(media, 'copy.tar'), (all) => {
      found = Buffer.from(all.find((each) => each.path.endsWith(`/${name}`))!.content);
      return all;
    });
    return found;
  }

  describe('takes in a good bundle', () => {
    test('so that apt installs from it alone, as its own user, whatever the umask', async () => {
      ground = await freshGround(suite, media);

      const { code, stderr } = await ground.run(['sh', '-c', 'umask 077; exec "$@"', 'sh', ...trusting(real)]);

      expect([code, stderr]).toEqual([0, expect.stringContaining('is in place: 2 packages in /www/pgark')]);
      expect(await ground.must(['apt-get', 'install', '-y', '-q', 'tiny-server'])).toContain('Setting up tiny-server (1:15.1-1+deb12u1)');
      expect(await ground.must(['sh', '-c', 'cat /etc/apt/sources.list.d/*; ls /etc/apt'])).toMatch(/^Types: deb\nURIs: file:\/www\/pgark\nSuites: stable\nComponents: main\nSigned-By: \/usr\/share\/keyrings\/pgark.gpg\n(?![^]*sources.list\n)/);
      expect(await ground.must(['find', '/www', '/opt', '/var/lib/pgark', '/usr/share/keyrings/pgark.gpg', '(', '-type', 'f', '!', '-perm', '-444', '-o', '-type', 'd', '!', '-perm', '-555', '-o', '-perm', '/022', '!', '-type', 'l', ')'])).toBe('');
      expect(await ground.must(['pgark', '--help'])).toContain('usage: pgark');
    });

    test('and keeps a way back for the sources that it sets aside', async () => {
      ground = await freshGround(suite, media);
      const was = await ground.must(['cat', '/etc/apt/sources.list']);
      await ground.must(['sh', '-c', 'printf "Types: deb\nURIs: http://192.0.2.1/x\nSuites: y\nComponents: main\n" >/etc/apt/sources.list.d/mine.sources; echo note >/etc/apt/sources.list.d/mine.txt']);

      await ground.must(trusting(good));

      expect(await ground.must(['cat', '/var/lib/pgark/sources/etc/apt/sources.list'])).toBe(was);
      expect(await ground.must(['cat', '/var/lib/pgark/sources/manifest'])).toBe(
        ['/etc/apt/sources.list', '/etc/apt/sources.list.d/mine.sources'].map((path) => `/var/lib/pgark/sources${path} ${path}\n`).join(''),
      );
      expect(await ground.must(['ls', '/etc/apt/sources.list.d'])).toBe('mine.txt\npgark.sources\n');
    });

    test('or leaves them where they are', async () => {
      ground = await freshGround(suite, media);
      const was = await ground.must(['cat', '/etc/apt/sources.list']);

      await ground.must(trusting(good, '--keep-sources'));

      expect(await ground.must(['cat', '/etc/apt/sources.list'])).toBe(was);
      expect((await ground.run(['ls', '/var/lib/pgark/sources'])).code).not.toBe(0);
    });

    test('in its unpacked form too, unpacked by whomever', async () => {
      ground = await freshGround(suite, media);
      const folder = basename(good, '.tar');
      await ground.must(['sh', '-c', `umask 077; cd /home; tar xf /media/${good}; chown -R 1000:1000 ${folder}; ln -s /etc/shadow ${folder}/repo/more; echo x >${folder}/notes`]);

      const { code, stderr } = await ground.run(['sh', '-c', `cd /home/${folder}; ./bootstrap --fingerprint $(echo ${signer.fingerprint} | sed 's/..../& /g' | tr -d ' ' | tr A-F a-f)`]);

      expect([code, stderr]).toEqual([0, expect.stringContaining('is in place')]);
      expect(await ground.must(['find', '/www', '/opt', '!', '-user', 'root', '-o', '-name', 'more', '-o', '-name', 'notes'])).toBe('');
      expect(await ground.must(['ls', `/home/${folder}`])).toContain('notes');
      expect(await ground.must(['pgark'])).toBe('v24\n');
      expect(await ground.must(['sh', '-c', 'mkdir /tmp/gone; cd /tmp/gone; rmdir /tmp/gone; pgark'])).toBe('v24\n');
    });

    test('but not an unpacked one with a link in the place of a package', async () => {
      ground = await freshGround(suite, media);
      const folder = basename(good, '.tar');
      await ground.must(['sh', '-ec', `cd /home; tar xf /media/${good}; cd ${folder}/repo/pool/t/tiny-common; mv *.deb /home/; ln -s /home/*.deb .`]);
      const before = await ground.list();

      const { code, stderr } = await ground.run(['sh', `/home/${folder}/bootstrap`, '--fingerprint', signer.fingerprint]);

      expect([code, stderr]).toEqual([6, expect.stringContaining('is not whole: files are missing')]);
      expect(await ground.list()).toEqual(before);
    });

    test('again, says so, and changes nothing', async () => {
      ground = await freshGround(suite, media);
      await ground.must(trusting(good));
      const before = await ground.list();

      const { code, stderr } = await ground.run(trusting(good));

      expect([code, stderr]).toEqual([0, expect.stringContaining('is in place already, and each of its files is as it was signed')]);
      expect(await ground.list()).toEqual(before);
    });

    test('again, and heals what was damaged meanwhile', async () => {
      ground = await freshGround(suite, media);
      await ground.must(trusting(real));
      await ground.must(['sh', '-c', 'echo damage >>/www/pgark/pool/t/tiny-common/*.deb; rm -r /opt/pgark/installer']);

      await ground.must(trusting(real));

      expect(await ground.must(['apt-get', 'install', '-y', '-q', 'tiny-server'])).toContain('Setting up tiny-common');
      expect(await ground.must(['pgark', '--help'])).toContain('usage: pgark');
    });

    test('of another version and another key, and keeps the one before it, and only that', async () => {
      ground = await freshGround(suite, media);
      const second = await pack('second', targets[suite], stranger, { version: '0.2.0', packages: [{ name: 'tiny-server', version: '16.0-1', arch: 'amd64' }] });
      const third = await pack('third', targets[suite], signer, { version: '0.3.0' });
      const folders = async (): Promise<object> => {
        const [repository, home, previousRepository, previousHome, ...all] = (await ground.must(['sh', '-c', 'readlink /www/pgark /opt/pgark /www/.pgark/previous /opt/.pgark/previous; ls -d /www/.pgark/pgark-* /opt/.pgark/pgark-*'])).trim().replaceAll(/-[0-9a-f]{12}$/gm, '').split('\n');
        return { repository, home, previousRepository, previousHome, all: all.toSorted() };
      };
      await ground.must(trusting(good));

      await ground.must(bootstrap(second, '--fingerprint', stranger.fingerprint));
      const afterSecond = await folders();
      const candidate = await ground.must(['apt-cache', 'policy', 'tiny-server']);
      await ground.must(trusting(third));
      const afterThird = await folders();

      const id = (version: string): string => `pgark-tiny-${version}.${targets[suite].code}`;
      const both = (current: string, previous: string): object => ({
        repository: `.pgark/${id(current)}`, home: `.pgark/${id(current)}`, previousRepository: id(previous), previousHome: id(previous),
        all: [`/opt/.pgark/${id(previous)}`, `/opt/.pgark/${id(current)}`, `/www/.pgark/${id(previous)}`, `/www/.pgark/${id(current)}`],
      });
      expect(candidate).toContain('Candidate: 16.0-1');
      expect(afterSecond).toEqual(both('0.2.0', '0.1.0'));
      expect(afterThird).toEqual(both('0.3.0', '0.2.0'));
    });

    test('after the fingerprint was confirmed on a terminal, and not before', async () => {
      ground = await freshGround(suite, media);

      const no = await ground.run(bootstrap(good), { terminal: true, stdin: 'no\n' });
      const unchanged = await ground.list();
      const yes = await ground.run(bootstrap(good), { terminal: true, stdin: 'yes\n' });

      expect([no.code, no.stdout]).toEqual([6, expect.stringContaining('the fingerprint was not confirmed')]);
      expect(no.stdout).toContain(signer.fingerprint.replaceAll(/..../g, '$& ').trim());
      expect(unchanged).toEqual(pristine);
      expect([yes.code, yes.stdout]).toEqual([0, expect.stringContaining('is in place')]);
    });

    test('through sudo where there is one', async () => {
      ground = await freshGround(suite, media);
      await ground.must(['sh', '-c', `printf '#!/bin/sh\\nprintf "%%s " "$@"\\n' >/usr/bin/sudo; chmod 755 /usr/bin/sudo`]);

      const said = await ground.must(['setpriv', '--reuid=65534', '--clear-groups', ...trusting(good)]);

      expect(said).toBe(`-- /bin/sh /media/bootstrap /media/${good} --fingerprint ${signer.fingerprint} `);
    });
  });

  // Each step of the switch is a rename; the shell logic is the same on every release, so one of them takes all the steps.
  describe.each(suite === 'bookworm' ? [1, 2, 3, 4, 5, 6, 7, 8] : [3, 8])('interrupted at its rename number %i', (number) => {
    // bootstrap looks into /usr/sbin first.
    const trap = (signal: string): string => `
      printf '#!/bin/sh\\necho x >>/run/renames\\n[ "$(wc -l </run/renames)" -ne ${number} ] || { kill -${signal} $PPID; exit 1; }\\nexec /bin/mv "$@"\\n' >usr/sbin/mv
      chmod 755 usr/sbin/mv`;

    test('by a signal, it puts everything back', async () => {
      ground = await freshGround(suite, media);
      await ground.must(['true'], { before: trap('TERM') });
      const before = await ground.list();

      const { code, stderr } = await ground.run(trusting(good));

      expect(code, stderr).toBe(143);
      await ground.must(['rm', '/run/renames']);
      expect(await ground.list()).toEqual(before);
    });

    test('by a power cut, it is whole after the next run', async () => {
      ground = await freshGround(suite, media);
      await ground.must(['true'], { before: trap('KILL') });
      const { code, stderr } = await ground.run(trusting(good));

      await ground.must(trusting(good));

      expect(code, stderr).toBe(137);
      expect(await ground.must(['apt-get', 'install', '-y', '-q', 'tiny-server'])).toContain('Setting up tiny-server');
      expect(await ground.must(['pgark'])).toBe('v24\n');
      expect(await ground.must(['sh', '-c', 'find / -xdev -name "*.pgark-*" -o -path "*/.pgark/.new.*" -prune'])).toBe('');
      expect(await ground.must(['cat', '/var/lib/pgark/sources/etc/apt/sources.list'])).toContain('deb ');
    });
  });
});
