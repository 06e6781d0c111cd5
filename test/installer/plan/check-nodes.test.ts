import { describe, expect, test } from 'vitest';
import { checkNodes, refuseFound } from '../../../installer/plan/check-nodes.ts';
import type { Finding } from '../../../installer/plan/finding.ts';
import type { Wanted } from '../../../installer/plan/wanted.ts';
import type { Facts } from '../../../installer/inventory/facts.ts';
import type { Command, Completed, Transport } from '../../../installer/transport/command.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';
import { bundle } from '../inventory/sample.ts';

const place = { data: '/data/postgres', dbsu: 'postgres', port: '5432' };

/** What a host answers, where it differs from a fit one. */
interface Host {
  lines?: Record<string, string>;
  /** Seconds by which its clock is ahead. */
  ahead?: number;
  /** KiB free on its one filesystem. */
  free?: number;
  /** A port that nginx listens on, in this unit. */
  listens?: { port: number; unit: string };
  fault?: Fault;
}

function hostAt(address: string, { lines = {}, ahead = 0, free = 1e8, listens, fault }: Host): Transport {
  const facts = { ID: 'debian', VERSION_ID: '"12"', VERSION_CODENAME: 'bookworm', hostname: 'h', arch: 'x86_64', cpus: '4', memory: '8000000', disk: '200000000 100000000', addresses: `${address} `, container: 'none', selinux: '', ...(address === '10.0.0.5' && { carries: 'yes' }), ...lines };
  const answers: readonly (readonly [string, string])[] = [
    ['date', `${Math.floor(Date.now() / 1000) + ahead}\n`],
    ['/etc/os-release', Object.entries(facts).map(([name, value]) => `${name}=${value}\n`).join('')],
    ['stat -c %d', `1 ${free}\n1 ${free}\n1 ${free}\n`],
    ['/proc/net/tcp', listens ? `  0: 00000000:${listens.port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 0 0 0 0 0 77 1\n` : ''],
    ['ls -l', listens ? '/proc/9/fd:\nlrwx------ 1 root root 64 Nov 22 08:00 3 -> socket:[77]\n' : ''],
    ['grep -H', listens ? `/proc/9/comm:nginx\n/proc/9/cgroup:0::/system.slice/${listens.unit}\n` : ''],
  ];
  const answer = ({ argv }: Command): Completed => ({ code: 0, stderr: '', stdout: answers.find(([part]) => argv.join(' ').includes(part))![1] });
  return { host: address, probe: async (commands) => (fault ? Promise.reject(fault) : commands.map(answer)), run: () => Promise.reject(new Error('nothing is changed on a host that is looked at')) };
}

const vars = { haproxy_enabled: false, haproxy_services: [], pg_cluster: 'pg-meta', pg_port: 5432, patroni_port: 8008, pgbouncer_port: 6432, pg_fs_main: '/data/postgres' };

async function look(hosts: Record<string, Host>, givers: readonly string[] = ['10.0.0.5']): Promise<{ found: Finding[]; thoughtOf: ReadonlyMap<string, Facts> }> {
  let thoughtOf: ReadonlyMap<string, Facts> = new Map();
  const transports = new Map(Object.entries(hosts).map(([address, host]) => [address, hostAt(address, host)]));
  const want = async (facts: ReadonlyMap<string, Facts>): Promise<Wanted[]> => {
    thoughtOf = facts;
    const items = [{ resource: { kind: 'service', unit: 'haproxy.service', running: true } }];
    return [...facts].map(([address, known]) => ({ host: { address, name: `pg-meta-${address}`, groups: ['etcd'], vars: { ...vars, etcd_port: 2379 }, facts: known }, items }) as unknown as Wanted);
  };
  const found = await checkNodes({ transports, givers, bundle, place: () => place, want, progress: silent });
  return { found, thoughtOf };
}

const told = ({ found }: { found: readonly Finding[] }): string[] => found.map(({ host, code, message }) => `${host} ${code}: ${message}`);

