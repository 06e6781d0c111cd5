import { until, type Acting } from '../cluster/clock.ts';
import type { Seat } from '../cluster/cluster.ts';
import { Fault } from '../../repo/core/fault.ts';
import { must } from './on.ts';

/**
 * Has a leader archive all that it has written by now. A recovery to a moment ends at the first commit after it, so there has to be one.
 * Answers whether it is archived; where archiving fails, what was archived before can be restored all the same.
 */
export async function flush(leader: Seat, acting: Acting): Promise<boolean> {
  return acting.progress.step(`${leader.member} archives what it has written`, async () => {
    await ask(leader, 'SELECT txid_current()');
    const segment = await ask(leader, 'SELECT pg_walfile_name(pg_switch_wal())');
    const archived = until(60, `${segment} is archived`, async () => ((await ask(leader, `SELECT coalesce(last_archived_wal, '') >= '${segment}' FROM pg_stat_archiver`)) === 't' ? true : undefined), acting);
    return archived.catch((error: unknown) => {
      if (!(error instanceof Fault) || acting.signal.aborted) throw error;
      return false;
    });
  });
}

const ask = async ({ transport, port, dbsu }: Seat, statement: string): Promise<string> =>
  (await must(transport, 'the leader answers', { argv: ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-p', port, '-d', 'postgres', '-c', statement], as: dbsu, timeout: 60 })).trim();
