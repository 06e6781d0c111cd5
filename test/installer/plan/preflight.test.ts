import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import type { Host } from '../../../installer/inventory/inventory.ts';
import { debian } from '../../../installer/platform/debian.ts';
import { el } from '../../../installer/platform/el.ts';
import { foreignPostgres, probeForeign } from '../../../installer/plan/foreign.ts';
import { readFacts } from '../../../installer/plan/facts.ts';
import { readListeners } from '../../../installer/plan/listeners.ts';
import { takenPorts } from '../../../installer/plan/ports.ts';
import { wrongHost } from '../../../installer/plan/preflight.ts';
import { packageFindings, simulators } from '../../../installer/plan/simulation.ts';
import { spaceFindings } from '../../../installer/plan/space.ts';
import type { Completed } from '../../../installer/transport/command.ts';

const said = (stdout: string, more: Partial<Completed> = {}): Completed => ({ code: 0, stdout, stderr: '', ...more });

const vars = {
  node_exporter_enabled: false, haproxy_enabled: true, haproxy_exporter_port: 9101, haproxy_services: [], pg_services: [],
  pg_default_services: [{ name: 'primary', port: 5433 }], pg_cluster: 'pg-meta', pg_port: 5432, patroni_enabled: true, patroni_port: 8008,
  pgbouncer_enabled: true, pgbouncer_port: 6432, pg_fs_main: '/data/postgres', dns_enabled: true, dns_port: 53,
};
const host = { name: 'h', groups: ['infra'], vars, platform: debian, facts: { carries: true } } as unknown as Host;

describe('facts', () => {
  test('are read from the lines of one probe', () => {
    const facts = readFacts(said('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nhostname=vm\narch=x86_64\ncpus=2\nmemory=24681292\ndisk=264212084 76403104\naddresses=10.0.0.2 fe80::1 127.0.0.1 fd00::2 \nlinks=eth0/0000000A/00FFFFFF eth1/00001FAC/0000FFFF eth0/fd000010003100000000000000000002/40 \ncontainer=systemd-nspawn\nselinux=\n'));

    expect(facts).toEqual({
      hostname: 'vm', distro: 'debian', release: '12', codename: 'bookworm', arch: 'x86_64', cpus: 2, memory: 24102,
      disk: { size: 264212084 * 1024, free: 76403104 * 1024 }, addresses: ['10.0.0.2', 'fd00::2'],
      links: [{ interface: 'eth0', network: '10.0.0.0/24' }, { interface: 'eth1', network: '172.31.0.0/16' }, { interface: 'eth0', network: 'fd00:10:31::2/64' }],
      container: 'systemd-nspawn', selinux: 'disabled', carries: false, postgres: 'none',
    });
  });

  test.each([
    ['selinux=1\n', 'enforcing'],
    ['selinux=0\n', 'permissive'],
    ['selinux=\n', 'disabled'],
    ['', 'disabled'],
  ])('know of SELinux what the kernel says: %j', (lines, mode) => {
    expect(readFacts(said(lines)).selinux).toBe(mode);
  });
});

describe('ports', () => {
  const sockets = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   109        0 111 1 0000 100 0 0 10 0',
    '   1: 00000000:1920 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0000 100 0 0 10 0',
    '   2: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 333 1 0000 100 0 0 10 0',
    '   3: 00000000:1F48 0200000A:8888 01 00000000:00000000 00:00000000 00000000   101        0 444 1 0000 100 0 0 10 0',
    '   4: 00000000:1539 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 555 1 0000 100 0 0 10 0',
  ].join('\n');
  const files = '/proc/10/fd:\ntotal 0\nlrwx------ 1 root root 64 Nov 22 08:00 3 -> socket:[111]\n\n/proc/11/fd:\nlrwx------ 1 root root 64 Nov 22 08:00 5 -> socket:[111]\nlrwx------ 1 root root 64 Nov 22 08:00 6 -> socket:[555]\n';
  const processes = '/proc/10/comm:postgres\n/proc/11/comm:haproxy\n/proc/10/cgroup:0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n/proc/11/cgroup:0::/system.slice/haproxy.service\n';
  const listeners = readListeners([said(sockets), said(files), said(processes)]);

  test('held by something else are told with who holds them', () => {
    const found = takenPorts(host, listeners, new Set(['haproxy.service']));

    expect(found.map(({ message }) => message)).toEqual([
      'port 5432 (PostgreSQL) is taken by postgres (process 10, postgresql@15-main.service)',
      'port 6432 (PgBouncer) is taken by a process that cannot be seen from here',
    ]);
  });

  test('held by what this deployment runs are its own', () => {
    const found = takenPorts(host, listeners, new Set(['haproxy.service', 'postgresql@15-main.service']));

    expect(found.map(({ message }) => message)).toEqual(['port 6432 (PgBouncer) is taken by a process that cannot be seen from here']);
  });
});

