import { Fault } from '../../repo/core/fault.ts';
import type { Inventory } from './inventory.ts';
import { etcdNameOf, type Departed } from './roster.ts';

/** What still is there although the inventory no longer says so, and the command that takes it out: a line each. */
export const printDeparted = (departed: readonly Departed[]): string[] => departed.map((each) => `${standingOf(each)}; ${remedyOf(each)}`);

function standingOf({ address, member, isEtcd, isGone }: Departed): string {
  const what = [...(member === undefined ? [] : [`runs ${member}`]), ...(isEtcd ? ['is a member of etcd'] : [])].join(' and ');
  if (isGone) return `${address} ${what === '' ? 'belongs to the deployment' : `${what} still`}, and has left the inventory`;
  return `${address} still ${what}, and the inventory says nothing of that any more`;
}

function remedyOf({ address, member, isGone, was }: Departed): string {
  const command = isGone ? `node remove ${address}` : member === undefined ? `etcd remove ${etcdNameOf(was)}` : `pg remove ${String(was.vars['pg_cluster'])} ${member}`;
  return `pgark ${command} takes it out, and until then nothing is done to it`;
}

/**
 * An edit alone destroys nothing: a host that runs one instance does not become another one, and nobody is called the leader in place of one that has left
 * the inventory.
 * @throws Fault invalid
 */
export function refuseDeparted(departed: readonly Departed[], inventory: Inventory): void {
  const others = departed.filter(({ address, member }) => member !== undefined && inventory.hosts.some((host) => host.address === address && host.vars.pg_cluster !== undefined));
  const clusters = [...new Set(departed.flatMap(({ member, was }) => (member === undefined ? [] : [String(was.vars['pg_cluster'])])))];
  const headless = clusters.filter((name) => isHeadless(name, inventory));
  const details = [
    ...others.map(({ address, member }) => `${address} runs ${member}, and the inventory makes another instance of it`),
    ...headless.map((name) => `none of the members of ${name} in the inventory leads it; one that has left the inventory does`),
  ];
  if (details.length > 0) throw new Fault('invalid', 'the inventory leaves out what still runs', { details: [...details, ...printDeparted(departed)], hint: 'put it back into the inventory, then let the command take it out' });
}

const isHeadless = (name: string, inventory: Inventory): boolean => {
  const standings = inventory.cluster(name).map(({ facts }) => facts.postgres);
  return standings.length > 0 && standings.every((each) => each === 'replica');
};
