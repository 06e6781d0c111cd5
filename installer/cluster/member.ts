/** A member of a PostgreSQL cluster as Patroni sees it. */
export interface Member {
  name: string;
  /** Where its PostgreSQL is reached: `10.10.10.11`, with the port where that is not 5432. */
  host: string;
  /** In Patroni's words: `Leader`, `Standby Leader`, `Sync Standby`, `Quorum Standby`, `Replica`. */
  role: string;
  /** Likewise: `running`, `streaming`, `creating replica`, `start failed` … */
  state: string;
  timeline?: number;
  /** Bytes behind the leader, to the megabyte. Absent for the leader, and where nobody knows. */
  lag?: number;
  /** A setting was changed that takes effect only when PostgreSQL is restarted. */
  pendingRestart: boolean;
  /** It must never lead: its tag `nofailover`. */
  barred: boolean;
}

/**
 * Reads `patronictl list -f json`. Fields without a value are left out. The lag is `Lag in MB` up to Patroni 4.0, a number or `unknown`;
 * from 4.1 on `Receive Lag` and `Replay Lag`, where what has not arrived counts.
 */
export function readMembers(text: string): Member[] {
  return (JSON.parse(text) as Record<string, unknown>[]).map((row) => {
    const lag = row['Lag in MB'] ?? row['Receive Lag'] ?? row['Replay Lag'];
    return {
      name: String(row['Member']),
      host: String(row['Host'] ?? ''),
      role: String(row['Role']),
      state: String(row['State'] ?? ''),
      ...(typeof row['TL'] === 'number' && { timeline: row['TL'] }),
      ...(typeof lag === 'number' && { lag: lag * megabyte }),
      pendingRestart: row['Pending restart'] === '*',
      barred: (row['Tags'] as { nofailover?: unknown } | undefined)?.nofailover === true,
    };
  });
}

export const isLeader = ({ role }: Member): boolean => role.endsWith('Leader');

export const leaderOf = (members: readonly Member[]): Member | undefined => members.find(isLeader);

/** A replica that a commit waits for: where there is one, nobody else may take over. */
export const isSynchronous = ({ role }: Member): boolean => /^(Sync|Quorum) Standby$/.test(role);

/** Patroni says `streaming` of a replica since 3.1, and `running` before. */
export const isUp = ({ state }: Member): boolean => state === 'running' || state === 'streaming';

export const megabyte = 1024 * 1024;
