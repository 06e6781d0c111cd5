import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, type Executed } from '../../vagrant/execute.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import { providers } from '../../vagrant/sandbox/sandbox.ts';
import { specNames, vagrantFolder } from '../../vagrant/sandbox/spec.ts';

describe('the Vagrantfile', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-vagrant-'));
    await mkdir(join(folder, 'bin'));
    // Debian has no VirtualBox. Vagrant asks it for its version, and then checks the settings with its own provider.
    await writeFile(join(folder, 'bin/VBoxManage'), '#!/bin/sh\necho 7.0.20r163906\n');
    await chmod(join(folder, 'bin/VBoxManage'), 0o755);
    for (const name of ['box.key', 'x.tar', 'bootstrap']) await writeFile(join(folder, name), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const vagrant = (settings: Record<string, string>, ...argv: string[]): Promise<Executed> =>
    execute(['vagrant', ...argv], {
      env: { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`, VAGRANT_CWD: vagrantFolder, VAGRANT_HOME: join(folder, 'home'), VAGRANT_DOTFILE_PATH: join(folder, 'state'), VAGRANT_CHECKPOINT_DISABLE: '1', PGARK_BOX_KEY: join(folder, 'box.key'), ...settings },
    });

  const bundle = (): Record<string, string> => ({ PGARK_BUNDLE: join(folder, 'x.tar'), PGARK_FINGERPRINT: 'ABCD', PGARK_PG: '17' });

  test.each(providers)('is valid for %s with every spec, with a bundle', async (provider) => {
    const told: string[] = [];
    for (const spec of await specNames()) {
      const { code, stdout, stderr } = await vagrant({ VAGRANT_DEFAULT_PROVIDER: provider, PGARK_SPEC: spec, ...bundle() }, 'validate');
      told.push(`${spec}: ${code} ${stdout.trim()} ${stderr.trim()}`.trim());
    }

    expect(told).toEqual((await specNames()).map((spec) => `${spec}: 0 Vagrantfile validated successfully.`));
  });

  test('is looked at by the provider: a setting that it does not have is an error', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'Vagrantfile'), 'Vagrant.configure("2") { |config| config.vm.box = "x"; config.vm.provider(:virtualbox) { |it| it.no_such_setting = 1 } }\n');

    const { code, stdout, stderr } = await vagrant({ VAGRANT_DEFAULT_PROVIDER: 'virtualbox', VAGRANT_CWD: other, VAGRANT_DOTFILE_PATH: join(other, 'state') }, 'validate');

    expect(code).toBe(1);
    expect(stdout + stderr).toContain('no_such_setting');
  });

  test('brings the first node up last, when the others are there', async () => {
    const { stdout } = await vagrant({ VAGRANT_DEFAULT_PROVIDER: 'lxc', PGARK_SPEC: 'trio' }, 'status', '--machine-readable');

    expect(stdout.split('\n').filter((line) => line.includes(',state,')).map((line) => line.split(',').slice(1).join(' '))).toEqual(['node-2 state not_created', 'node-3 state not_created', 'node-1 state not_created']);
  });

  test.each<[string, Record<string, string>, string]>([
    ['a spec that there is not', { PGARK_SPEC: 'no' }, 'hint: PGARK_SPEC is one of dual, full, simu, single, trio'],
    ['a system without a box', { PGARK_OS: 'd9' }, 'hint: PGARK_OS is one of d12'],
    ['a bundle that is not there', { PGARK_BUNDLE: '/no/such.tar' }, '/no/such.tar is not there'],
  ])('refuses %s, and says what to do', async (_, settings, words) => {
    const { code, stderr, stdout } = await vagrant({ VAGRANT_DEFAULT_PROVIDER: 'lxc', ...settings }, 'validate');

    expect(code).not.toBe(0);
    expect(stderr + stdout).toContain(words);
  });

  test('takes no bundle without a fingerprint', async () => {
    const { code, stderr, stdout } = await vagrant({ VAGRANT_DEFAULT_PROVIDER: 'lxc', PGARK_BUNDLE: join(folder, 'x.tar') }, 'validate');

    expect(code).not.toBe(0);
    expect(stderr + stdout).toContain('PGARK_FINGERPRINT is the fingerprint of the key');
  });
});

/** A guest as a hypervisor makes it for Vagrant: a network beside that of the sandbox, with a gateway that knows a way out. */
describe('a guest with a default route', () => {
  let host: Host;

  beforeAll(async () => {
    host = await raise({ name: 'vagrant-wall', suite: 'bookworm', network: { bridge: 'pgark-wall', address: ['10.10.48.15/24', '10.10.111.10/24'] } });
    await host.copyIn(join(vagrantFolder, 'provision'), '/root/provision');
    await lead();
  });
  afterAll(() => host?.destroy());

  /** What DHCP would do. */
  const lead = (): Promise<string> => host.must('ip route add default via 10.10.48.2; echo nameserver 10.10.48.3 > /etc/resolv.conf');
  const closed = (): Promise<Executed> => host.run(['sh', '/root/provision/closed.sh', '10.10.111.']);
  const routed = async (address: string): Promise<boolean> => (await host.run(['ip', 'route', 'get', address])).code === 0;

  test('is told to have a way out, and a resolver', async () => {
    const { code, stderr } = await closed();

    expect(code).toBe(1);
    expect(stderr).toContain('error  a way out: 192.0.2.1 via 10.10.48.2');
    expect(stderr).toContain('error  a resolver that may know a way out: 10.10.48.3');
  });

  test('has none behind the wall, and reaches the sandbox and the gateway of the hypervisor as before', async () => {
    await host.must(['sh', '/root/provision/wall.sh', '10.10.48.0/24', '10.10.48.2']);

    expect(await closed()).toMatchObject({ code: 0, stdout: 'vagrant-wall has no way out\n' });
    expect([await routed('10.10.111.11'), await routed('10.10.48.2'), await routed('127.0.0.1')]).toEqual([true, true, true]);
    expect([await routed('10.10.48.3'), await routed('192.0.2.1')]).toEqual([false, false]);
  });

  test('has none after it was started again, and the wall stands no thicker when it is built twice', async () => {
    await host.stop();
    await host.start();
    await lead();
    await host.must(['sh', '/root/provision/wall.sh', '10.10.48.0/24', '10.10.48.2']);

    expect((await closed()).code).toBe(0);
    expect((await host.must(['ip', 'rule'])).trim().split('\n')).toHaveLength(7);
  });

  test('sent nothing while it was looked at', async () => {
    expect((await host.traffic()).elsewhere).toBe(0);
  });
});
