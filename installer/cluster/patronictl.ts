import type { Command, Completed } from '../transport/command.ts';
import type { Seat } from './cluster.ts';

/** patronictl on the host of a member, as the account that Patroni runs as: its configuration is readable to no other. */
export const patronictl = (seat: Seat, timeout: number, ...words: string[]): Command => ({ argv: ['patronictl', '-c', '/etc/patroni/patroni.yml', ...words], as: seat.dbsu, timeout });

/**
 * Why Patroni has not done what it was told, or nothing. patronictl ends with 0 also where a member refuses, and says so on its output:
 * `Switchover failed, details: 412, …`, `Failed: restart for member …`. What it could not follow to its end has been begun all the same.
 */
export function refusalIn({ code, stdout, stderr }: Completed): string | undefined {
  const failed = /^(?:Switchover|Failover) failed, details: \d+, (.*)$/m.exec(stdout)?.[1];
  if (failed !== undefined) return failed.endsWith('status unknown') ? undefined : failed;
  const refused = /^Failed: (.*)$/m.exec(stdout)?.[1];
  if (refused !== undefined) return refused;
  return code === 0 ? undefined : lastLine(stderr) || lastLine(stdout) || `patronictl ended with ${code}`;
}

/** A failure of patronictl in one line: of a traceback, its end. */
export function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1)!.replace(/^Error: /, '').trim();
  const deaf = /MaxRetryError: HTTPS?ConnectionPool\(host='([^']+)', port=(\d+)\).*?\(Caused by (\w+)(?:.*\[Errno \d+\] ([^')]+))?/.exec(line);
  return deaf ? `Patroni on ${deaf[1]} does not answer on port ${deaf[2]}: ${deaf[4] ?? deaf[3]}` : line;
}
