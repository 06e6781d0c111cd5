import { dirname } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { checkLeave, leaveEtcd, type Leaving } from '../etcd/leave.ts';
import type { EtcdMet } from '../etcd/sight.ts';
import { readRoster, resign, writeRoster } from '../inventory/roster.ts';
import { places } from '../ground.ts';
import { confirmName } from './confirm.ts';
import { lockedToEtcd, openEtcd } from './etcd-open.ts';
import { etcdRows, printEtcd, type EtcdRows } from './etcd-rows.ts';
import { pgOptions, wordsOf } from './pg-open.ts';

export const remove: CommandSpec = {
  name: 'etcd remove',
  arguments: 'MEMBER',
  about: 'takes a member out of etcd, also one whose host is gone for ever',
  options: { ...pgOptions, confirm: { value: 'MEMBER', about: 'the same name once more: do not ask for it' } },
  notes: `Never the last one, none without which there is no quorum, and none at all with etcd_safeguard in the inventory. A member that never started goes by its id.
Take its host out of the group etcd of the inventory as well; pgark apply then tells Patroni, and would take it in again otherwise.`,
  run: async (invocation) => {
    const [name] = wordsOf(invocation, ['MEMBER']);
    const done = await takeOut(name!, await openEtcd(invocation), invocation);
    const folder = dirname(invocation.value('inventory') ?? places.inventory);
    await writeRoster(resign(await readRoster(folder), done.removed), folder);
    return done;
  },
};

/** Shows how etcd stands and what is lost; the name typed; the removal; how it stands then. */
export async function takeOut(name: string, met: EtcdMet, invocation: Invocation): Promise<EtcdRows & { removed: string }> {
  const leaving = checkLeave(name, met);
  invocation.print(`${printEtcd(etcdRows(met))}\n\n${consequence(leaving)}`);
  await confirmName(name, invocation);
  const after = await lockedToEtcd(met, invocation, (acting) => leaveEtcd(name, met, acting));
  const rows = etcdRows(after);
  invocation.print(printEtcd(rows));
  return { removed: leaving.name, ...rows };
}

function consequence({ name, seat, member }: Leaving): string {
  if (!seat) return `${name} at ${member.peers.join(', ')} is taken out. Its host cannot be reached, or is not in the inventory: what it still has stays there.`;
  return `${name} is taken out; etcd on ${seat.address} ends, and its data in ${seat.data} is ${seat.losesData ? 'removed' : 'set aside'}.`;
}
