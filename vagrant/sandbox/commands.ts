import type { CommandSpec } from '../../repo/console/command.ts';
import { ensure, sandboxing, vagrantLxc, vagrantOnly, demandRoot } from '../requirements.ts';
import { allowWatches } from '../watches.ts';
import { addBox, dropBox, makeBox, suiteOf } from './box.ts';
import { bridgeOf, demandClosed, raiseSwitch } from './bridge.ts';
import { down } from './down.ts';
import { enter } from './enter.ts';
import { list } from './list.ts';
import { readSpec } from './spec.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const box: CommandSpec = {
  name: 'sandbox box',
  arguments: 'CODE',
  about: 'makes a box for LXC from the Debian archive, and gives it to Vagrant: d12, d13',
  options: { drop: { about: 'take it away again' } },
  run: async ({ args: [code], progress, print, has }) => {
    suiteOf(code);
    await ensure([...sandboxing, ...vagrantOnly, ...vagrantLxc], progress);
    demandRoot('the box', `sudo ./pgark sandbox box ${code}`, 'is made with mmdebstrap');
    if (has('drop')) {
      const was = await dropBox(code!);
      print(was ? `the box pgark/${code} is gone` : `the box pgark/${code} was not there`);
      return { dropped: was };
    }
    const made = await makeBox(code!, progress);
    await addBox(made);
    print(`${made.name}  sha256 ${made.digest}`);
    return made;
  },
};

const bridge: CommandSpec = {
  name: 'sandbox bridge',
  arguments: 'SPEC',
  about: 'raises the bridge that nodes under LXC hang on, and checks that nothing leads out of it; up does that by itself',
  run: async ({ args, print, progress }) => {
    const spec = await readSpec(args[0]);
    await ensure(sandboxing, progress);
    demandRoot('the sandbox', `sudo ./pgark sandbox bridge ${spec.name}`, 'raises nodes with LXC');
    await allowWatches(progress);
    await raiseSwitch(spec);
    await demandClosed(spec);
    print(`${bridgeOf(spec)} is up, and nothing leads out of it`);
    return { bridge: bridgeOf(spec) };
  },
};

/** What `pgark sandbox` knows. */
export const sandboxCommands: readonly CommandSpec[] = [up, enter, status, down, list, box, bridge];
