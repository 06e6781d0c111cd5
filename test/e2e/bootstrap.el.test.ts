import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Lock, LockedPackage } from '../../builder/lock/lock.ts';
import { writeLock } from '../../builder/lock/read.ts';
import { openStore, storeFolder, type Store } from '../../builder/store/store.ts';
import { target as places } from '../../repo/bundle/paths.ts';
import { digestOf } from '../../repo/core/digest.ts';
import { fingerprintsIn, makeKey, openSigner, type Signer } from '../../repo/core/signature.ts';
import { rollBack } from '../../installer/command/rollback.ts';
import { readFrames, writeScript } from '../../installer/transport/script.ts';
import type { Target } from '../../repo/package/target.ts';
import { readHead } from '../../repo/rpm/head.ts';
import { listingOf } from '../../repo/rpm/listing.ts';
import { metadataOf } from '../../repo/rpm/metadata.ts';
import { poolPath } from '../../repo/rpm/pool.ts';
import { stanzaOf } from '../../repo/rpm/stanza.ts';
import { openWorkshop, smallSpec, type Workshop } from '../conformance/rpm-built.ts';
import { elRoot } from '../support/el/root.ts';
import { flip } from '../support/forge.ts';
import { groundOver, type Ground } from '../support/ground.ts';
import { packTiny } from '../support/tiny.ts';

/** What dnf says of the repository before, in the place of this one, to somebody who takes no new key. */
const lookAtPrevious = 'rm /www/pgark; ln -s ".pgark/$(readlink /www/.pgark/previous)" /www/pgark; dnf makecache --assumeno';

const el9: Target = { code: 'el9.x86_64', distro: 'rocky', format: 'rpm', release: '9', codename: '', arch: 'x86_64', packageArch: 'x86_64' };

