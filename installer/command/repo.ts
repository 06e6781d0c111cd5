import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';
import type { Command, Completed } from '../transport/command.ts';
import { localTransport } from '../transport/local.ts';
import { listBundles, readBundles, rollBack } from './rollback.ts';
import { listSetAside, readRestored, readSetAside, refreshing, restoreSetAside } from './set-aside.ts';

export const repo: CommandSpec = {
  name: 'repo',
  arguments: 'status|restore|rollback',
  about: 'looks after the package repository of this host',
  notes: [
    'status    which bundle is in use, which was before it, which other sources are set aside',
    'restore   brings back the package sources that bootstrap set aside',
    'rollback  goes back to the bundle before this one; again, to come back',
  ].join('\n'),
  run: async (invocation) => {
    const [word = 'status', ...rest] = invocation.args;
    const act = actions[word as keyof typeof actions];
    if (act && rest.length === 0) return act(invocation);
    const near = nearest(word, Object.keys(actions));
    throw new Fault('usage', rest.length > 0 ? `too much: ${rest.join(' ')}` : `there is no "repo ${word}"${near ? `, did you mean "repo ${near}"?` : ''}`, { hint: 'pgark help repo' });
  },
};

const actions = { status: showStatus, restore, rollback };

async function showStatus({ print }: Invocation): Promise<object> {
  const [bundles, aside] = await localTransport().probe([listBundles(), listSetAside()]);
  const found = { ...readBundles(bundles!), setAside: readSetAside(aside!) };
  print(`in use     ${found.current ?? 'no bundle'}\nprevious   ${found.previous ?? 'none'}\nset aside  ${found.setAside.join(', ') || 'no other sources'}`);
  return found;
}

async function restore({ print, progress }: Invocation): Promise<object> {
  const result = readRestored(await run(restoreSetAside(), 'the sources could not be brought back'));
  for (const path of result.occupied) progress.warn(`${path} is there already; the one that was set aside stays where it is`);
  print(result.restored.length === 0 ? 'nothing to bring back' : `back in place: ${result.restored.join(', ')}\nnext           ${refreshing(result)}`);
  return result;
}

async function rollback({ print }: Invocation): Promise<object> {
  await run(rollBack(), 'the previous bundle could not be put back');
  const [answer] = await localTransport().probe([listBundles()]);
  const found = readBundles(answer!);
  print(`in use     ${found.current}\nprevious   ${found.previous}`);
  return found;
}

async function run(command: Command, message: string): Promise<Completed> {
  const [done] = await localTransport().run([command]);
  if (done!.code === 0) return done!;
  throw new Fault('apply', message, { details: done!.stderr.trim().split('\n'), hint: 'pgark repo status' });
}