describe('packages', () => {
  const readSimulation = simulators.apt.read;

  test('that only go in are counted with their sizes', () => {
    const simulation = readSimulation(said('Inst a (1 x [amd64])\nConf a (1 x [amd64])\nRemv systemd-timesyncd [252]\nInstalled-Size: 100\nInstalled-Size: 23\n'));

    expect(simulation).toEqual({ repository: true, problems: [], missing: [], removes: ['systemd-timesyncd'], installed: 123 });
  });

  test('that cannot go together are told as apt says it', () => {
    const text = 'Some packages could not be installed.\nThe following packages have unmet dependencies:\n libpq5 : Breaks: x (<  2)\nE: Unable to correct problems, you have held broken packages.\nE: The following information from --solver 3.0 may provide additional context:\n   Unable to satisfy dependencies.\n';

    const found = packageFindings('h', readSimulation(said(text, { code: 1, stderr: text })), 'apt');

    expect(found.map(({ code, message }) => [code, message])).toEqual([['packages-conflict', 'libpq5 : Breaks: x (< 2)']]);
  });

  test('that the bundle does not hold are told together', () => {
    const stderr = "E: Unable to locate package etcd-server\nE: Package 'chrony' has no installation candidate\n";

    const found = packageFindings('h', readSimulation(said('', { code: 1, stderr })), 'apt');

    expect(found.map(({ code, message }) => [code, message])).toEqual([['packages-missing', 'the bundle holds no etcd-server, chrony']]);
  });

  test('need a repository', () => {
    const found = packageFindings('h', readSimulation(said('no repository\n')), 'apt');

    expect(found.map(({ code }) => code)).toEqual(['no-repository']);
  });
});

