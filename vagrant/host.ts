import { createReadStream } from 'node:fs';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countPort, plugIn, pullOut, raiseBridge, takeAway, trafficOf, type Traffic } from './bridge.ts';
import { boot, halt, kill, leaderOf, shutDown } from './container.ts';
import { execute, type Executed, type ExecuteOptions } from './execute.ts';
import { containerOf, discard, folderOf, portOf, readRecord, sweep, thisProcess, writeRecord, type Record } from './record.ts';
import { baseRoot, type Suite } from './root.ts';
import { allowWatches } from './watches.ts';

/** `none`: the host has its own loopback and nothing else. Otherwise addresses (`10.10.10.10/24`) on a bridge without a way out. */
export type HostNetwork = 'none' | { bridge: string; address: string | readonly string[]; machine?: string };

/** A suite, with packages beyond those of a minimal host; or a root made elsewhere, which is never written to. */
export type HostGround = { suite: Suite; packages?: readonly string[] } | { root: string };

export type HostWanted = HostGround & {
  /** Also its hostname. Unique on the machine: an earlier host of this name is thrown away. */
  name: string;
  network: HostNetwork;
  /** Stays up when the process that raised it ends; `find` meets it again. */
  stays?: boolean;
};

export interface RunOptions extends Omit<ExecuteOptions, 'env' | 'cwd'> {
  /** The user it runs as; root when left out. */
  as?: string;
  env?: Readonly<{ [name: string]: string }>;
}

/** A minimal machine with its own systemd, in which commands run as if typed on its console. */
export interface Host {
  readonly name: string;
  /** Runs an argument vector, or the text of a POSIX shell script, and answers whatever the exit code. */
  run(command: string | readonly string[], options?: RunOptions): Promise<Executed>;
  /** The same, where a failure is the test's failure: answers with standard output. */
  must(command: string | readonly string[], options?: RunOptions): Promise<string>;
  /** What to run on this machine, in a terminal, to run `argv` in the host. */
  entry(argv: readonly string[]): Promise<[string, ...string[]]>;
  /** Copies a file, or all that a folder holds, from this machine into the host. */
  copyIn(from: string, to: string): Promise<void>;
  /** Copies a file out of the host. */
  copyOut(from: string, to: string): Promise<void>;
  /** What tried to leave: frames on its bridge, and packets that its kernel found no route for. */
  traffic(): Promise<Traffic & { unroutable: number }>;
  /** Shuts it down in good order; what it wrote stays. */
  stop(): Promise<void>;
  /** Ends it at once, and nobody on its network hears of that; what it wrote stays. */
  powerOff(): Promise<void>;
  start(): Promise<void>;
  /** Its frames reach nobody, nor do those of others reach it; its own end of the cable looks as before. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Ends it at once and removes all that it was. */
  destroy(): Promise<void>;
}

/** A fresh host, booted: a second's work once the base root of its suite is there. */
export async function raise(wanted: HostWanted): Promise<Host> {
  await sweep();
  await allowWatches({ warn: (text) => void process.stderr.write(`${text}\n`) });
  const earlier = await readRecord(wanted.name);
  if (earlier) await discard(earlier);
  const record: Record = { wanted, root: 'root' in wanted ? wanted.root : await baseRoot(wanted.suite, wanted.packages), owner: await thisProcess() };
  await writeRecord(record);
  await writeLayer(wanted);
  try {
    await start(record);
  } catch (error) {
    await discard(record);
    throw error;
  }
  return hostOf(record);
}

/** The host of this name, running or not, or nothing. */
export async function find(name: string): Promise<Host | undefined> {
  const record = await readRecord(name);
  return record && hostOf(record);
}

function hostOf(record: Record): Host {
  const host: Host = {
    name: record.wanted.name,
    run: async (command, options = {}) => execute(await entry(record, typing(command, options)), { ...options, env: {} }),
    must: async (command, options = {}) => insist(command, await host.run(command, options)),
    entry: (argv) => entry(record, argv),
    copyIn: (from, to) => copyIn(host, from, to),
    copyOut: (from, to) => copyOut(host, from, to),
    traffic: async () => ({ ...(await trafficAround(record)), unroutable: unroutable(await host.must(['cat', '/proc/net/snmp', '/proc/net/snmp6'])) }),
    start: () => start(record),
    stop: () => shutDown(containerOf(record.wanted.name)),
    powerOff: () => powerOff(record),
    unplug: () => pullOut(portOf(record.wanted.name)),
    plug: () => plugIn(bridgeOf(record), portOf(record.wanted.name)),
    destroy: () => discard(record),
  };
  return host;
}

async function start(record: Record): Promise<void> {
  const { name, network, stays = false } = record.wanted;
  if (network !== 'none') await raiseBridge(network.bridge, subnetOf(network.address), network.machine);
  if (network !== 'none') await countPort(network.bridge, portOf(name));
  const bridge = network === 'none' ? {} : { bridge: network.bridge };
  await boot({ name: containerOf(name), folder: folderOf(name), root: record.root, stays, ...bridge });
  await settle(record);
}

