import { describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { kindOf, kinds } from '../../../installer/resource/kinds.ts';
import type { Resource } from '../../../installer/resource/resource.ts';
import type { Completed } from '../../../installer/transport/command.ts';

/** What a host answers where all is as wanted, and what it answers where nothing is there. */
interface Sample {
  wanted: Resource;
  satisfied: Partial<Completed>;
  missing: Partial<Completed>;
}

const samples: readonly Sample[] = [
  {
    wanted: { kind: 'file', path: '/etc/a', content: 'a\n' },
    satisfied: { stdout: `81a4 644 root root\n${digestOf('a\n')}  -\n` },
    missing: { code: 1 },
  },
  {
    wanted: { kind: 'file', path: '/etc/key', content: new Secret('k'), owner: 'postgres', group: 'ssl', mode: '0640' },
    satisfied: { stdout: `81a0 640 postgres ssl\n${digestOf('k')}  -\n` },
    missing: { stdout: `81a0 640 postgres ssl\n${digestOf('other')}  -\n` },
  },
  {
    wanted: { kind: 'directory', path: '/data', owner: 'postgres', group: 'postgres', mode: '0700' },
    satisfied: { stdout: '41c0 700 postgres postgres\n' },
    missing: { code: 1 },
  },
  { wanted: { kind: 'link', path: '/pg', to: '/data/pg' }, satisfied: { stdout: '/data/pg' }, missing: { code: 1 } },
  { wanted: { kind: 'absent', path: '/etc/b' }, satisfied: { code: 1 }, missing: { stdout: '81a4 644 root root\n' } },
  { wanted: { kind: 'group', name: 'postgres', gid: 543 }, satisfied: { stdout: 'postgres:x:543:\n' }, missing: { code: 2 } },
  {
    wanted: { kind: 'user', name: 'postgres', uid: 543, group: 'postgres', groups: ['ssl-cert'], home: '/var/lib/postgresql', shell: '/bin/bash', system: true },
    satisfied: { stdout: 'postgres:x:543:543:,,,:/var/lib/postgresql:/bin/bash\npostgres\npostgres ssl-cert\n' },
    missing: { code: 2 },
  },
  {
    wanted: { kind: 'packages', manager: 'apt', names: ['etcd-server', 'etcd-client'] },
    satisfied: { stdout: 'ii  etcd-client\nhi  etcd-server\n' },
    missing: { stdout: 'rc  etcd-client\niHR etcd-server\n' },
  },
  {
    wanted: { kind: 'packages', manager: 'dnf', names: ['etcd', 'curl'] },
    satisfied: { stdout: 'installed etcd\ninstalled curl\n' },
    missing: { code: 1, stdout: 'package etcd is not installed\ninstalled curl\n' },
  },
  {
    wanted: { kind: 'service', unit: 'etcd.service', enabled: true, running: true, restartOn: ['/etc/etcd'], ready: { argv: ['true'] } },
    satisfied: { stdout: 'LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nNeedDaemonReload=no\nExecMainStartTimestamp=Sun 2026-11-22 08:00:00.5 UTC\nrestart=1795334400.4\nnow=1795334500.0\nready=yes\n' },
    missing: { stdout: 'LoadState=not-found\nUnitFileState=\nActiveState=inactive\nnow=1795334500.0\n' },
  },
  {
    wanted: { kind: 'sysctl', file: '60-a.conf', values: { 'net.ipv4.ip_local_port_range': '1024 65000' } },
    satisfied: { stdout: `${digestOf('net.ipv4.ip_local_port_range = 1024 65000\n')}  -\nnone\nnet.ipv4.ip_local_port_range\tw\t1024\t65000\n` },
    missing: { stdout: '\nnone\nnet.ipv4.ip_local_port_range\tw\t32768\t60999\n' },
  },
  { wanted: { kind: 'condition', name: 'c', check: { argv: ['true'] }, act: [{ argv: ['true'] }] }, satisfied: {}, missing: { code: 1 } },
  { wanted: { kind: 'sql', name: 's', database: 'postgres', port: 5432, as: 'postgres', check: 'select true', apply: 'select 1' }, satisfied: { stdout: 't\n' }, missing: { code: 2 } },
];

const answer = (part: Partial<Completed>): Completed => ({ code: 0, stdout: '', stderr: '', ...part });

const diff = (wanted: Resource, part: Partial<Completed>) => kindOf(wanted).diff(wanted, kindOf(wanted).parse(answer(part), wanted), new Set());

describe('the law of resources', () => {
  test('every kind has a sample', () => {
    expect(new Set(samples.map(({ wanted }) => wanted.kind))).toEqual(new Set(Object.keys(kinds)));
  });

  test.each(samples.map((sample) => [kindOf(sample.wanted).identify(sample.wanted), sample] as const))('%s: satisfied calls for nothing', (_identity, { wanted, satisfied }) => {
    const commands = diff(wanted, satisfied);

    expect(commands).toEqual([]);
  });

  test.each(samples.map((sample) => [kindOf(sample.wanted).identify(sample.wanted), sample] as const))('%s: missing calls for something, and says what', (_identity, { wanted, missing }) => {
    const kind = kindOf(wanted);

    expect(diff(wanted, missing)).not.toEqual([]);
    expect(kind.describe(wanted, kind.parse(answer(missing), wanted), new Set())).not.toBe('');
  });
});

test('a condition that holds may still have something to say', () => {
  const wanted: Resource = { kind: 'condition', name: 'c', check: { argv: ['true'] }, act: [] };
  const kind = kindOf(wanted);

  const actual = kind.parse(answer({ stdout: 'note: there is no firewall on this host\n' }), wanted);

  expect(kind.diff(wanted, actual, new Set())).toEqual([]);
  expect(kind.note!(wanted, actual)).toBe('there is no firewall on this host');
});

test('settings that the kernel of a container refuses are a note, not a change', () => {
  const wanted: Resource = { kind: 'sysctl', file: 'a.conf', values: { 'vm.swappiness': '1', 'net.core.somaxconn': '9' } };
  const kind = kindOf(wanted);
  const file = digestOf('vm.swappiness = 1\nnet.core.somaxconn = 9\n');
  const state = (container: string) => kind.parse(answer({ stdout: `${file}  -\n${container}\nvm.swappiness\tr\t60\nnet.core.somaxconn\tw\t9\n` }), wanted);

  expect(kind.diff(wanted, state('systemd-nspawn'), new Set())).toEqual([]);
  expect(kind.note!(wanted, state('systemd-nspawn'))).toBe('the kernel refuses these in a container (systemd-nspawn), set them on its host: vm.swappiness');
  expect(kind.diff(wanted, state('none'), new Set())).toHaveLength(1);
});

test('what a package of the same plan may bring is kept away', () => {
  const wanted: Resource = { kind: 'absent', path: '/etc/nginx/sites-enabled/default' };
  const kind = kindOf(wanted);

  const commands = kind.diff(wanted, kind.parse(answer({ code: 1 }), wanted), new Set(['packages']));

  expect(commands).toEqual([{ argv: ['rm', '-f', '--', '/etc/nginx/sites-enabled/default'] }]);
});

test('secret statements stay out of the logs of the server and of psql', () => {
  const wanted: Resource = { kind: 'sql', name: 's', database: 'postgres', port: 5432, as: 'postgres', check: 'select false', apply: new Secret("alter role a password 'p'") };

  const [command] = diff(wanted, { stdout: 'f\n' });

  expect(JSON.stringify(command)).not.toContain('alter role');
  expect(command!.argv).toContain('VERBOSITY=terse');
  expect((command!.stdin as Secret).reveal()).toMatch(/^SET log_statement = 'none';\n[^]*alter role a password 'p'$/);
});
