import { until, type Acting } from '../cluster/clock.ts';
import type { Seat } from '../cluster/cluster.ts';
import { Fault } from '../../repo/core/fault.ts';
import { must } from './on.ts';

/**
 * Has a leader archive all that it has written by now. A recovery to a moment ends at the first commit after it, so there has to be one.
 * Answers whether it is archived; where archiving fails, what was archived before can be restored all the same.
 */
export async function flush(leader: Seat, acting: Acting): Promise<boolean> {
  return acting.progress.step(`${leader.member} archives what it has written`, async (progress) => {
    const [, segment] = (await ask(leader, 'SELECT txid_current()', 'SELECT pg_walfile_name(pg_switch_wal())')).split('\n');
    return archived(segment!, leader, { ...acting, progress }).catch((error: unknown) => {
      if (!(error instanceof Fault) || acting.signal.aborted) throw error;
      return false;
    });
  });
}

/** However much there is to be archived, as long as each minute brings one more. */
async function archived(segment: string, leader: Seat, acting: Acting): Promise<true> {
  for (let last = ''; last < segment;) {
    last = await until(60, `${segment} is archived`, async () => {
      const now = await ask(leader, 'SELECT last_archived_wal FROM pg_stat_archiver');
      return now > last ? now : undefined;
    }, acting);
    acting.progress.say(last);
  }
  return true;
}

/** Each is a transaction of its own; a line each. */
const ask = async ({ transport, port, dbsu }: Seat, ...statements: string[]): Promise<string> =>
  (await must(transport, 'the leader answers', { argv: ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-p', port, '-d', 'postgres', ...statements.flatMap((each) => ['-c', each])], as: dbsu, timeout: 60 })).trim();