describe('hosts that are to be one deployment', () => {
  test('nothing is said of those that are fit', async () => {
    expect((await look({ '10.0.0.5': {}, '10.0.0.6': {}, '10.0.0.7': {} })).found).toEqual([]);
  });

  test.each<[string, Host, string]>([
    ['cannot be reached', { fault: new Fault('unreachable', '10.0.0.6: no root shell', { details: ['ssh: connect to host 10.0.0.6 port 22: Connection refused'] }) }, 'unreachable: no root shell: ssh: connect to host 10.0.0.6 port 22: Connection refused'],
    ['has another release', { lines: { VERSION_ID: '"13"' } }, 'wrong-host: is debian 13 x86_64, and pgark-debian-0.1.0.d12.x86_64 is for debian 12 x86_64'],
    ['has another distribution', { lines: { ID: 'ubuntu' } }, 'wrong-host: is ubuntu 12 x86_64, and pgark-debian-0.1.0.d12.x86_64 is for debian 12 x86_64'],
    ['has another architecture', { lines: { arch: 'aarch64' } }, 'wrong-host: is debian 12 aarch64, and pgark-debian-0.1.0.d12.x86_64 is for debian 12 x86_64'],
    ['has a clock that is ahead', { ahead: 3600 }, expect.stringMatching(/^10\.0\.0\.6 clock-apart: its clock is (3599|3600) s ahead of that of this host$/) as unknown as string],
    ['has a clock that is behind', { ahead: -90 }, expect.stringMatching(/^10\.0\.0\.6 clock-apart: its clock is (90|91) s behind that of this host$/) as unknown as string],
    ['has a port taken', { listens: { port: 5432, unit: 'nginx.service' } }, 'port-taken: port 5432 (PostgreSQL) is taken by nginx (process 9, nginx.service)'],
    ['has no room', { free: 1000 }, 'disk-full: /usr, /var, /data/postgres: 1864 MiB needed, 1 MiB free'],
    ['is the first by another address', { lines: { addresses: '10.0.0.5 10.0.0.6' } }, 'same-host: is the same host as 10.0.0.5'],
    ['has not the address', { lines: { addresses: '192.168.1.6 ' } }, 'strange-address: has 192.168.1.6, and not this address'],
  ])('one that %s is told of', async (_, host, line) => {
    const lines = told(await look({ '10.0.0.5': {}, '10.0.0.6': host }));

    expect(lines).toEqual([typeof line === 'string' ? `10.0.0.6 ${line}` : line]);
  });

  test('a clock that is half a minute off is let be', async () => {
    expect((await look({ '10.0.0.5': {}, '10.0.0.6': { ahead: 30 }, '10.0.0.7': { ahead: -30 } })).found).toEqual([]);
  });

  test('a clock before the bundle was made is told as well', async () => {
    const lines = told(await look({ '10.0.0.5': {}, '10.0.0.6': { ahead: -20 * 365 * 86_400 } }));

    expect(lines.map((line) => line.split(':')[0])).toEqual(['10.0.0.6 clock-apart', '10.0.0.6 clock-behind']);
  });

  test('each must have the bundle itself where nobody gives it, and one of those who may give it', async () => {
    const [some, none] = [{ lines: { carries: 'yes' } }, { lines: { carries: '' } }];

    expect(told(await look({ '10.0.0.5': {}, '10.0.0.6': {}, '10.0.0.7': some }, []))).toEqual(['10.0.0.6 no-repository: has no bundle, and nobody gives it the packages of one']);
    expect(told(await look({ '10.0.0.5': none, '10.0.0.6': some, '10.0.0.7': {} }, ['10.0.0.5', '10.0.0.6']))).toEqual([]);
  });

  test('one that is known by a name need not have it as an address', async () => {
    expect(told(await look({ '10.0.0.5': {}, db6: { lines: { addresses: '10.0.0.6 ' } } }))).toEqual([]);
  });

  test('a first one without a bundle could give the others no packages', async () => {
    expect(told(await look({ '10.0.0.5': { lines: { carries: '' } }, '10.0.0.6': {} }))).toEqual(['10.0.0.5 no-repository: has no bundle, and nobody gives it the packages of one']);
  });

  test('everything about all of them is told at once', async () => {
    const unreachable = new Fault('unreachable', '10.0.0.8: no root shell', { details: ['sudo: a password is required'], hint: '--ask-sudo-password' });
    const { found } = await look({ '10.0.0.5': { listens: { port: 2379, unit: 'other.service' } }, '10.0.0.6': { lines: { VERSION_ID: '"11"' } }, '10.0.0.7': { ahead: 600, free: 10 }, '10.0.0.8': { fault: unreachable } });

    expect(found.map(({ host, code }) => `${host} ${code}`)).toEqual(['10.0.0.8 unreachable', '10.0.0.6 wrong-host', '10.0.0.7 clock-apart', '10.0.0.5 port-taken', '10.0.0.7 disk-full']);
    expect(() => refuseFound(found)).toThrow(expect.objectContaining({ code: 'unreachable', exitCode: 7, message: '5 things stand in the way', hint: expect.stringContaining('--ask-sudo-password') }));
  });

  test('what runs there of this deployment itself is in nobody’s way, nor the room that it fills', async () => {
    expect((await look({ '10.0.0.5': {}, '10.0.0.6': { listens: { port: 5432, unit: 'haproxy.service' }, free: 10 } })).found).toEqual([]);
  });

  test('one that was not seen is thought of as like the others, which take packages from the first', async () => {
    const { thoughtOf } = await look({ '10.0.0.5': {}, '10.0.0.6': { fault: new Fault('unreachable', '10.0.0.6: no root shell') } });

    expect([...thoughtOf.values()].map(({ distro, carries }) => [distro, carries])).toEqual([['debian', true], ['debian', false]]);
  });

  test('a fault that is not about reaching a host is not swallowed', async () => {
    await expect(look({ '10.0.0.5': { fault: new Fault('invalid', 'something else') } })).rejects.toMatchObject({ code: 'invalid' });
  });
});

test('findings about hosts that were all reached make the input invalid', () => {
  const finding: Finding = { host: '10.0.0.6', code: 'clock-apart', message: 'm', remedy: 'r' };

  expect(() => refuseFound([finding])).toThrow(expect.objectContaining({ exitCode: 3, message: 'something stands in the way', details: ['10.0.0.6  clock-apart  m'], hint: 'r' }));
  expect(() => refuseFound([])).not.toThrow();
});