describe('bootstrap on a host that is like EL 9', () => {
  let media: string;
  let workshop: Workshop;
  let store: Store;
  let signer: Signer;
  let stranger: Signer;
  let good: string;
  let root: string;
  let ground: Ground;

  beforeAll(async () => {
    ({ root } = await elRoot());
    media = await mkdtemp(join(tmpdir(), 'pgark-media-el-'));
    await chmod(media, 0o755);
    store = await openStore(storeFolder());
    workshop = await openWorkshop();
    [signer, stranger] = await Promise.all([makeKey('rsa4096', 'one'), makeKey('ed25519', 'stranger')]).then((keys) => Promise.all(keys.map((key) => openSigner(key.privateKey)))) as [Signer, Signer];
    good = await pack('good', signer);
    await copyFile(join(media, 'good/bootstrap'), join(media, 'bootstrap'));
  });
  afterAll(async () => {
    await workshop.close();
    await rm(media, { recursive: true, force: true });
  });
  afterEach(() => ground?.discard());

  const fresh = async (...preparing: string[]): Promise<void> => {
    ground = await groundOver(root, media);
    for (const each of preparing) await ground.must(['sh', '-ec', each]);
  };
  const trusting = (tar: string, by = signer, ...more: string[]): string[] => ['sh', '/media/bootstrap', `/media/${tar}`, '--fingerprint', by.fingerprint, ...more];

  test('checks the bundle, and has dnf install from it with every check on', async () => {
    await fresh();

    const { code, stderr } = await ground.run(['sh', '-c', 'umask 077; exec "$@"', 'sh', ...trusting(good)]);
    const installed = await ground.must(['dnf', 'install', '--assumeyes', 'tiny']);
    const file = await ground.must(['cat', places.yumFile]);
    const owners = await ground.must(['find', '/www', '/opt', '/etc/yum.repos.d', '(', '-type', 'f', '!', '-perm', '-444', '-o', '-type', 'd', '!', '-perm', '-555', '-o', '-perm', '/022', '!', '-type', 'l', ')']);

    expect([code, stderr]).toEqual([0, expect.stringContaining('is in place: 1 packages in /www/pgark')]);
    expect(installed).toContain('Complete!');
    expect(await ground.must(['cat', '/usr/share/tiny/file'])).toBe('tiny\n');
    expect(file.split('\n').slice(0, -1)).toEqual(['[pgark]', 'name=pgark', 'baseurl=file:///www/pgark', 'enabled=1', 'repo_gpgcheck=1', 'gpgcheck=1', 'gpgkey=file:///www/pgark/keys/pgark.asc file:///www/pgark/keys/packages.asc', 'module_hotfixes=1', 'skip_if_unavailable=0', 'metadata_expire=1']);
    expect(owners).toBe('');
  });

  test('sets the other repositories aside, under the names that they had', async () => {
    await fresh("printf '[x]\\nname=x\\nbaseurl=http://192.0.2.1/\\n' >'/etc/yum.repos.d/_copr:host:x.repo'");

    await ground.must(trusting(good));

    expect(await ground.must(['ls', '/etc/yum.repos.d'])).toBe('pgark.repo\n');
    expect(await ground.must(['cat', '/var/lib/pgark/sources/manifest'])).toBe(['_copr:host:x.repo', 'rocky.repo'].map((name) => `/var/lib/pgark/sources/etc/yum.repos.d/${name} /etc/yum.repos.d/${name}\n`).join(''));
  });

  test('changes nothing the second time', async () => {
    await fresh();
    await ground.must(trusting(good));
    const before = await ground.list();

    const { code, stderr } = await ground.run(trusting(good));

    expect([code, stderr]).toEqual([0, expect.stringContaining('is in place already')]);
    expect(await ground.list()).toEqual(before);
  });

  test('takes a bundle of another key after it, which dnf then reads by that key alone', async () => {
    await fresh();
    await ground.must(trusting(good));
    const second = await pack('second', stranger, '0.2.0');

    await ground.must(trusting(second, stranger));

    expect(await ground.must(['dnf', 'repoquery', '--assumeyes', '--quiet', '--qf', '%{name} %{version}', 'tiny'])).toBe('tiny 1.0\n');
    expect(await ground.must(['readlink', '/www/.pgark/previous'])).toMatch(/^pgark-tiny-0\.1\.0\.el9/);
    expect(await ground.run(['sh', '-c', lookAtPrevious])).toMatchObject({ code: 1, stderr: expect.stringContaining('repomd.xml GPG signature verification error') });
  });

  test('leaves a way back to the bundle before, which dnf then reads by the key of that one alone', async () => {
    await fresh();
    await ground.must(trusting(good));
    const second = await pack('second', stranger, '0.2.0');
    await ground.must(trusting(second, stranger));
    const roll = async (): Promise<string> => {
      const [done] = readFrames(await ground.run(['sh', '-s'], { stdin: writeScript([rollBack()], '--frame', 'go on') }), '--frame', [rollBack()]);
      if (done!.code !== 0) throw new Error(done!.stderr);
      return (await ground.must(['readlink', '/www/pgark', '/opt/pgark', '/www/.pgark/previous'])).replaceAll(/-[0-9a-f]{12}$/gm, '');
    };

    const back = await roll();
    const installed = await ground.must(['dnf', 'install', '--assumeyes', 'tiny']);
    const other = await ground.run(['sh', '-c', lookAtPrevious]);
    await ground.must(['sh', '-c', 'rm /www/pgark; ln -s "$(readlink /opt/pgark)" /www/pgark']);
    const forth = await roll();

    expect(back).toBe('.pgark/pgark-tiny-0.1.0.el9.x86_64\n.pgark/pgark-tiny-0.1.0.el9.x86_64\npgark-tiny-0.2.0.el9.x86_64\n');
    expect(installed).toContain('Complete!');
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('repomd.xml GPG signature verification error') });
    expect(forth).toBe('.pgark/pgark-tiny-0.2.0.el9.x86_64\n.pgark/pgark-tiny-0.2.0.el9.x86_64\npgark-tiny-0.1.0.el9.x86_64\n');
    expect(await ground.must(['sh', '-c', 'ls /usr/share/keyrings/pgark.gpg 2>/dev/null || echo none'])).toBe('none\n');
  });

  test('verifies with gpg where there is no gpgv', async () => {
    await fresh('rm -f /usr/bin/gpgv /usr/bin/sqv');
    await flip(join(media, good), join(media, 'bad.tar'), '  bundle.json', -3);

    const bad = await ground.run(trusting('bad.tar'));
    const { code, stderr } = await ground.run(trusting(good));

    expect([bad.code, bad.stderr]).toEqual([6, expect.stringContaining('the signature over its list of files is not good')]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`signed by ${signer.fingerprint}`)]);
  });

  test.each([
    ['almalinux', 'rhel centos fedora', '9.4', true],
    ['rhel', 'fedora', '9.6', true],
    ['centos', 'rhel fedora', '9', true],
    ['ol', 'fedora', '9.5', true],
    ['cloudlinux', 'rhel fedora centos', '9.5', true],
    ['rocky', 'rhel centos fedora', '8.10', false],
    ['fedora', '', '9', false],
    ['amzn', 'fedora', '9', false],
  ])('on a host that calls itself %s, like %s, of release %s: fit is %s', async (id, like, version, isFit) => {
    await fresh(`printf 'ID="${id}"\nID_LIKE="${like}"\nVERSION_ID="${version}"\nPLATFORM_ID="platform:el9"\n' >/usr/lib/os-release`);

    const { code, stderr } = await ground.run(trusting(good));

    expect([code, stderr]).toEqual(isFit ? [0, expect.stringContaining('is in place')] : [3, expect.stringMatching(/is for Enterprise Linux 9 x86_64, this host is/)]);
  });

  test.each([
    ['a package', Buffer.from('edabeedb', 'hex')],
    ['an index', Buffer.from('<repomd')],
  ])('refuses one bit flipped in %s, and leaves the host as it was', async (_what, near) => {
    await fresh();
    const before = await hostAsItIs();
    const content = await readFile(join(media, good));
    content[content.indexOf(near) + 40]! ^= 1;
    await writeFile(join(media, 'bad.tar'), content);

    const { code, stderr } = await ground.run(trusting('bad.tar'));

    expect([code, stderr]).toEqual([6, expect.stringMatching(/its SHA-256 differs from the signed one/)]);
    expect(await hostAsItIs()).toEqual(before);
  });

  test('puts everything back when dnf fails at the very end', async () => {
    await fresh("mv /usr/bin/dnf /usr/bin/dnf.real; printf '#!/bin/sh\\ntest ! -e /etc/yum.repos.d/pgark.repo || exit 1\\nexec dnf.real \"$@\"\\n' >/usr/bin/dnf; chmod 755 /usr/bin/dnf");
    const before = await hostAsItIs();

    const { code, stderr } = await ground.run(trusting(good));

    expect([code, stderr]).toEqual([8, expect.stringContaining('error  dnf makecache failed; what was changed is put back')]);
    expect(await hostAsItIs()).toEqual(before);
  });

  test('puts nothing in place whose keys rpm of the host does not take', async () => {
    await fresh("printf '#!/bin/sh\\necho no such key >&2\\nexit 1\\n' >/usr/bin/rpmkeys");
    const before = await hostAsItIs();

    const { code, stderr } = await ground.run(trusting(good));

    expect([code, stderr]).toEqual([6, expect.stringMatching(/no such key\nerror {2}rpm of this host does not accept the keys/)]);
    expect(await hostAsItIs()).toEqual(before);
  });

  test('has the contexts of SELinux set, where that is on', async () => {
    await fresh("printf '#!/bin/sh\\n' >/usr/sbin/selinuxenabled; printf '#!/bin/sh\\necho \"$@\" >>/root/labelled\\n' >/usr/sbin/restorecon; chmod 755 /usr/sbin/selinuxenabled /usr/sbin/restorecon");

    await ground.must(trusting(good));

    const name = (await ground.must(['readlink', '/www/pgark'])).trim().replace('.pgark/', '');
    expect(await ground.must(['cat', '/root/labelled'])).toBe(`-R /www/.pgark/${name} /opt/.pgark/${name}\n-R /www/pgark /opt/pgark /usr/local/bin/pgark\n-R /etc/yum.repos.d/pgark.repo\n`);
  });

  describe.each([2, 4, 6, 7])('interrupted at its rename number %i', (number) => {
    // bootstrap looks into /usr/sbin first.
    const trap = (signal: string): string => `printf '#!/bin/sh\\necho x >>/run/renames\\n[ "$(wc -l </run/renames)" -ne ${number} ] || { kill -${signal} $PPID; exit 1; }\\nexec /bin/mv "$@"\\n' >usr/sbin/mv; chmod 755 usr/sbin/mv`;

    test('by a signal, it puts everything back', async () => {
      await fresh();
      await ground.must(['true'], { before: trap('TERM') });
      const before = await hostAsItIs();

      const { code, stderr } = await ground.run(trusting(good));

      expect(code, stderr).toBe(143);
      await ground.must(['rm', '/run/renames']);
      expect(await hostAsItIs()).toEqual(before);
    });

    test('by a power cut, it is whole after the next run', async () => {
      await fresh();
      await ground.must(['true'], { before: trap('KILL') });
      const { code, stderr } = await ground.run(trusting(good));

      await ground.must(trusting(good));

      expect(code, stderr).toBe(137);
      expect(await ground.must(['dnf', 'install', '--assumeyes', 'tiny'])).toContain('Complete!');
      expect(await ground.must(['ls', '/etc/yum.repos.d'])).toBe('pgark.repo\n');
    });
  });

  /** But for the lock of a database that was read (sqlite.org/walformat.html, 2). */
  const hostAsItIs = async (): Promise<string[]> => (await ground.list()).filter((line) => !line.endsWith('/rpmdb.sqlite-shm'));

  async function pack(name: string, by: Signer, version = '0.1.0'): Promise<string> {
    const [file] = await workshop.build(smallSpec('tiny')) as [string];
    const armoured = await workshop.sign([file], 'upstream');
    const [fingerprint] = await fingerprintsIn(Buffer.from(armoured), 'upstream') as [string];
    const content = await readFile(file);
    const head = readHead(content, 'tiny');
    const metadata = metadataOf(head, 'tiny');
    const digest = await store.put(content);
    const evr = `${metadata.version}-${metadata.release}`;
    const item: LockedPackage = { name: 'tiny', version: evr, arch: 'noarch', size: content.length, installed: 1, digest, source: 'rocky/baseos', url: `https://yum.invalid/9/${poolPath({ name: 'tiny', version: evr, arch: 'noarch' })}`, because: [{ kind: 'root', root: 'tiny' }], stanza: stanzaOf(metadata, { digest, size: content.length }) };
    const lock: Lock = {
      format: 1, bundle: 'tiny', version, created: '2026-01-02T03:04:05.000Z', target: el9, pg: ['17'], recommends: 'exclude', runtime: '24.0.0', manifest: digestOf('tiny'),
      sources: [{ name: 'rocky/baseos', archive: 'rocky', url: 'https://yum.invalid/9', path: '9', suite: 'baseos', signer: fingerprint, keys: [fingerprint], date: '2026-01-02T03:04:05.000Z', release: digestOf('repomd'), indexes: [] }],
      roots: [{ package: 'tiny', version: evr, kind: 'package', name: 'tiny', proof: [0], removes: [], conflicts: [] }],
      extensions: [], groups: [], missing: [], rivalries: [], rejected: [], packages: [item],
    };
    const node = gzipSync('#!/bin/sh\necho v24\n');
    const runtime = { blob: await store.put(node), size: node.length, license: 'x' };
    const packed = await packTiny({ lock, text: writeLock(lock), store, signer: by, runtime, heads: { listings: new Map([[digest, listingOf(head, 'tiny')]]), keys: new Map([[fingerprint, armoured]]) }, out: join(media, name) });
    return `${name}/${basename(packed.path)}`;
  }
});
