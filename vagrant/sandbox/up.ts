import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { few } from '../../repo/console/print.ts';
import { Fault } from '../../repo/core/fault.ts';
import { allowWatches } from '../watches.ts';
import { addBox, boxFor } from './box.ts';
import { demandClosed, raiseSwitch } from './bridge.ts';
import { dropOrphans } from './nodes.ts';
import { bundleOf, readGiven, upOptions } from './options.ts';
import { demandProvider } from './provider.ts';
import { findSandbox, keepSandbox, type Sandbox } from './sandbox.ts';
import { readSpec, type NamedSpec } from './spec.ts';
import { tellState } from './status.ts';
import { vagrant } from './vagrant.ts';

export const up: CommandSpec = {
  name: 'sandbox up',
  arguments: 'SPEC',
  about: 'raises the nodes of a spec on a network without a way out, and installs from a bundle on the first',
  options: upOptions,
  notes: 'What was interrupted or failed goes on with the same command. docs/sandbox.md tells what each provider closes.',
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const spec = await readSpec(invocation.args[0]);
  const earlier = await findSandbox(spec.name);
  const given = await readGiven(invocation);
  if (earlier) refuseOther(earlier, invocation);
  const { provider, os } = earlier ?? given;
  await demandProvider(provider, invocation.progress);
  const sandbox: Sandbox = earlier?.deployed ? earlier : { spec: spec.name, deployed: false, provider, os, ...(given.pg !== undefined && { pg: given.pg }), ...(earlier?.bundle !== undefined && !invocation.has('bundle') ? kept(earlier) : await bundleOf(invocation, { provider, os }, invocation.progress)) };
  await keepSandbox(sandbox);
  if (provider === 'lxc') await prepare(spec, sandbox, invocation);
  await raise(spec, sandbox, invocation);
  return tellState(spec, (await findSandbox(spec.name))!, invocation);
}

/** Nodes that stand already stay what they are. */
function refuseOther(earlier: Sandbox, { value }: Invocation): void {
  const other = (['provider', 'os'] as const).filter((name) => value(name) !== undefined && value(name) !== earlier[name]);
  if (other.length === 0) return;
  throw new Fault('usage', `the sandbox ${earlier.spec} is there already, with another ${other.join(' and ')}`, { details: other.map((name) => `${name}: ${earlier[name]}`), hint: `pgark sandbox down ${earlier.spec} first` });
}

const kept = ({ bundle, bootstrap, fingerprint }: Sandbox): Pick<Sandbox, 'bundle' | 'bootstrap' | 'fingerprint'> => ({ ...(bundle && { bundle }), ...(bootstrap && { bootstrap }), ...(fingerprint && { fingerprint }) });

async function prepare(spec: NamedSpec, { os }: Sandbox, { progress }: Invocation): Promise<void> {
  const box = await boxFor(os, progress);
  await progress.step(`give Vagrant the box ${box.name}`, () => addBox(box));
  await allowWatches(progress);
  await raiseSwitch(spec);
  await dropOrphans(spec);
}

/** First all nodes, then what comes onto them: Vagrant may pass over what runs already when it is asked for both at once. */
async function raise(spec: NamedSpec, sandbox: Sandbox, { progress, signal, has }: Invocation): Promise<void> {
  await progress.step(`raise ${few(spec.nodes.map(({ name }) => name))}`, (within) => vagrant(['up', '--no-provision'], { sandbox, progress: within, signal }));
  if (sandbox.provider === 'lxc') await demandClosed(spec);
  if (has('no-provision') || sandbox.deployed) return;
  await progress.step('install from the bundle', (within) => vagrant(['provision'], { sandbox, progress: within, signal }));
  await keepSandbox({ ...sandbox, deployed: true });
}
