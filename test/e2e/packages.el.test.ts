import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Host as Wanted } from '../../installer/inventory/inventory.ts';
import { packIndex, readIndex } from '../../installer/plan/carried-index.ts';
import { foreignPostgres, probeForeign } from '../../installer/plan/foreign.ts';
import { simulators, type Simulation } from '../../installer/plan/simulation.ts';
import { kindOf } from '../../installer/resource/kinds.ts';
import type { PackagesResource } from '../../installer/resource/resource.ts';
import type { Command, Completed } from '../../installer/transport/command.ts';
import { readFrames, writeScript } from '../../installer/transport/script.ts';
import { target as places } from '../../repo/bundle/paths.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import { baseRoot } from '../../vagrant/root.ts';
import { elRoot } from '../support/el/root.ts';
import { buildRpms, type Rpm } from '../support/el/rpm.ts';
import { index, makeKey, publish, sign } from '../support/el/signed.ts';
import { groundOver, type Ground } from '../support/ground.ts';

const file = (name: string, size: number): Rpm['files'] => [{ path: `/usr/share/${name}/file`, text: 'x'.repeat(size) }];
const plain = (name: string, more: Partial<Rpm> = {}): Rpm => ({ name, version: '1', release: '1', about: name, noarch: true, files: file(name, 10), ...more });

const unit = '[Service]\nExecStart=/usr/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n';

/** What the repository of the bundle holds, and beside it what lies on hosts already. */
const offered: readonly Rpm[] = [
  plain('one', { files: file('one', 3_000_000), requires: ['two >= 1'] }),
  plain('two', { files: file('two', 2_000_000) }),
  plain('a-package-whose-name-is-so-long-that-no-table-has-room-for-it', { files: file('long', 1_000_000) }),
  plain('needy', { requires: ['nowhere >= 3'] }),
  plain('heir', { obsoletes: ['elder < 2'], provides: ['elder = 2'] }),
  plain('slow', { scripts: { post: 'sleep 8' } }),
  // $PPID is rpm's process, and the parent of that is the shell that waits for it.
  plain('killed', { requires: ['one'], scripts: { post: 'if [ -e /root/kill ]; then rm /root/kill; kill -KILL $PPID; exit 1; fi; echo done >/root/killed' } }),
  plain('stopped', { requires: ['two'], scripts: { post: 'kill -TERM $PPID; kill -TERM $(cut -d" " -f4 /proc/$PPID/stat); sleep 1; echo done >/root/stopped' } }),
  plain('starter', { files: [{ path: '/usr/lib/systemd/system/starter.service', text: unit }], scripts: { post: 'systemctl daemon-reload; systemctl enable starter; systemctl restart starter' } }),
];
const there: readonly Rpm[] = [plain('elder'), plain('two', { version: '0.5' }), plain('postgresql-server', { version: '13.20' })];

