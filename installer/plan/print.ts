import { foresee, type Held } from './foresee.ts';
import { changesOf, countChanges, type Entry, type Plan } from './plan.ts';

/** The plan as a person reads it: a line a change, below its host and its part of the deployment. */
export function printPlan(plan: Plan): string {
  const held = foresee(plan);
  const hosts = plan.hosts.flatMap((host) => {
    const notes = host.entries.filter(({ note }) => note !== undefined).map(({ identity, note }) => `  note     ${identity}: ${note}`);
    const lines = [...printEntries(changesOf(host), held.get(host.address)), ...notes];
    return lines.length > 0 ? [`${host.name} (${host.address})`, ...lines, ''] : [];
  });
  const lost = plan.lost.flatMap(({ name, address, because: { message, details, hint } }) => [`${name} (${address}): cannot be reached, and is left out`, ...[message, ...details, ...(hint ? [hint] : [])].map((line) => `  ${line}`), '']);
  return [...hosts, ...lost, summary(plan)].join('\n');
}

/** `12 changes on 1 host` */
export function summary(plan: Plan): string {
  const names = plan.lost.map(({ name }) => name).join(', ');
  return `${summaryOfReached(plan)}${names === '' ? '' : `; ${names} cannot be reached`}`;
}

function summaryOfReached(plan: Plan): string {
  const count = countChanges(plan);
  if (count === 0) return `no changes: ${plan.hosts.map(({ name }) => name).join(', ')} ${plan.hosts.length === 1 ? 'is' : 'are'} as the inventory says`;
  const hosts = plan.hosts.filter((host) => changesOf(host).length > 0).length;
  return `${count} change${count === 1 ? '' : 's'} on ${hosts} host${hosts === 1 ? '' : 's'}`;
}

/** The same for programs. Secrets show themselves as dots; what is as wanted is only counted. */
export function planAsJson(plan: Plan): object {
  const held = foresee(plan);
  return {
    changes: countChanges(plan),
    hosts: plan.hosts.map((host) => ({
      address: host.address,
      name: host.name,
      unchanged: host.entries.length - changesOf(host).length,
      changes: changesOf(host).map((entry) => ({ role: entry.role, identity: entry.identity, change: entry.change, commands: entry.commands, ...(isHeld(entry, held.get(host.address)) && { held: held.get(host.address)!.because }) })),
      notes: host.entries.flatMap(({ identity, note }) => (note === undefined ? [] : [{ identity, note }])),
    })),
    lost: plan.lost.map(({ address, name, because }) => ({ address, name, because: [because.message, ...because.details].join(': ') })),
  };
}

function printEntries(entries: readonly Entry[], held: Held | undefined): string[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    const beginsHeld = isHeld(entry, held) && !(before && isHeld(before, held));
    return [...(beginsHeld ? [`  held back: ${held!.because}`] : []), ...(before?.role === entry.role ? [] : [`  ${entry.role}`]), `    ${entry.identity}: ${entry.change}`];
  });
}

const isHeld = ({ stage }: Entry, held: Held | undefined): boolean => held !== undefined && stage >= held.stage;
