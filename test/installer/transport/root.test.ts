import { describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import { shell } from '../../../installer/transport/command.ts';
import { reach } from '../../../installer/transport/reach.ts';
import { asRoot, rootShell } from '../../../installer/transport/root.ts';
import { sshCommand } from '../../../installer/transport/ssh.ts';

const ssh = { knownHosts: '/etc/pgark/known_hosts' };

const here = rootShell('here', { argv: ['env', '-i', 'sh', '-s'] });

describe('a root shell', () => {
  test('answers for all probes, and for the commands that ran', async () => {
    const commands = [{ argv: shell('exit 3') }, { argv: ['true'] }] as const;

    const probed = await here.probe(commands);
    const ran = await here.run(commands);

    expect(probed.map(({ code }) => code)).toEqual([3, 0]);
    expect(ran.map(({ code }) => code)).toEqual([3]);
  });

  test('is not even reached for when there is nothing to ask', async () => {
    const nowhere = rootShell('nowhere', { argv: ['false'] });

    expect(await nowhere.probe([])).toEqual([]);
  });

  test('that cannot be had is told with what was said on the way, and the remedy', async () => {
    const refusing = rootShell('h', { argv: ['sh', '-c', 'echo "sudo: a password is required" >&2; exit 1'] });

    await expect(refusing.probe([{ argv: ['true'] }])).rejects.toMatchObject({ code: 'unreachable', message: 'h: no root shell', details: ['sudo: a password is required'], hint: expect.stringContaining('--ask-sudo-password') });
  });

  test('that is lost in the middle says where', async () => {
    const fading = rootShell('h', { argv: ['sh', '-c', 'head -n 9 | sh -s'] });

    await expect(fading.run([{ argv: ['true'] }, { argv: ['false'], stdin: 'x'.repeat(9000) }])).rejects.toMatchObject({ code: 'unreachable', message: expect.stringMatching(/^h: (lost while running|no root shell)/) });
  });

  test('is asked of sudo without a prompt by whoever is not root', () => {
    expect(asRoot(false)).toEqual(['sudo', '-n', 'env', '-i', 'sh', '-s']);
    expect(asRoot(true)).toEqual(['env', '-i', 'sh', '-s']);
  });

  // Stands in for sudo: it takes a line of its input for the password, or needs none.
  test.each([
    ['takes the password', 'IFS= read -r given; [ "$given" = sesame ] || exit 1; '],
    ['wants no password', ''],
  ])('behind a sudo that %s runs the script and never the password', async (_title, sudo) => {
    const [shellWord, ...rest] = asRoot(false, true).slice(5);
    const behind = rootShell('h', { argv: ['sh', '-c', `${sudo}exec "$@"`, 'sh', shellWord!, ...rest], password: new Secret('sesame') });

    const [answer] = await behind.probe([{ argv: shell('cat'), stdin: 'input' }]);

    expect(answer).toEqual({ code: 0, stdout: 'input', stderr: '' });
  });
});

test('ssh checks host keys, asks nothing, and puts no option behind the host', () => {
  const words = sshCommand({ host: '10.10.10.11', user: 'admin', port: 2222, key: '/root/key' }, '/etc/pgark/known_hosts', ['true']);

  expect(words).toContain('StrictHostKeyChecking=accept-new');
  expect(words).toContain('BatchMode=yes');
  expect(words).toContain('UserKnownHostsFile=/etc/pgark/known_hosts ~/.ssh/known_hosts');
  expect(words.slice(-9)).toEqual(['-l', 'admin', '-p', '2222', '-i', '/root/key', '--', '10.10.10.11', 'true']);
});

test('our own addresses are reached without a network, others through ssh', () => {
  expect(['127.0.0.1', 'localhost', '127.9.9.9'].map((address) => reach(address, {}, ssh).host)).toEqual(['local', 'local', 'local']);
  expect(reach('10.255.255.1', {}, ssh).host).toBe('10.255.255.1');
  expect(reach('10.255.255.1', { ansible_connection: 'local' }, ssh).host).toBe('local');
  expect(reach('127.0.0.1', { ansible_connection: 'ssh' }, ssh).host).toBe('127.0.0.1');
  expect(reach('db1', { ansible_host: '10.255.255.2' }, ssh).host).toBe('10.255.255.2');
});
