import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { table } from '../../repo/console/print.ts';
import { silent } from '../../repo/core/progress.ts';
import { trafficOn, waysOut } from './bridge.ts';
import { nodesOf } from './nodes.ts';
import { demandSandbox, type Sandbox } from './sandbox.ts';
import { readSpec, type NamedSpec } from './spec.ts';
import { vagrant } from './vagrant.ts';

export const status: CommandSpec = {
  name: 'sandbox status',
  arguments: 'SPEC',
  about: 'the nodes of a sandbox, whether anything leads out, and what runs on them',
  run: async (invocation) => {
    const spec = await readSpec(invocation.args[0]);
    return tellState(spec, await demandSandbox(spec.name), invocation);
  },
};

export async function tellState(spec: NamedSpec, sandbox: Sandbox, { print }: Invocation): Promise<object> {
  const nodes = await nodesOf(spec, sandbox);
  const closed = sandbox.provider === 'lxc' ? { ways: await waysOut(spec), traffic: await trafficOn(spec) } : undefined;
  print(table(nodes.map(({ name, address, state }) => [`  ${name}`, address, state])));
  if (closed) print(closed.ways.length === 0 ? `\nnothing leads out; packets that tried to leave: ${closed.traffic?.elsewhere ?? 0}` : `\n${closed.ways.join('\n')}`);
  const isUp = nodes[0]?.state === 'running';
  const deployment = sandbox.deployed && isUp ? (await vagrant(['ssh', nodes[0]!.name, '--command', 'sudo pgark status'], { sandbox, progress: silent })).trim() : undefined;
  if (deployment) print(`\n${deployment}`);
  print(`\n${next(spec, sandbox)}`);
  return { ...sandbox, nodes, ...closed };
}

const next = ({ name, nodes }: NamedSpec, { deployed }: Sandbox): string =>
  table([
    ['  a shell', `pgark sandbox ssh ${name}${nodes.length > 1 ? ` [${nodes.map((node) => node.name).slice(0, 3).join('|')}…]` : ''}`],
    ...(deployed ? [['  SQL', `pgark sandbox ssh ${name} --command 'sudo -u postgres psql'`]] : [['  install', `pgark sandbox up ${name}`]]),
    ['  throw it away', `pgark sandbox down ${name}`],
  ]);