describe('packages, as dnf tells of them,', () => {
  const read = simulators.dnf.read;

  test('that only go in are counted with their sizes, and so is what goes for them', () => {
    const simulation = read(said(tableOfDnf4, { stderr: 'Operation aborted.\n' }));

    expect(simulation).toEqual({ repository: true, problems: [], missing: [], removes: ['elder', 'python3.11-gone', 'unneeded'], installed: 4 });
  });

  test('are read from dnf 5 too, for which an update replaces its older self', () => {
    const simulation = read(said(tableOfDnf5));

    expect(simulation).toEqual({ repository: true, problems: [], missing: [], removes: ['elder'], installed: 1 });
  });

  test.each([
    ['dnf 4', 'No match for argument: etcd\nNo match for argument: patroni\n', 'Error: Unable to find a match: etcd patroni\n'],
    ['dnf 5', '', "Failed to resolve the transaction:\nNo match for argument: etcd\nNo match for argument: patroni\nYou can try to add to command line:\n  --skip-unavailable to skip unavailable packages\n"],
  ])('and are not in the bundle are told together: %s', (_version, stdout, stderr) => {
    const found = packageFindings('h', read(said(stdout, { code: 1, stderr })), 'dnf');

    expect(found.map(({ code, message }) => [code, message])).toEqual([['packages-missing', 'the bundle holds no etcd, patroni']]);
  });

  test.each([
    ['dnf 4', 'Error: \n Problem 1: conflicting requests\n  - nothing provides b >= 3 needed by a-1-1.noarch\n Problem 2: problem with installed package postgresql-13.20-1.el9.x86_64\n  - package c-1-1.noarch conflicts with postgresql provided by postgresql-13.20-1.el9.x86_64\n  - conflicting requests\n'],
    ['dnf 5', 'Failed to resolve the transaction:\nProblem 1: conflicting requests\n  - nothing provides b >= 3 needed by a-1-1.noarch\nProblem 2: problem with installed package postgresql-13.20-1.el9.x86_64\n  - package c-1-1.noarch conflicts with postgresql provided by postgresql-13.20-1.el9.x86_64\n  - conflicting requests\nYou can try to add to command line:\n  --skip-broken to skip uninstallable packages\n'],
  ])('and cannot go together are told with the reason, each in a line: %s', (_version, stderr) => {
    const found = packageFindings('h', read(said('(try to add ...)\n', { code: 1, stderr })), 'dnf');

    expect(found.map(({ code, message }) => [code, message])).toEqual([
      ['packages-conflict', 'nothing provides b >= 3 needed by a-1-1.noarch'],
      ['packages-conflict', 'problem with installed package postgresql-13.20-1.el9.x86_64; package c-1-1.noarch conflicts with postgresql provided by postgresql-13.20-1.el9.x86_64'],
    ]);
  });

  test('are told in its own words where it failed for another reason', () => {
    const found = packageFindings('h', read(said('', { code: 1, stderr: "Importing GPG key 0x56F288F1:\nError: Failed to download metadata for repo 'pgark'\n" })), 'dnf');

    expect(found.map(({ message }) => message)).toEqual(["dnf could not simulate: Failed to download metadata for repo 'pgark'"]);
  });

  test('have remedies in the words of the host', () => {
    const conflict = { repository: true, problems: ['x'], missing: [], removes: [], installed: 0 };

    const remedies = (['apt', 'dnf'] as const).flatMap((manager) => [conflict, { ...conflict, repository: false }].flatMap((each) => packageFindings('h', each, manager).map(({ message, remedy }) => `${message}: ${remedy}`)));

    expect(remedies).toEqual([
      expect.stringMatching(/dpkg -l; apt-mark showhold$/),
      expect.stringMatching(/^\/etc\/apt\/sources\.list\.d\/pgark\.sources is missing/),
      expect.stringMatching(/rpm -qa; dnf versionlock list/),
      expect.stringMatching(/^\/etc\/yum\.repos\.d\/pgark\.repo is missing/),
    ]);
  });
});

describe('disks', () => {
  const volume = (id: string, mebibytes: number) => ({ id, free: mebibytes * 1024 });

  test('share their room where they are one filesystem', () => {
    const one = volume('1', 1600);

    expect(spaceFindings(host, [one, one, one], 500 * 1024).map(({ message }) => message)).toEqual(['/usr, /var, /data/postgres: 1774 MiB needed, 1600 MiB free']);
    expect(spaceFindings(host, [volume('1', 551), volume('2', 201), volume('3', 1025)], 500 * 1024)).toEqual([]);
  });

  test('need room for packages too where these come over HTTP', () => {
    const afar = { ...host, facts: { ...host.facts, carries: false } };
    const volumes = [volume('1', 551), volume('2', 449), volume('3', 1025)];

    expect(spaceFindings(afar, volumes, 500 * 1024).map(({ message }) => message)).toEqual(['/var: 450 MiB needed, 449 MiB free']);
  });

  test('need no room where nothing is installed', () => {
    expect(spaceFindings(host, [volume('1', 0), volume('1', 0), volume('1', 0)], 0)).toEqual([]);
  });
});

test('a PostgreSQL that was there before is told with its place, and with what to do in the words of the host', () => {
  const [onDebian] = foreignPostgres(host, said('/etc/postgresql/15/main\n'));
  const [onEl] = foreignPostgres({ ...host, platform: el }, said('the package postgresql-server-13.20-1.el9\n'));

  expect(onDebian).toMatchObject({ message: 'there is a PostgreSQL already: /etc/postgresql/15/main', remedy: expect.stringContaining('pg_dropcluster') });
  expect(onEl).toMatchObject({ message: 'there is a PostgreSQL already: the package postgresql-server-13.20-1.el9', remedy: expect.stringContaining('dnf remove its package') });
  expect(foreignPostgres(host, said(''))).toEqual([]);
});

