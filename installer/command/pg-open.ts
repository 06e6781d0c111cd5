import type { Invocation, Option } from '../../repo/console/command.ts';
import { clockUntil, type Acting } from '../cluster/clock.ts';
import { clusterNamed, clustersIn, type Cluster } from '../cluster/cluster.ts';
import { meet, type Met } from '../cluster/sight.ts';
import { Fault } from '../../repo/core/fault.ts';
import { openGround, places } from '../ground.ts';
import { locked, ourselves } from '../plan/lock.ts';
import { sudoOptions, sudoPasswordOf } from './options.ts';

/** The options of every command about clusters while they run. */
export const pgOptions: Readonly<Record<string, Option>> = {
  inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory})` },
  ...sudoOptions,
};

export const yes: Readonly<Record<string, Option>> = { yes: { short: 'y', about: 'do not ask' } };

/** The clusters of the inventory that the options name. */
export async function openClusters(invocation: Invocation): Promise<Cluster[]> {
  const { value, progress } = invocation;
  const sudoPassword = await sudoPasswordOf(invocation);
  const { draft, transports } = await openGround({ file: value('inventory') ?? places.inventory, progress, ...(sudoPassword && { sudoPassword }) });
  return clustersIn(draft, transports);
}

/**
 * The cluster that is named, and who of it is there. Hosts that are not are warned of.
 * @throws Fault usage where there is no such cluster
 */
export async function meetNamed(name: string, invocation: Invocation): Promise<Met> {
  const met = await meet(clusterNamed(name, await openClusters(invocation)));
  if (met.here.length > 0) for (const { because } of met.lost) invocation.progress.warn(because.message);
  return met;
}

/**
 * The words that a command takes, each by its name.
 * @throws Fault usage when one is missing, or there are too many
 */
export function wordsOf({ args }: Invocation, needed: readonly string[], optional: readonly string[] = []): readonly string[] {
  if (args.length < needed.length) throw new Fault('usage', `${needed[args.length]} is missing`, { hint: `wanted: ${spell(needed, optional)}` });
  if (args.length > needed.length + optional.length) throw new Fault('usage', `"${args[needed.length + optional.length]}" is one word too many`, { hint: `wanted: ${spell(needed, optional)}` });
  return args;
}

/** Acts while no other run changes these hosts. */
export const lockedTo = <T>({ here }: Met, invocation: Invocation, act: (acting: Acting) => Promise<T>): Promise<T> =>
  locked(here.map(({ transport }) => transport), ourselves(new Date()), () => act({ progress: invocation.progress, signal: invocation.signal, clock: clockUntil(invocation.signal) }));

const spell = (needed: readonly string[], optional: readonly string[]): string => [...needed, ...optional.map((word) => `[${word}]`)].join(' ');
