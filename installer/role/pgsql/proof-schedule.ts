/** `weekly`, `daily 02:30`, `Sun 03:00` as systemd.time(7) says it; undefined for `off`. */
export function calendarOf(schedule: string): string | undefined {
  const [when, time = '03:30'] = schedule.split(' ') as [string, string?];
  if (when === 'off') return undefined;
  if (when === 'daily') return `*-*-* ${time}:00`;
  if (when === 'monthly') return `*-*-01 ${time}:00`;
  return `${when === 'weekly' ? 'Sat' : when} *-*-* ${time}:00`;
}

/** Seconds between two of them at most; 0 for `off`. */
export function intervalOf(schedule: string): number {
  const [when] = schedule.split(' ');
  if (when === 'off') return 0;
  return when === 'daily' ? 86_400 : when === 'monthly' ? 31 * 86_400 : 7 * 86_400;
}
