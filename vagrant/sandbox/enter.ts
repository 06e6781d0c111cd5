import { spawn } from 'node:child_process';
import type { CommandSpec } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { demandSandbox } from './sandbox.ts';
import { readSpec } from './spec.ts';
import { environmentOf } from './vagrant.ts';

export const enter: CommandSpec = {
  name: 'sandbox ssh',
  arguments: 'SPEC [NODE]',
  about: 'a shell on a node, the first unless another is named, as a user who may use sudo',
  options: { command: { short: 'c', value: 'TEXT', about: 'run this instead' } },
  run: async ({ args: [name, node], value }) => {
    const spec = await readSpec(name);
    const names = spec.nodes.map((each) => each.name);
    if (node !== undefined && !names.includes(node)) throw new Fault('usage', `${spec.name} has no node "${node}"`, { hint: `its nodes are ${names.join(', ')}` });
    const sandbox = await demandSandbox(spec.name);
    const command = value('command');
    const child = spawn('vagrant', ['ssh', node ?? names[0]!, ...(command === undefined ? [] : ['--command', command])], { env: { ...process.env, ...environmentOf(sandbox) }, stdio: 'inherit' });
    const exitCode = await new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 128)));
    return { exitCode };
  },
};
