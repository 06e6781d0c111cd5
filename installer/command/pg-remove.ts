import type { CommandSpec } from '../../repo/console/command.ts';
import { clusterTarget } from '../leave/target.ts';
import { openWritten } from './grow.ts';
import { wordsOf } from './pg-open.ts';
import { draftOf, shrink, shrinkOptions } from './shrink.ts';

export const remove: CommandSpec = {
  name: 'pg remove',
  arguments: 'CLUSTER [MEMBER]',
  about: 'removes a member of a cluster, or all of it, from its hosts and from the inventory',
  options: shrinkOptions,
  notes: `Data and backups on its host are kept under another name, which the plan tells; pg_rm_data, pg_rm_backup and pg_rm_pkg in the inventory have data, backups
and packages removed. The host stays in the deployment; pgark node remove takes it out. A member with pg_safeguard is never removed.`,
  run: async (invocation) => {
    const [cluster, member] = wordsOf(invocation, ['CLUSTER'], ['MEMBER']) as [string, string | undefined];
    const opened = await openWritten(invocation);
    return shrink(clusterTarget(cluster, member, draftOf(opened)), opened, invocation);
  },
};
