import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { leaderIn, lookAtBackups, type MemberView } from '../backup/look.ts';
import { repositoriesIn, type RepositoryName } from '../backup/repositories.ts';
import { clusterNamed, clustersIn, type Cluster } from '../cluster/cluster.ts';
import { guess } from '../inventory/guess.ts';
import { openGround, places } from '../ground.ts';
import { sudoPasswordOf } from './options.ts';

/** A cluster, and where it is backed up to; no repositories where it is not. */
export interface BackedUp {
  cluster: Cluster;
  repositories: readonly RepositoryName[];
}

/** The clusters of the inventory that the options name, or the one that is named. */
export async function openBackedUp(invocation: Invocation, name?: string): Promise<BackedUp[]> {
  const { value, progress } = invocation;
  const sudoPassword = await sudoPasswordOf(invocation);
  const { draft, transports } = await openGround({ file: value('inventory') ?? places.inventory, progress, ...(sudoPassword && { sudoPassword }) });
  const all = clustersIn(draft, transports);
  const chosen = name === undefined ? all : [clusterNamed(name, all)];
  return chosen.map((cluster) => ({ cluster, repositories: repositoriesIn(draft.hosts.find(({ address }) => address === cluster.seats[0]!.address)!.vars) }));
}

/** @throws Fault usage where the cluster is not backed up at all, or not there */
export function refuseUnknownRepository({ cluster, repositories }: BackedUp, repo: string | undefined): void {
  const names = repositories.map(({ name }) => name);
  if (names.length === 0) throw new Fault('usage', `${cluster.name} is not backed up`, { hint: 'pgbackrest_enabled is false in the inventory' });
  if (repo !== undefined && !names.includes(repo)) throw new Fault('usage', `${cluster.name} has no repository "${repo}"${guess(repo, names)}`, { hint: `it has ${names.join(', ')}` });
}

/** What every member tells; those that do not are warned of. */
export async function lookAndWarn({ cluster }: BackedUp, { progress }: Invocation): Promise<MemberView[]> {
  const views = await lookAtBackups(cluster);
  for (const view of views) if ('because' in view) progress.warn(`${view.seat.member}: ${view.because}; nobody knows what lies there`);
  return views;
}

/**
 * Who leads, and can be backed up.
 * @throws Fault unreachable where nobody tells anything, apply where nobody leads
 */
export function leadingView(views: readonly MemberView[], { cluster }: BackedUp): NonNullable<ReturnType<typeof leaderIn>> {
  const leader = leaderIn(views);
  if (leader) return leader;
  const details = views.flatMap((view) => ('because' in view ? [`${view.seat.member}: ${view.because}`] : []));
  if (details.length === views.length) throw new Fault('unreachable', `${cluster.name}: nobody tells of its backups`, { details });
  throw new Fault('apply', `${cluster.name}: no member takes writes, and only such a one is backed up`, { details, hint: `pgark pg list ${cluster.name} shows how it stands; a standby cluster is backed up where it is written` });
}
