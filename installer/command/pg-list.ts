import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { exitCodes, Fault } from '../../repo/core/fault.ts';
import { clusterNamed } from '../cluster/cluster.ts';
import { meet, pretence, see, type Met } from '../cluster/sight.ts';
import { printRows, rowsOf, unseen, type ClusterRows } from './pg-members.ts';
import { openClusters, pgOptions, wordsOf } from './pg-open.ts';

export const list: CommandSpec = {
  name: 'pg list',
  arguments: '[CLUSTER]',
  about: 'lists the members of every cluster: role, state, timeline, lag, who waits for a restart',
  options: pgOptions,
  notes: 'It ends with 7 when a cluster could not be asked; its members stand there all the same.',
  run,
};

async function run(invocation: Invocation): Promise<{ clusters: readonly ClusterRows[]; exitCode?: number }> {
  const [name] = wordsOf(invocation, [], ['CLUSTER']);
  const all = await openClusters(invocation);
  const clusters = await invocation.progress.each(name === undefined ? all : [clusterNamed(name, all)], 16, async (cluster) => lookAt(await meet(cluster)));
  invocation.print(clusters.map((each) => printRows(each).join('\n')).join('\n\n'));
  return { clusters, ...(clusters.some(({ problem }) => problem !== undefined) && { exitCode: exitCodes.unreachable }) };
}

/** A cluster as it stands, or why it cannot be asked. */
export async function lookAt(met: Met): Promise<ClusterRows> {
  try {
    const sight = await see(met);
    const note = await pretence(sight, met);
    return { ...rowsOf(met, sight.members), ...(note !== undefined && { note }) };
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
    return unseen(met, error);
  }
}
