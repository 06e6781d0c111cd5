import type { Need } from '../role/need.ts';
import type { Entry, HostPlan, Plan } from './plan.ts';

/** How far a run is on one host. */
export interface Leg {
  host: HostPlan;
  /** Identities that were changed there so far. */
  changed: Set<string>;
  /** Identities that are as wanted by now. */
  settled: Set<string>;
  /** Why nothing more is done there. */
  ended?: string;
  /** Nobody can tell any more what stands there. */
  isLost?: boolean;
}

/** A run on all hosts of a plan: who is still in it, and what stands where. */
export interface Course {
  legs: readonly Leg[];
  /** Hosts that were out of reach before it began, and the words for it; by address. */
  lost: ReadonlyMap<string, string>;
}

export const begin = ({ hosts, lost }: Plan): Course => ({
  legs: hosts.map((host) => ({ host, changed: new Set(), settled: new Set() })),
  lost: new Map(lost.map(({ address, name }) => [address, `${name} cannot be reached`])),
});

/** The part of one host in one stage. */
export interface Part {
  leg: Leg;
  entries: readonly Entry[];
}

/** Stage after stage, the parts of the hosts that have something in it. */
export function stagesOf({ legs }: Course): Part[][] {
  const stages = [...new Set(legs.flatMap(({ host }) => host.entries.map(({ stage }) => stage)))].sort((a, b) => a - b);
  const parts = legs.map((leg) => ({ leg, byStage: Map.groupBy(leg.host.entries, ({ stage }) => stage) }));
  return stages.map((stage) => parts.flatMap(({ leg, byStage }) => (byStage.has(stage) ? [{ leg, entries: byStage.get(stage)! }] : [])));
}

/** Why a part cannot be tried: what it stands on elsewhere does not stand. */
export function lacking({ entries }: Part, course: Course): string | undefined {
  if (!entries.some(({ commands }) => commands.length > 0)) return undefined;
  for (const { what, role, hosts, count = hosts.length } of entries[0]!.needs ?? []) {
    const fallen = hosts.flatMap((address) => fallenFor(role, address, course) ?? []);
    if (hosts.length - fallen.length < count) return `not without ${what}: ${fallen.join(', ')}`;
  }
  return undefined;
}

/** Why a role does not stand on a host. What was in place before a host dropped out stands there still; of a lost one nobody knows. */
function fallenFor(role: string, address: string, { legs, lost }: Course): string | undefined {
  const leg = legs.find(({ host }) => host.address === address);
  if (leg === undefined) return lost.get(address);
  if (leg.ended === undefined) return undefined;
  const stands = !leg.isLost && leg.host.entries.every((entry) => entry.role !== role || entry.commands.length === 0 || leg.settled.has(entry.identity));
  return stands ? undefined : leg.ended;
}

/**
 * The groups of parts in which one follows the other: those of a stage that goes one by one, cluster by cluster, whom others need first. Otherwise each
 * is a group of its own.
 */
export function circlesOf(parts: readonly Part[]): Part[][] {
  const { role, rollout } = parts[0]!.entries[0]!;
  if (rollout === 'together') return parts.map((part) => [part]);
  const needed = new Set(parts.flatMap(({ entries }) => (entries[0]!.needs ?? []).filter((need: Need) => need.role === role && need.count === undefined).flatMap(({ hosts }) => hosts)));
  const inOrder = [...parts.filter(({ leg }) => needed.has(leg.host.address)), ...parts.filter(({ leg }) => !needed.has(leg.host.address))];
  return [...Map.groupBy(inOrder, ({ entries }) => entries[0]!.circle ?? '').values()];
}
