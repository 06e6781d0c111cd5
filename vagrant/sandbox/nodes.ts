import { join } from 'node:path';
import { exists } from '../../repo/core/files.ts';
import { silent } from '../../repo/core/progress.ts';
import { demand, execute } from '../execute.ts';
import { folderOf, type Sandbox } from './sandbox.ts';
import type { NamedSpec } from './spec.ts';
import { vagrant } from './vagrant.ts';

export interface NodeState {
  name: string;
  address: string;
  /** Vagrant's word for it: `running`, `not created`, `stopped` … */
  state: string;
}

/** How the nodes of a sandbox stand, as Vagrant knows it. */
export async function nodesOf(spec: NamedSpec, sandbox: Sandbox): Promise<NodeState[]> {
  const states = statesIn(await vagrant(['status', '--machine-readable'], { sandbox, progress: silent }));
  return spec.nodes.map(({ name, address }) => ({ name, address, state: states.get(name) ?? 'unknown' }));
}

/** Lines `time,node,state,running`. */
export function statesIn(text: string): Map<string, string> {
  const rows = text.split('\n').map((line) => line.split(','));
  return new Map(rows.filter(([, , kind]) => kind === 'state').map(([, node, , state]) => [node!, state!.replaceAll('_', ' ')]));
}

/** The container of a node, as the Vagrantfile names it. */
export const containerOf = (spec: NamedSpec, node: string): string => `pgark-${spec.name}-${node}`;

/** Ends the containers of a sandbox at once: what is thrown away need not be shut down. */
export async function killContainers(spec: NamedSpec): Promise<void> {
  for (const name of await containersOf(spec)) await execute(['lxc-stop', '--kill', '--name', name]);
}

/** Removes containers of which Vagrant has no word while it knows the others: it was interrupted when it had made them and not noted them yet. */
export async function dropOrphans(spec: NamedSpec): Promise<void> {
  const there = await containersOf(spec);
  for (const { name } of spec.nodes) {
    const isNoted = await exists(join(folderOf(spec.name), 'machines', name, 'lxc/id'));
    if (!isNoted && there.includes(containerOf(spec, name))) await demand(['lxc-destroy', '--force', '--name', containerOf(spec, name)]);
  }
}

/** Removes whatever is left of them. */
export async function dropContainers(spec: NamedSpec): Promise<void> {
  for (const name of await containersOf(spec)) await demand(['lxc-destroy', '--force', '--name', name]);
}

async function containersOf(spec: NamedSpec): Promise<string[]> {
  const { stdout } = await execute(['lxc-ls', '-1']);
  const there = stdout.split('\n').map((line) => line.trim());
  return spec.nodes.map(({ name }) => containerOf(spec, name)).filter((name) => there.includes(name));
}