test('data that were here and are not there any more are told, before anything is made in their place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-gone-'));
  await symlink(join(folder, 'unmounted'), join(folder, 'pg'));
  const host = { name: 'h', vars: { ...vars, pg_data: join(folder, 'pg', 'data'), pg_fs_main: join(folder, 'data') }, platform: debian } as unknown as Host;
  const [program, ...rest] = probeForeign(host).argv;

  const stdout = execFileSync(program, rest, { encoding: 'utf8' });

  expect(foreignPostgres(host, said(stdout)).map(({ code, message }) => `${code} ${message}`)).toEqual([`data-gone PostgreSQL was installed here, and ${folder}/pg leads to ${folder}/unmounted, which is not there`]);
  await rm(folder, { recursive: true });
});

test('a bundle of another release or architecture is refused', () => {
  const bundle = { id: 'b', target: { distro: 'debian', release: '12', arch: 'x86_64' } } as Descriptor;
  const on = (facts: object) => wrongHost({ name: 'h', facts: { distro: 'debian', release: '12', arch: 'x86_64', ...facts } } as Host, bundle);

  expect(on({})).toEqual([]);
  expect(on({ release: '13' }).map(({ message }) => message)).toEqual(['is debian 13 x86_64, and b is for debian 12 x86_64']);
  expect(on({ arch: 'aarch64' })).toHaveLength(1);
});

test.each([
  ['rhel', '9.6', true],
  ['rocky', '9.4', true],
  ['almalinux', '9.5', true],
  ['centos', '9', true],
  ['ol', '9.5', true],
  ['rocky', '8.10', false],
  ['fedora', '9', false],
  ['debian', '9', false],
])('a bundle of one rebuild of EL 9 is for all: on %s %s it fits is %s', (distro, release, fits) => {
  const bundle = { id: 'b', target: { distro: 'rocky', format: 'rpm', release: '9', arch: 'x86_64' } } as Descriptor;

  const found = wrongHost({ name: 'h', facts: { distro, release, arch: 'x86_64' } } as Host, bundle);

  expect(found.map(({ message }) => message)).toEqual(fits ? [] : [`is ${distro} ${release} x86_64, and b is for Enterprise Linux 9 x86_64`]);
});

// As dnf 4.14 prints it to a pipe: a name that is too long for the table has its row go on below.
const tableOfDnf4 = `Dependencies resolved.
================================================================================
 Package       Architecture      Version         Repository                Size
================================================================================
Installing:
 heir          noarch            1-1             pgark                    6.2 k
     replacing  elder.noarch 1-1
     replacing  python3.11-gone.x86_64 3.11.2-1
 a-package-whose-name-is-so-long-that-no-table-has-room-for-it
               noarch            1-1             pgark                    6.2 k
Upgrading:
 two           noarch            1-1             pgark                     11 k
Removing dependent packages:
 unneeded      x86_64            1-1             @System                  1.2 M

Transaction Summary
================================================================================
Install  2 Packages

Total size: 23 k
installed size 3000
installed size 500

installed size 10
`;

// As dnf 5.2 prints it.
const tableOfDnf5 = `Package       Arch   Version Repository      Size
Installing:
 heir         noarch 1-1     pgark      10.0   B
   replacing elder noarch 1-1 @System   10.0   B
Upgrading:
 two          noarch 1-1     pgark       5.0 KiB
   replacing two noarch 0.5-1 @System   10.0   B

Transaction Summary:
 Installing:         1 package
 Upgrading:          1 package
 Replacing:          2 packages

Total size of inbound packages is 17 KiB. Need to download 0 B.
After this operation, 5 KiB extra will be used (install 5 KiB, remove 20 B).
installed size 10
`;
