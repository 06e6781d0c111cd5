import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { raise, type Host } from '../../vagrant/host.ts';
import { bootstrap, bundleFor } from '../support/deploy.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const addresses = ['10.10.47.11', '10.10.47.12', '10.10.47.13'] as const;
const key = '/root/.ssh/nodes';
const file = '/etc/pgark/pgark.yml';

describe('pgark configure for several hosts', () => {
  const hosts: Host[] = [];
  let terminal: Terminal | undefined;

  beforeAll(async () => {
    for (const [index, address] of addresses.entries()) hosts.push(await raise({ name: `several-${index + 1}`, suite: 'bookworm', packages: ['openssh-client', 'openssh-server', 'sudo'], network: { bridge: 'pgark-several', address: `${address}/24` } }));
    await bootstrap(await bundleFor('bookworm'), hosts[0]!);
    await hosts[0]!.must(`mkdir -p -m 700 /root/.ssh; ssh-keygen -q -t ed25519 -N "" -f ${key}; printf 'sesame-9\\n' > /root/password; printf 'sesame-8\\n' > /root/wrong`);
    const publicKey = await hosts[0]!.must(['cat', `${key}.pub`]);
    for (const host of hosts.slice(1)) await host.must(`useradd -m -s /bin/sh -G sudo admin; echo admin:sesame-9 | chpasswd; mkdir -m 700 ~admin/.ssh; cat > ~admin/.ssh/authorized_keys; chown -R admin: ~admin/.ssh; systemctl enable --now ssh`, { stdin: publicKey });
  });
  afterEach(() => {
    terminal?.close();
    terminal = undefined;
  });
  afterAll(async () => {
    for (const host of hosts) await host.destroy();
  });

  const flags = (password: string): string[] => ['--topology', 'trio', '--node', addresses[1], '--node', addresses[2], '--ssh-user', 'admin', '--ssh-key', key, '--sudo-password-file', password, '--non-interactive'];
  const configure = (password = '/root/password') => hosts[0]!.run(['pgark', 'configure', ...flags(password)]);

  test('tells of every host what stands in the way, and writes nothing', async () => {
    await hosts[1]!.must(['systemctl', 'stop', 'ssh.socket', 'ssh']);
    await hosts[2]!.must(['systemd-run', '--unit=squatter', 'systemd-socket-activate', '-l', '5432', 'cat']);

    const { code, stderr } = await configure();
    await hosts[1]!.must(['systemctl', 'start', 'ssh']);
    await hosts[2]!.must(['systemctl', 'stop', 'squatter']);

    expect(code, stderr).toBe(7);
    expect(stderr).toContain('2 things stand in the way');
    expect(stderr).toMatch(/10\.10\.47\.12 {2}unreachable {2}no root shell: .*Connection refused/);
    expect(stderr).toMatch(/10\.10\.47\.13 {2}port-taken {2}port 5432 \(PostgreSQL\) is taken by systemd-socket-/);
    expect((await hosts[0]!.run(['ls', file, '/etc/pgark/vault'])).stdout).toBe('');
  });

  test('a wrong password for sudo is told as such', async () => {
    const { code, stderr } = await configure('/root/wrong');

    expect(code, stderr).toBe(7);
    expect(stderr).toMatch(/10\.10\.47\.12 {2}unreachable /);
    expect(stderr).toMatch(/10\.10\.47\.13 {2}unreachable /);
    expect(stderr).toContain('sudo does not take this password of this user');
    expect(stderr).not.toContain('sesame');
  });

  test('writes an inventory when all are fit, with their keys pinned, and leaves no trace on them', async () => {
    await hosts[0]!.must(['rm', '-f', '/etc/pgark/known_hosts']);
    const [, fingerprint] = (await hosts[1]!.must(['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub'])).split(' ');

    const { code, stdout, stderr } = await configure();

    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`met for the first time, and its key is pinned from now on: ${addresses[1]}: ED25519 ${fingerprint}`);
    expect(stdout).toContain(`written  ${file}`);
    expect((await hosts[0]!.must(['cut', '-d', ' ', '-f', '1', '/etc/pgark/known_hosts'])).trim().split('\n').toSorted().filter((each, index, all) => each !== all[index - 1])).toEqual([addresses[1], addresses[2]]);
    expect(await hosts[0]!.must(['cat', file])).toContain(`        ${addresses[2]}: { pg_seq: 3, pg_role: replica }\n`);
    for (const host of hosts.slice(1)) expect(await host.must('ls -A /var/lib/pgark /etc/pgark /run/pgark 2>/dev/null || :')).toBe('');
  });

  test('the plan goes on from there', async () => {
    const { code, stdout, stderr } = await hosts[0]!.run(['pgark', 'plan', '--json', '--sudo-password-file', '/root/password']);

    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as { hosts: { address: string }[] }).hosts.map(({ address }) => address)).toEqual(addresses);
  });

  test('the same answers again change nothing', async () => {
    const { code, stdout, stderr } = await hosts[0]!.run(['pgark', 'configure', '--non-interactive', '--sudo-password-file', '/root/password']);

    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`${file} was so already`);
  });

  test('on a terminal, what stands in the way can be answered otherwise', async () => {
    terminal = openTerminal(await hosts[0]!.entry(['env', 'TERM=screen', 'LC_ALL=C.UTF-8', 'pgark', 'configure', '--output', '/root/dual/pgark.yml', '--ask-sudo-password', '--extension', 'none', '--pg', '15', '--tuning', 'oltp', '--database', 'shop', '--user', 'shop', '--domain', 'db.example', '--data', '/data']));
    await terminal.until('How many hosts?');
    terminal.press('Down', 'Enter');
    await terminal.until('Address of host 2 of 2');
    terminal.type(addresses[0]);
    terminal.press('Enter');
    await terminal.until(`${addresses[0]} is this host itself`);
    for (let index = 0; index < addresses[0].length; index++) terminal.press('BSpace');
    terminal.type(addresses[1]);
    terminal.press('Enter');
    await terminal.until(/Whom shall ssh log in as there\?.* \(root\)/);
    terminal.type('ghost');
    terminal.press('Enter');
    await terminal.until('File with the private key for it');
    terminal.type(key);
    terminal.press('Enter');
    await terminal.until('? Passwords');
    terminal.press('Enter');
    await terminal.until('ssh user     ghost');
    await terminal.until('Is this right?');
    terminal.press('Enter');
    await terminal.until('password for sudo on the other hosts: ');
    terminal.type('sesame-9');
    terminal.press('Enter');
    await terminal.until(/10\.10\.47\.12 {2}unreachable {2}no root shell: .*Permission denied/);
    await terminal.until(/stands in the way[^]*Is this right\?/);
    terminal.press('Down', 'Enter');
    await terminal.until('Which one?');
    terminal.press('Down', 'Down', 'Down', 'Enter');
    await terminal.until(/Which one\?[^]*Whom shall ssh log in as there\?.* \(ghost\)/);
    terminal.type('admin');
    terminal.press('Enter');
    await terminal.until(/ssh user {5}admin[^]*Is this right\?/);
    terminal.press('Enter');
    await terminal.until(/ssh user {5}admin[^]*password for sudo on the other hosts: /);
    terminal.type('sesame-9');
    terminal.press('Enter');
    await terminal.until(/rc=\d/);

    expect(terminal.everything()).toContain('rc=0');
    expect(terminal.everything()).not.toContain('sesame');
    expect(await hosts[0]!.must(['cat', '/root/dual/pgark.yml'])).toContain('    ansible_user: admin\n');
  });

  test('an inventory written by hand is looked at with its hosts, and put in place byte for byte', async () => {
    const own = `# by hand: the portal last
all:
  children:
    pg-shop:
      hosts: { ${addresses[2]}: { pg_seq: 1, pg_role: primary }, ${addresses[1]}: { pg_seq: 2, pg_role: replica } }
      vars: { pg_cluster: pg-shop, pg_databases: [ { name: shop } ] }
    etcd: { hosts: { ${addresses[1]}: { etcd_seq: 1 } } }
    infra: { hosts: { ${addresses[0]}: { infra_seq: 1 } }, vars: { grafana_enabled: true } }
  vars: { ansible_user: admin, ansible_ssh_private_key_file: ${key} }
`;
    await hosts[0]!.must('cat > /root/own.yml', { stdin: own });
    const adopt = () => hosts[0]!.run(['pgark', 'configure', '--inventory', '/root/own.yml', '--output', '/root/own/pgark.yml', '--sudo-password-file', '/root/password']);
    await hosts[2]!.must(['systemd-run', '--unit=squatter', 'systemd-socket-activate', '-l', '8008', 'cat']);

    const refused = await adopt();
    await hosts[2]!.must(['systemctl', 'stop', 'squatter']);
    const left = await hosts[0]!.run(['ls', '/root/own']);
    const { code, stdout, stderr } = await adopt();

    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toMatch(/10\.10\.47\.13 {2}port-taken {2}port 8008 \(Patroni\) is taken by systemd-socket-/);
    expect(left.stdout).toBe('known_hosts\n');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('/root/own.yml:8:64  grafana_enabled (infra) is not implemented yet and has no effect');
    expect(stdout).toContain('written  /root/own/pgark.yml');
    expect(await hosts[0]!.must(['cat', '/root/own/pgark.yml'])).toBe(own);
  });

  test('a host whose key has changed is refused, and the inventory stays', async () => {
    const before = await hosts[0]!.must(['sha256sum', file]);
    await hosts[1]!.must('rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh');

    const { code, stderr } = await configure();

    expect(code, stderr).toBe(7);
    expect(stderr).toMatch(/10\.10\.47\.12 {2}unreachable .*Host key verification failed/);
    expect(stderr).toContain('this host has another key than at the first contact');
    expect(await hosts[0]!.must(['sha256sum', file])).toBe(before);
  });
});
