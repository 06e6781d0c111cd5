import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault, type FaultCode, exitCodes } from '../repo/core/fault.ts';
import { writeWhole } from '../repo/core/files.ts';
import type { Progress } from '../repo/core/progress.ts';
import { buildBundle, relay, targets, type Built } from './bundle.ts';
import { execute } from './execute.ts';
import { find, raise, type Host } from './host.ts';
import { cache } from './places.ts';
import type { Suite } from './root.ts';

/** What stands after a demo is up. */
export interface Demo {
  host: string;
  address: string;
  suite: Suite;
  pg: string;
  bundle: string;
  /** RFC 3339. */
  since: string;
}

export const demoName = 'pgark-demo';

const demoAddress = '10.10.10.10';

const noted = join(cache, 'demo.json');

/** Builds slim, raises a host that reaches nothing, and installs into it from the bundle alone. */
export async function raiseDemo(progress: Progress, signal: AbortSignal): Promise<Demo> {
  const suite = await ownSuite();
  await rm(noted, { force: true });
  const built = await progress.step(`build slim for ${targets[suite].code}`, (within) => buildBundle('slim', suite, within, signal));
  const host = await progress.step(`raise ${demoName}, a minimal ${suite} host without a way out`, () => raiseHost(suite));
  await install(host, built, progress, signal);
  const demo = { host: demoName, address: demoAddress, suite, pg: targets[suite].pg, bundle: basename(built.tar, '.tar'), since: new Date().toISOString() };
  await writeWhole(noted, `${JSON.stringify(demo)}\n`);
  return demo;
}

/** The demo that is up, if one is. */
export async function findDemo(): Promise<{ host: Host; demo: Demo } | undefined> {
  const host = await find(demoName);
  const text = await readFile(noted, 'utf8').catch(() => undefined);
  if (!host || text === undefined || (await host.run(['true']).catch(() => undefined))?.code !== 0) return undefined;
  return { host, demo: JSON.parse(text) as Demo };
}

/** Throws the host away; the key, the bundle and what was downloaded stay for the next time. */
export async function dropDemo(): Promise<boolean> {
  const host = await find(demoName);
  await rm(noted, { force: true });
  await host?.destroy();
  return host !== undefined;
}

/** The release of this machine where there is a bundle for it. */
async function ownSuite(): Promise<Suite> {
  const release = await readFile('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME=trixie$/m.test(release) ? 'trixie' : 'bookworm';
}

/** This machine gets an address on the bridge too, to look at the portal, unless it has that network already. */
async function raiseHost(suite: Suite): Promise<Host> {
  const { stdout } = await execute(['ip', '-o', 'route', 'show', 'root', '10.10.10.0/24']);
  const machine = stdout.trim() === '' ? { machine: '10.10.10.1/24' } : {};
  return raise({ name: demoName, suite, network: { bridge: 'pgark-demo', address: `${demoAddress}/24`, ...machine }, stays: true });
}

async function install(host: Host, built: Built, progress: Progress, signal: AbortSignal): Promise<void> {
  const tar = `/root/${basename(built.tar)}`;
  const inside = (title: string, argv: readonly string[]): Promise<void> =>
    progress.step(title, async (within) => {
      const { code, stderr } = await host.run(argv, { line: (text) => relay(text, within), timeout: 1800, signal });
      signal.throwIfAborted();
      if (code !== 0) throw failed(title, code, stderr);
    });
  await progress.step('carry the bundle over', () => host.copyIn(built.tar, tar).then(() => host.copyIn(built.bootstrap, '/root/bootstrap')));
  await inside('bootstrap', ['sh', '/root/bootstrap', tar, '--fingerprint', built.fingerprint]);
  await inside('configure', ['pgark', 'configure', '--non-interactive']);
  await inside('install', ['pgark', 'install', '--yes']);
  await host.must(['rm', tar]);
}

function failed(title: string, code: number, stderr: string): Fault {
  const names = Object.keys(exitCodes) as FaultCode[];
  return new Fault(names.find((name) => exitCodes[name] === code) ?? 'apply', `${title} failed on ${demoName}`, { details: stderr.trimEnd().split('\n').slice(-20), hint: './pgark demo --shell looks around in it, ./pgark demo --down throws it away' });
}