describe('packages on a host that is like EL 9', () => {
  let media: string;
  let root: string;
  let ground: Ground;

  beforeAll(async () => {
    ({ root } = await elRoot());
    media = await mkdtemp(join(tmpdir(), 'pgark-packages-el-'));
    await makeRepository();
  });
  afterAll(() => rm(media, { recursive: true, force: true }));
  beforeEach(async () => {
    ground = await groundOver(root, media);
    await ground.must(['sh', '-ec', 'mkdir /www; cp -r /media/pgark /www/pgark; cp /media/pgark.repo /etc/yum.repos.d/']);
  });
  afterEach(() => ground.discard());

  const run = async (commands: readonly Command[], after: 'go on' | 'stop at a failure' = 'stop at a failure'): Promise<Completed[]> =>
    readFrames(await ground.run(['sh', '-s'], { stdin: writeScript(commands, '--frame', after), timeout: 200 }), '--frame', commands);

  const wanted = (...names: string[]): PackagesResource => ({ kind: 'packages', manager: 'dnf', names });

  /** Probes, brings about, and answers with what was said and with what would be left to do. */
  async function settle(resource: PackagesResource): Promise<{ done: Completed[]; left: readonly Command[] }> {
    const kind = kindOf(resource);
    const decide = async () => kind.diff(resource, kind.parse((await run([kind.probe(resource)], 'go on'))[0]!, resource), new Set());
    const done = await run(await decide());
    return { done, left: await decide() };
  }

  const simulate = async (...names: string[]): Promise<Simulation> => simulators.dnf.read((await run([simulators.dnf.probe(names)], 'go on'))[0]!);

  /** But for the lock of a database that was read (sqlite.org/walformat.html, 2). */
  const hostAsItIs = async (): Promise<string[]> => (await ground.list()).filter((line) => !line.endsWith('/rpmdb.sqlite-shm'));

  const has = async (name: string): Promise<boolean> => (await ground.run(['rpm', '-q', '--quiet', name])).code === 0;

  const install = (name: string): Promise<string> => ground.must(['sh', '-c', `rpm --install /media/there/${name}.noarch.rpm 2>&1`]);

  describe('are installed', () => {
    test('with what they need, from the repository of the bundle alone, and once', async () => {
      const { done, left } = await settle(wanted('one', 'bash'));

      expect(done.map(({ code }) => code)).toEqual([0]);
      expect(left).toEqual([]);
      expect(await ground.must(['sh', '-c', 'rpm -q one two; ls /var/lib/pgark; ls -d /var/cache/dnf/*/packages 2>&1 || :'])).toMatch(/^one-1-1\.noarch\ntwo-1-1\.noarch\nls: cannot access/);
    });

    test('not where nobody is known to have signed them', async () => {
      const { done } = await settle(wanted('foreign'));

      expect(done[0]).toMatchObject({ code: 1, stderr: expect.stringMatching(/GPG check FAILED/) });
      expect(await has('foreign')).toBe(false);
    });

    test('once another dnf has ended', async () => {
      await ground.must(['sh', '-c', 'dnf -y --disablerepo="*" --enablerepo=pgark makecache']);

      const [other, ours] = await run([
        { argv: ['sh', '-c', 'dnf -y --disablerepo="*" --enablerepo=pgark install slow >/dev/null 2>&1 & while [ ! -e /usr/share/slow/file ]; do sleep 0.1; done; cp /proc/uptime /run/before'] },
        ...kindOf(wanted('one')).diff(wanted('one'), { installed: new Set(), unfinished: false }, new Set()),
      ]);

      expect([other!.code, ours!.code]).toEqual([0, 0]);
      expect(ours!.stderr).toContain('RPMDB already locked by');
      expect([await has('slow'), await has('one')]).toEqual([true, true]);
    });

    test.each([
      ['two minutes', 'exit 0', 200, 25],
      ['until it is interrupted', 'kill -TERM $PPID', 143, 1],
    ])('not where another dnf does not end, which is waited for, %s', async (_how, sleep, exit, tries) => {
      await ground.must(['sh', '-ec', 'cp /usr/bin/dnf /root/dnf; printf "#!/bin/sh\\necho x >>/run/tries\\nexit 200\\n" >/usr/bin/dnf; printf "#!/bin/sh\\n%s\\n" "$1" >/usr/local/bin/sleep; chmod 755 /usr/local/bin/sleep', 'sh', sleep]);

      const { done } = await settle(wanted('one'));
      const tried = await ground.must(['sh', '-c', 'wc -l </run/tries; cp /root/dnf /usr/bin/dnf; rm /usr/local/bin/sleep']);
      const { left } = await settle(wanted('one'));

      expect([done[0]!.code, Number(tried), left]).toEqual([exit, tries, []]);
    });

    test('again where the power went in their midst, their older selves being forgotten', async () => {
      await install('two-0.5-1');
      await ground.must(['touch', '/root/kill']);
      const cut = await settle(wanted('killed'));
      const between = await ground.must(['sh', '-c', 'ls /root; rpm -q two killed']);

      const { done, left } = await settle(wanted('killed'));

      expect([cut.done[0]!.code, between, cut.left.length]).toEqual([137, 'two-0.5-1.noarch\ntwo-1-1.noarch\nkilled-1-1.noarch\n', 1]);
      expect([done[0]!.code, left]).toEqual([0, []]);
      expect(await ground.must(['sh', '-c', 'cat /root/killed; rpm -q two killed; ls /var/lib/pgark'])).toBe('done\ntwo-1-1.noarch\nkilled-1-1.noarch\n');
    });

    test('to the end when they are interrupted, and what follows is not begun', async () => {
      const { done, left } = await settle(wanted('stopped'));

      expect([done[0]!.code, left]).toEqual([143, []]);
      expect(await ground.must(['sh', '-c', 'cat /root/stopped; rpm -q two; ls /var/lib/pgark'])).toBe('done\ntwo-1-1.noarch\n');
    });
  });

  describe('are simulated', () => {
    const long = 'a-package-whose-name-is-so-long-that-no-table-has-room-for-it';

    test('with what they fill and what goes for them, and the host stays as it is', async () => {
      await install('elder-1-1');
      await install('two-0.5-1');
      const before = await hostAsItIs();

      const simulation = await simulate('one', 'heir', long);

      expect(simulation).toEqual({ repository: true, problems: [], missing: [], removes: ['elder'], installed: Math.ceil(6_000_010 / 1024) });
      expect(await hostAsItIs()).toEqual(before);
    });

    test('where the host has no repository yet, from an index that is carried to it', async () => {
      const index = readIndex((await run([packIndex('dnf')]))[0]!)!;
      await ground.must(['sh', '-c', `rm -r /www ${places.yumFile}`]);
      const before = await hostAsItIs();

      const simulation = simulators.dnf.read((await run([simulators.dnf.probe(['one'], index)], 'go on'))[0]!);

      expect(simulation).toEqual({ repository: true, problems: [], missing: [], removes: [], installed: Math.ceil(5_000_000 / 1024) });
      expect(await hostAsItIs()).toEqual(before);
    });

    test('where the host was never told to trust a key', async () => {
      await ground.must(['sh', '-c', 'rm -rf /var/cache/dnf; rpm -e gpg-pubkey --allmatches 2>/dev/null || :']);

      expect(await simulate('two')).toMatchObject({ problems: [], installed: Math.ceil(2_000_000 / 1024) });
    });

    test('and cannot go together: each problem in a line', async () => {
      const { problems, missing } = await simulate('needy', 'one');

      expect({ problems, missing }).toEqual({ problems: ['nothing provides nowhere >= 3 needed by needy-1-1.noarch'], missing: [] });
    });

    test('and are not in the bundle: all are named', async () => {
      const { problems, missing } = await simulate('nothing', 'one', 'nowhere');

      expect({ problems, missing }).toEqual({ problems: [], missing: ['nothing', 'nowhere'] });
    });

    test('and are held back by the host itself', async () => {
      await ground.must(['sh', '-c', 'echo excludepkgs=two >>/etc/dnf/dnf.conf']);

      expect((await simulate('one')).problems).toEqual(['package one-1-1.noarch requires two >= 1, but none of the providers can be installed; package two-1-1.noarch is filtered out by exclude filtering']);
      expect((await simulate('two')).problems).toEqual(['All matches were filtered out by exclude filtering for argument: two']);
    });

    test('and the index is not what was signed', async () => {
      await ground.must(['sh', '-c', 'sed -i s/revision/revisiom/ /www/pgark/repodata/repomd.xml']);

      expect((await simulate('one')).problems).toEqual(["dnf could not simulate: Failed to download metadata for repo 'pgark': repomd.xml GPG signature verification error: Bad GPG signature"]);
    });

    test('and there is no repository', async () => {
      await ground.must(['rm', places.yumFile]);

      expect((await simulate('one')).repository).toBe(false);
    });

  });

  test.each([
    ['bullseye', 'dnf', /^4\.5\./],
    ['trixie', 'dnf', /^4\.23\./],
    ['forky', 'dnf5', /^dnf5 version 5\./],
  ] as const)('are simulated alike by others: %s, %s', async (suite, program, version) => {
    await ground.discard();
    ground = await groundOver(await baseRoot(suite, [program, 'gpg', 'rpm']), media);
    await ground.must(['sh', '-ec', 'mkdir -p /www /etc/yum.repos.d; cp -r /media/pgark /www/pgark; cp /media/pgark.repo /etc/yum.repos.d/']);
    // Debian's dnf 5 takes no settings from the host unless it is told to.
    if (program === 'dnf5') await ground.must(['sh', '-ec', "printf '#!/bin/sh\\nexec dnf5 --use-host-config \"$@\"\\n' >/usr/bin/dnf; chmod 755 /usr/bin/dnf"]);
    await install('elder-1-1');
    await install('two-0.5-1');

    const fits = await simulate('one', 'heir');
    const lacks = await simulate('one', 'nothing', 'nowhere');
    const fails = await simulate('needy');

    expect(await ground.must(['dnf', '--version'])).toMatch(version);
    expect(fits).toEqual({ repository: true, problems: [], missing: [], removes: ['elder'], installed: Math.ceil(5_000_010 / 1024) });
    expect([lacks.problems, lacks.missing]).toEqual([[], ['nothing', 'nowhere']]);
    expect([fails.problems, fails.missing]).toEqual([[expect.stringMatching(/^nothing provides nowhere >= 3 needed by needy-1-1\.noarch( from pgark)?$/)], []]);
  });

  test('are offered whichever stream of PostgreSQL the host has enabled', async () => {
    await ground.must(['sh', '-c', 'mkdir -p /etc/dnf/modules.d /var/lib/dnf/modulefailsafe; cp /media/postgresql.module /etc/dnf/modules.d; cp /media/postgresql:15:x86_64.yaml /var/lib/dnf/modulefailsafe']);
    const hidden = await ground.run(['dnf', '--assumeyes', '--disablerepo=*', '--enablerepo=pgark', '--setopt=pgark.module_hotfixes=0', 'install', 'one']);

    const simulation = await simulate('one');
    const { done, left } = await settle(wanted('one'));

    expect([hidden.code, hidden.stdout]).toEqual([1, expect.stringContaining('filtered out by modular filtering for argument: one')]);
    expect(simulation).toMatchObject({ problems: [], missing: [] });
    expect([done.map(({ code }) => code), left]).toEqual([[0], []]);
  });

  test("the distribution's own server is found, initialised or not", async () => {
    const host = { name: 'h', vars: { pg_cluster: 'c', pg_data: '/pg/data', pg_fs_main: '/data/postgres' }, platform: { family: 'el' } } as unknown as Wanted;
    const ask = async () => foreignPostgres(host, (await run([probeForeign(host)], 'go on'))[0]!).map(({ message }) => message);
    const before = await ask();
    await install('postgresql-server-13.20-1');
    const installed = await ask();
    await ground.must(['sh', '-c', 'mkdir -p /var/lib/pgsql/data; echo 13 >/var/lib/pgsql/data/PG_VERSION']);

    expect(before).toEqual([]);
    expect(installed).toEqual(['there is a PostgreSQL already: the package postgresql-server-13.20-1']);
    expect(await ask()).toEqual(['there is a PostgreSQL already: /var/lib/pgsql/data', 'there is a PostgreSQL already: the package postgresql-server-13.20-1']);
  });

  test('start nothing while they are installed, and what they bring is known afterwards', async () => {
    const host: Host = await raise({ name: 'el-packages', root, network: 'none' });
    try {
      await host.copyIn(join(media, 'pgark'), '/www/pgark');
      await host.copyIn(join(media, 'pgark.repo'), places.yumFile);
      const [command] = kindOf(wanted('starter')).diff(wanted('starter'), { installed: new Set(), unfinished: false }, new Set());

      await host.must(['sh', '-s'], { stdin: writeScript([command!], '--frame', 'go on') });

      expect((await host.run('systemctl is-enabled starter; systemctl is-active starter; systemctl show -P NeedDaemonReload starter')).stdout).toBe('enabled\ninactive\nno\n');
    } finally {
      await host.destroy();
    }
  });

  async function makeRepository(): Promise<void> {
    const [repository, foreign] = [join(media, 'pgark'), join(media, 'foreign')];
    for (const folder of [repository, foreign, join(media, 'there'), join(media, 'one'), join(media, 'two')]) await mkdir(folder);
    await buildRpms('offered', offered, repository);
    await buildRpms('there', there, join(media, 'there'));
    await buildRpms('stranger', [plain('foreign')], foreign);
    const [ours, stranger] = [await makeKey(join(media, 'one')), await makeKey(join(media, 'two'))];
    await publish(repository, ours);
    await sign([join(foreign, 'foreign-1-1.noarch.rpm')], stranger);
    await copyFile(join(foreign, 'foreign-1-1.noarch.rpm'), join(repository, 'foreign-1-1.noarch.rpm'));
    await index(repository, ours);
    await mkdir(join(repository, 'keys'));
    for (const name of ['pgark.asc', 'packages.asc']) await copyFile(ours.key, join(repository, 'keys', name));
    await writeFile(join(media, 'pgark.repo'), yumFile);
    await writeFile(join(media, 'postgresql.module'), '[postgresql]\nname=postgresql\nstream=15\nprofiles=\nstate=enabled\n');
    await writeFile(join(media, 'postgresql:15:x86_64.yaml'), moduleDocument);
  }
});

/** What dnf keeps of a stream that is enabled, for when its repository cannot be reached; one of its packages has the name of one of ours. */
const moduleDocument = `---
document: modulemd
version: 2
data:
  name: postgresql
  stream: "15"
  version: 9020230
  context: rhel9
  arch: x86_64
  summary: PostgreSQL
  description: PostgreSQL
  license:
    module: [MIT]
  artifacts:
    rpms: ['one-0:9-1.noarch']
...
`;

/** As bootstrap writes it. */
const yumFile = `[pgark]
name=pgark
baseurl=file:///www/pgark
enabled=1
repo_gpgcheck=1
gpgcheck=1
gpgkey=file:///www/pgark/keys/pgark.asc file:///www/pgark/keys/packages.asc
module_hotfixes=1
skip_if_unavailable=0
metadata_expire=1
`;
