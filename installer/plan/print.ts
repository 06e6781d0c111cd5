import { changesOf, countChanges, type Entry, type Plan } from './plan.ts';

/** The plan as a person reads it: a line a change, below its host and its part of the deployment. */
export function printPlan(plan: Plan): string {
  const hosts = plan.hosts.flatMap((host) => {
    const notes = host.entries.filter(({ note }) => note !== undefined).map(({ identity, note }) => `  note     ${identity}: ${note}`);
    const lines = [...printEntries(changesOf(host)), ...notes];
    return lines.length > 0 ? [`${host.name} (${host.address})`, ...lines, ''] : [];
  });
  return [...hosts, summary(plan)].join('\n');
}

/** `12 changes on 1 host` */
export function summary(plan: Plan): string {
  const count = countChanges(plan);
  if (count === 0) return `no changes: ${plan.hosts.map(({ name }) => name).join(', ')} ${plan.hosts.length === 1 ? 'is' : 'are'} as the inventory says`;
  const hosts = plan.hosts.filter((host) => changesOf(host).length > 0).length;
  return `${count} change${count === 1 ? '' : 's'} on ${hosts} host${hosts === 1 ? '' : 's'}`;
}

/** The same for programs. Secrets show themselves as dots; what is as wanted is only counted. */
export function planAsJson(plan: Plan): object {
  return {
    changes: countChanges(plan),
    hosts: plan.hosts.map((host) => ({
      address: host.address,
      name: host.name,
      unchanged: host.entries.length - changesOf(host).length,
      changes: changesOf(host).map(({ role, identity, change, commands }) => ({ role, identity, change, commands })),
      notes: host.entries.flatMap(({ identity, note }) => (note === undefined ? [] : [{ identity, note }])),
    })),
  };
}

function printEntries(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ role, identity, change }, index) => [...(entries[index - 1]?.role === role ? [] : [`  ${role}`]), `    ${identity}: ${change}`]);
}
