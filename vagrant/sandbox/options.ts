import { dirname, join, resolve } from 'node:path';
import type { Invocation, Option } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { exists } from '../../repo/core/files.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { buildBundle, targets } from '../bundle.ts';
import { suites } from './box.ts';
import { readProvider } from './provider.ts';
import { providers, type Sandbox } from './sandbox.ts';
import { osCodes } from './spec.ts';

export const upOptions: Readonly<Record<string, Option>> = {
  provider: { value: 'NAME', about: `what raises the nodes: ${providers.join(', ')}; lxc when nothing is said` },
  os: { value: 'CODE', about: 'the operating system of the nodes: d12, d13, u22, u24, u26, el8, el9, el10; d12 when nothing is said' },
  bundle: { value: 'FILE', about: 'the bundle for the first node; without it slim is built, for Debian' },
  fingerprint: { value: 'FPR', about: 'of the key that signed it' },
  pg: { value: 'MAJOR', about: 'the major version of PostgreSQL' },
  'no-provision': { about: 'bare nodes to practise on: nothing is carried and nothing installed' },
};

type Given = Pick<Sandbox, 'provider' | 'os' | 'pg'>;

/** @throws Fault usage */
export async function readGiven({ value }: Invocation): Promise<Given> {
  const [provider, os, codes] = [readProvider(value('provider')), value('os') ?? 'd12', await osCodes()];
  if (!codes.includes(os)) throw new Fault('usage', `there is no operating system "${os}"`, { hint: `they are ${codes.join(', ')}` });
  if (provider === 'lxc' && !(os in suites)) throw new Fault('usage', `under LXC there is no box for ${os}`, { hint: `--os ${Object.keys(suites).join(' or ')}, or --provider libvirt or virtualbox` });
  const pg = value('pg');
  return { provider, os, ...(pg !== undefined && { pg }) };
}

/** The bundle that is given, or one that is built; none for bare nodes. @throws Fault usage */
export async function bundleOf(invocation: Invocation, { os }: Given, progress: Progress): Promise<Pick<Sandbox, 'bundle' | 'bootstrap' | 'fingerprint'>> {
  const given = invocation.value('bundle');
  if (given !== undefined) return carried(resolve(given), invocation.value('fingerprint'));
  if (invocation.has('no-provision')) return {};
  const suite = suites[os];
  if (!suite) throw new Fault('usage', `no bundle is built by itself for ${os}`, { hint: `pgark build manifests/bundles/standard.yml --target ${os}.x86_64 --key KEY --out out; then --bundle out/….tar --fingerprint FPR` });
  const { tar, bootstrap, fingerprint } = await progress.step(`build slim for ${targets[suite].code}`, (within) => buildBundle('slim', suite, within, invocation.signal));
  return { bundle: tar, bootstrap, fingerprint };
}

async function carried(bundle: string, fingerprint: string | undefined): Promise<{ bundle: string; bootstrap: string; fingerprint: string }> {
  const bootstrap = join(dirname(bundle), 'bootstrap');
  for (const file of [bundle, bootstrap]) if (!(await exists(file))) throw new Fault('usage', `${file} is not there`, { hint: 'pgark build leaves a bundle and its bootstrap in one folder' });
  if (fingerprint === undefined) throw new Fault('usage', 'whom the bundle must be signed by is not said', { hint: '--fingerprint FPR, known from elsewhere than the bundle' });
  return { bundle, bootstrap, fingerprint };
}
