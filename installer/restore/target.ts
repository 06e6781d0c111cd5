import { Fault } from '../../repo/core/fault.ts';

/** The point to which a cluster is restored. */
export type Target =
  | { kind: 'time'; moment: Moment }
  | { kind: 'lsn'; lsn: string }
  | { kind: 'xid'; xid: string }
  | { kind: 'name'; name: string }
  | { kind: 'latest' };

/** A moment to the microsecond, which is what PostgreSQL keeps of a commit. */
export interface Moment {
  /** `2026-11-22 21:03:13.131789`, in UTC. */
  utc: string;
  /** Milliseconds since 1970. */
  at: number;
}

const options = ['time', 'lsn', 'xid', 'name', 'latest'] as const;

/**
 * The one point that the options name.
 * @throws Fault usage
 */
export function targetOf({ value, has }: { value(option: string): string | undefined; has(option: string): boolean }): Target {
  const given = options.filter((option) => has(option) || value(option) !== undefined);
  const [kind, other] = given;
  if (kind === undefined) throw new Fault('usage', 'it is not said which point to restore to', { hint: '--time, --lsn, --xid, --name or --latest' });
  if (other !== undefined) throw new Fault('usage', `--${kind} and --${other} name two points`, { hint: 'one of them' });
  return readTarget(kind, value(kind) ?? '');
}

function readTarget(kind: (typeof options)[number], text: string): Target {
  switch (kind) {
    case 'time': return { kind, moment: readMoment(text) };
    case 'lsn': return { kind, lsn: matching(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/, text.toUpperCase(), '--lsn', 'for example 0/6000100') };
    case 'xid': return { kind, xid: matching(/^[1-9]\d{0,18}$/, text, '--xid', 'a number, as pg_current_xact_id() and the log tell it') };
    case 'name': return { kind, name: matching(/^[^\0\n]{1,63}$/, text, '--name', 'a name that was given to pg_create_restore_point()') };
    case 'latest': return { kind };
  }
}

function matching(pattern: RegExp, text: string, option: string, hint: string): string {
  if (pattern.test(text)) return text;
  throw new Fault('usage', `${option}: "${text}" is not what it takes`, { hint });
}

const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,6}))?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * A date and a time; without a zone they are those of this machine.
 * @throws Fault usage
 */
export function readMoment(text: string): Moment {
  const [, date, minutes, seconds = ':00', fraction = '', zone] = form.exec(text.trim()) ?? [];
  const isDay = date !== undefined && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date);
  const at = isDay ? Date.parse(`${date}T${minutes}${seconds}${spelt(zone)}`) : Number.NaN;
  if (Number.isNaN(at)) throw new Fault('usage', `--time: "${text}" is no date and time`, { hint: 'for example "2026-11-22 21:03:13" in the time zone of this machine, or 2026-11-22T21:03:13.131789Z' });
  const whole = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return { utc: fraction === '' ? whole : `${whole}.${fraction.padEnd(6, '0')}`, at: at + Math.ceil(Number(fraction.padEnd(6, '0')) / 1000) };
}

/** `+01`, `+0100` and `+01:00` are the same. */
function spelt(zone: string | undefined): string {
  if (zone === undefined || zone === 'Z') return zone ?? '';
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '').padEnd(2, '0')}`;
}

/** For a reader; a time in UTC and in the zone of this machine. */
export function printTarget(target: Target, isExclusive = false): string {
  const edge = isExclusive ? ', and nothing of that point itself' : '';
  switch (target.kind) {
    case 'time': return `${printMoment(target.moment)}${edge}`;
    case 'lsn': return `LSN ${target.lsn}${edge}`;
    case 'xid': return `transaction ${target.xid}${edge}`;
    case 'name': return `restore point "${target.name}"`;
    case 'latest': return 'the end of what is archived';
  }
}

export function printMoment({ utc, at }: Moment): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return `${utc} UTC`;
  const local = new Date(at + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  const digits = (value: number): string => String(value).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${digits(Math.floor(Math.abs(minutes) / 60))}:${digits(Math.abs(minutes) % 60)}`;
  return `${utc} UTC (here ${local} ${offset})`;
}

/** What PostgreSQL is told (its documentation, 20.5.6 "Recovery Target"). */
export function settingsFor(target: Target, isExclusive: boolean): Record<string, string> {
  const edge = { recovery_target_inclusive: isExclusive ? 'off' : 'on' };
  switch (target.kind) {
    case 'time': return { recovery_target_time: `${target.moment.utc}+00`, ...edge };
    case 'lsn': return { recovery_target_lsn: target.lsn, ...edge };
    case 'xid': return { recovery_target_xid: target.xid, ...edge };
    case 'name': return { recovery_target_name: target.name };
    case 'latest': return {};
  }
}
