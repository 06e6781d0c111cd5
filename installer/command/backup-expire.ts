import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { dependentsOf, expire as drop, placesOf, type Place } from '../backup/expire.ts';
import { isLastFull } from '../backup/expiry.ts';
import { repositoriesSeen, type MemberView, type RepositoryView } from '../backup/look.ts';
import { lookAndWarn, openBackedUp, refuseUnknownRepository, type BackedUp } from './backup-open.ts';
import { confirm, confirmName } from './confirm.ts';
import { lockedTo, pgOptions, wordsOf, yes } from './pg-open.ts';

export const expire: CommandSpec = {
  name: 'backup expire',
  arguments: 'CLUSTER',
  about: 'removes the backups that are to be kept no longer, or one that is named',
  options: {
    ...pgOptions,
    set: { value: 'LABEL', about: 'this backup, and those that cannot be restored without it' },
    repo: { value: 'NAME', about: 'in this repository of pgbackrest_method alone (all of them)' },
    'dry-run': { about: 'show what would go, and remove nothing' },
    confirm: { value: 'LABEL', about: 'with --set, the same label once more: do not ask for it' },
    ...yes,
  },
  notes: 'What goes by the retention of the inventory goes after each backup by itself. The last full backup of a repository is never removed.',
  run: async (invocation) => {
    const [name] = wordsOf(invocation, ['CLUSTER']);
    const [backedUp] = await openBackedUp(invocation, name);
    refuseUnknownRepository(backedUp!, invocation.value('repo'));
    return takeAway(backedUp!, invocation);
  },
};

export async function takeAway(backedUp: BackedUp, invocation: Invocation): Promise<object> {
  const { cluster, repositories } = backedUp;
  const { value, has, print } = invocation;
  const [label, only] = [value('set'), value('repo')];
  const views = await lookAndWarn(backedUp, invocation);
  const seen = repositoriesSeen(repositories, views).filter(({ name }) => only === undefined || name === only);
  const places = placesOf(label === undefined ? seen : holding(label, seen, backedUp), views);
  if (places.length === 0) throw new Fault('unreachable', `${cluster.name}: nobody tells of its backups`);
  if (label !== undefined) print(goingWith(label, places));
  const going = await each(places, label, true, cluster.name);
  if (label === undefined) print(going.length === 0 ? 'nothing is to be kept no longer' : going.join('\n'));
  if (has('dry-run') || (label === undefined && going.length === 0)) return { cluster: cluster.name, dryRun: has('dry-run'), removed: [], going };
  await (label === undefined ? confirm('Remove them?', invocation) : confirmName(label, invocation));
  const removed = await lockedTo(metOf(backedUp, views), invocation, () => each(places, label, false, cluster.name));
  print(label === undefined ? 'removed' : removed.join('\n'));
  return { cluster: cluster.name, dryRun: false, removed };
}

const each = async (places: readonly Place[], label: string | undefined, isDry: boolean, stanza: string): Promise<string[]> => {
  const said: string[] = [];
  for (const place of places) said.push(...(await drop(place, { stanza, ...(label !== undefined && { label }), isDry })));
  return said;
};

/**
 * The repositories that have a backup.
 * @throws Fault usage where none has, or it is the last full one of its repository
 */
function holding(label: string, seen: readonly RepositoryView[], { cluster }: BackedUp): RepositoryView[] {
  const found = seen.filter(({ backups }) => backups.some((backup) => backup.label === label));
  if (found.length === 0) throw new Fault('usage', `${cluster.name} has no backup "${label}"`, { hint: `pgark backup list ${cluster.name} shows what it has` });
  const last = found.find(({ backups }) => isLastFull(label, backups));
  if (last) throw new Fault('usage', `${label} is the last full backup in ${last.name}${last.member === undefined ? '' : ` on ${last.member}`}: without it nothing can be recovered from there`, { hint: `pgark backup now ${cluster.name} --type full makes another one first` });
  return found;
}

function goingWith(label: string, places: readonly Place[]): string {
  return places.map(({ view }) => {
    const others = dependentsOf(label, view.backups);
    return `${label} goes from ${view.name}${view.member === undefined ? '' : ` on ${view.member}`}${others.length === 0 ? '' : `, and with it ${others.join(', ')}`}`;
  }).join('\n');
}

const metOf = ({ cluster }: BackedUp, views: readonly MemberView[]): Parameters<typeof lockedTo>[0] => ({ cluster, here: views.flatMap((view) => ('stanza' in view ? [view.seat] : [])), lost: [] });
