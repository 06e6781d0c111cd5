import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { dropSwitch } from './bridge.ts';
import { dropContainers, killContainers } from './nodes.ts';
import { demandProvider } from './provider.ts';
import { findSandbox, forgetSandbox } from './sandbox.ts';
import { readSpec } from './spec.ts';
import { vagrant } from './vagrant.ts';

export const down: CommandSpec = {
  name: 'sandbox down',
  arguments: 'SPEC',
  about: 'throws the nodes away with all that was on them; boxes, the key, bundles and what was downloaded stay',
  run,
};

async function run({ args, progress, print, signal }: Invocation): Promise<object> {
  const spec = await readSpec(args[0]);
  const sandbox = await findSandbox(spec.name);
  if (!sandbox) {
    print(`${spec.name} was not there`);
    return { down: false };
  }
  await demandProvider(sandbox.provider, progress);
  if (sandbox.provider === 'lxc') await killContainers(spec);
  await progress.step(`throw ${spec.name} away`, (within) => vagrant(['destroy', '--force'], { sandbox, progress: within, signal }));
  if (sandbox.provider === 'lxc') await dropContainers(spec);
  if (sandbox.provider === 'lxc') await dropSwitch(spec);
  await forgetSandbox(spec.name);
  print(`${spec.name} is gone`);
  return { down: true };
}