/** A process that is killed still closes its connections, which a host without power cannot: so all stand still before the cable goes. */
async function powerOff({ wanted: { name, network } }: Record): Promise<void> {
  await halt(containerOf(name));
  if (network !== 'none') await pullOut(portOf(name));
  await kill(containerOf(name));
  if (network !== 'none') await takeAway(portOf(name));
}

function bridgeOf({ wanted: { name, network } }: Record): string {
  if (network === 'none') throw new Error(`${name} has no network to be plugged into`);
  return network.bridge;
}

/** Waits until its systemd has finished starting; a unit that failed is for the caller to find. */
async function settle(record: Record): Promise<void> {
  const deadline = Date.now() + 90_000;
  let last = '';
  while (Date.now() < deadline) {
    const { stdout, stderr } = await execute(await entry(record, ['systemctl', 'is-system-running', '--wait']), { timeout: 60 });
    last = stdout.trim() || stderr.trim();
    if (last === 'running' || last === 'degraded') return;
    await sleep(200);
  }
  throw new Error(`${record.wanted.name} has not finished booting after 90 s: ${last}`);
}

async function entry(record: Record, argv: readonly string[]): Promise<[string, ...string[]]> {
  const leader = await leaderOf(containerOf(record.wanted.name), 10);
  return ['nsenter', `--target=${leader}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--', 'env', '-i', ...environment, ...argv];
}

const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8', 'TERM=xterm'];

function typing(command: string | readonly string[], options: RunOptions): string[] {
  const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
  const set = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return ['env', '-C', '/', ...set, ...(options.as ? ['runuser', '-u', options.as, '--'] : []), ...argv];
}

function insist(command: string | readonly string[], { code, stdout, stderr }: Executed): string {
  if (code === 0) return stdout;
  throw new Error(`${typeof command === 'string' ? command : command.join(' ')}\nended with ${code}\n${stdout}${stderr}`);
}

async function copyIn(host: Host, from: string, to: string): Promise<void> {
  if ((await stat(from)).isDirectory()) {
    const into = await host.entry(['sh', '-ec', 'mkdir -p "$1"; exec tar -C "$1" -xf -', 'sh', to]);
    insist(`copying ${from}`, await execute(['sh', '-ec', 'tar -C "$1" -cf - . | { shift; "$@"; }', 'sh', from, ...into]));
  } else {
    await host.must(['sh', '-ec', 'mkdir -p "$2"; exec cat >"$1"', 'sh', to, dirname(to)], { stdin: createReadStream(from) });
  }
}

async function copyOut(host: Host, from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  insist(`copying ${from}`, await execute(['sh', '-ec', 'to=$1; shift; exec "$@" >"$to"', 'sh', to, ...(await host.entry(['cat', '--', from]))]));
}

async function trafficAround({ wanted: { network } }: Record): Promise<Traffic> {
  return network === 'none' ? { arp: 0, housekeeping: 0, inside: 0, elsewhere: 0 } : trafficOf(network.bridge);
}

/** Ip OutNoRoutes and Ip6OutNoRoutes: what was sent by somebody and had nowhere to go. */
function unroutable(counters: string): number {
  const [names, values] = counters.split('\n').filter((line) => line.startsWith('Ip: ')).map((line) => line.split(' '));
  const four = values?.[names?.indexOf('OutNoRoutes') ?? -1];
  const six = /^Ip6OutNoRoutes\s+(\d+)/m.exec(counters)?.[1];
  if (four === undefined || six === undefined) throw new Error('the kernel does not count packets without a route');
  return Number(four) + Number(six);
}

/** What sets this host apart from the base root. */
async function writeLayer({ name, network }: HostWanted): Promise<void> {
  const etc = join(folderOf(name), 'upper', 'etc');
  await mkdir(join(etc, 'systemd/network'), { recursive: true });
  await writeFile(join(etc, 'hostname'), `${name}\n`);
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost\n`);
  if (network === 'none') return;
  await mkdir(join(etc, 'systemd/system/multi-user.target.wants'), { recursive: true });
  await symlink('/lib/systemd/system/systemd-networkd.service', join(etc, 'systemd/system/multi-user.target.wants/systemd-networkd.service'));
  await writeFile(join(etc, 'systemd/network/10-host0.network'), networkFile([network.address].flat()));
}

const networkFile = (addresses: readonly string[]): string => `[Match]
Name=host0

[Network]
DHCP=no
LinkLocalAddressing=no
IPv6AcceptRA=no
LLMNR=no
MulticastDNS=no
LLDP=no
EmitLLDP=no
${addresses.map((address) => `Address=${address}`).join('\n')}
`;

/** `10.10.10.10/24` → `10.10.10.0/24`, `fd00::11/64` → `fd00::/64`; prefixes of whole parts, which is all that a sandbox needs. */
function subnetOf(address: string | readonly string[]): string {
  const [ip = '', prefix = '24'] = ([address].flat()[0] ?? '').split('/');
  if (isIPv6(ip)) return `${ip.slice(0, ip.indexOf('::'))}::/${prefix}`;
  const kept = Number(prefix) / 8;
  return `${ip.split('.').map((byte, index) => (index < kept ? byte : '0')).join('.')}/${prefix}`;
}
