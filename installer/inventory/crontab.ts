import { z } from 'zod';

/** A line that does nothing but call `/pg/bin/pg-backup`, and when: a backup that a timer starts. */
export interface BackupJob {
  type: 'full' | 'diff' | 'incr';
  /** A name of `pgbackrest_method`; all of them when left out. */
  repo?: string;
  /** Expressions of systemd.time(7), "Calendar Events"; any of them starts it. */
  calendar: readonly string[];
}

/** A line of crontab(5), without a user. */
export const CronLine = z.string().superRefine((line, context) => {
  const flaw = flawIn(line);
  if (flaw !== undefined) context.addIssue({ code: 'custom', message: flaw });
});

/** The backup that a line is for; nothing for one that does something else, or something besides. */
export function backupJobOf(line: string): BackupJob | undefined {
  const [, times = '', command = ''] = job.exec(line) ?? [];
  const [, rest] = call.exec(command) ?? [];
  // Where a shell has something to say, it needs one; and @reboot is no time of the calendar.
  if (rest === undefined || /[^\w\s=-]/.test(rest) || times === '@reboot') return undefined;
  const [, type = 'incr', repo] = words.exec(rest) ?? [];
  return { type: type as BackupJob['type'], ...(repo !== undefined && { repo }), calendar: calendarOf(times) };
}

/** Five fields or `@daily`, and a command. */
const job = /^\s*(@\w+|(?:\S+\s+){4}\S+)\s+(\S.*?)\s*$/;

const call = /^\/pg\/bin\/pg-backup(|\s.*)$/;

const words = /^(?:\s+(full|diff|incr))?(?:\s+--repo[\s=]([a-z][a-z0-9_-]*))?$/;

/** Variables, comments and empty lines are crontab(5)'s too. */
const isNoJob = (line: string): boolean => /^\s*(#|$|\w+\s*=)/.test(line);

function flawIn(line: string): string | undefined {
  if (isNoJob(line)) return undefined;
  const [, times, command] = job.exec(line) ?? [];
  if (times === undefined || command === undefined) return 'must be five times and a command, or @daily and a command: 00 01 * * * /pg/bin/pg-backup full';
  const rest = call.exec(command)?.[1];
  if (rest !== undefined && !/[^\w\s=-]/.test(rest) && !words.test(rest)) return 'calls pg-backup, which takes full, diff or incr, and --repo NAME';
  try {
    calendarOf(times);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

const nicknames: Readonly<Record<string, string>> = { '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *' };

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Times of crontab(5) as calendar events. Where both the day of the month and that of the week are restricted, either will do.
 * @throws RangeError
 */
export function calendarOf(times: string): string[] {
  if (times === '@reboot') return [];
  if (times.startsWith('@') && !(times in nicknames)) throw new RangeError(`"${times}" is none of ${Object.keys(nicknames).join(', ')}, @reboot`);
  const [minute, hour, day, month, weekday] = (nicknames[times] ?? times).trim().split(/\s+/) as [string, string, string, string, string];
  const clock = `${listed(valuesOf(hour, { what: 'hour', least: 0, most: 23 }))}:${listed(valuesOf(minute, { what: 'minute', least: 0, most: 59 }))}:00`;
  const within = listed(valuesOf(month, { what: 'month', least: 1, most: 12, names: months }));
  const date = listed(valuesOf(day, { what: 'day', least: 1, most: 31 }));
  const week = valuesOf(weekday, { what: 'weekday', least: 0, most: 7, names: days });
  const named = week === undefined ? '' : `${[...new Set(week.map((each) => each % 7))].sort((a, b) => a - b).map((each) => capital(days[each]!)).join(',')} `;
  if (day.startsWith('*') || weekday.startsWith('*')) return [`${named}*-${within}-${date} ${clock}`];
  return [`*-${within}-${date} ${clock}`, `${named}*-${within}-* ${clock}`];
}

interface Field {
  what: string;
  least: number;
  most: number;
  names?: readonly string[];
}

/** Ascending; undefined for every one. */
function valuesOf(text: string, field: Field): number[] | undefined {
  if (text === '*') return undefined;
  const found = text.split(',').flatMap((part) => partOf(part, text, field));
  return [...new Set(found)].sort((a, b) => a - b);
}

/** `5`, `mon`, `1-5`, `*` and `1-5`, each with `/2` behind it. */
function partOf(part: string, text: string, field: Field): number[] {
  const [, from = '', to, step] = /^(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/([1-9]\d*))?$/i.exec(part) ?? [];
  const first = from === '*' ? field.least : numberOf(from, field);
  const last = from === '*' ? field.most : to === undefined ? first : numberOf(to, field);
  const isPlain = from !== '*' && to === undefined;
  const sound = first !== undefined && last !== undefined && first >= field.least && last <= field.most && first <= last && !(isPlain && step !== undefined) && !(from === '*' && to !== undefined);
  if (!sound) throw new RangeError(`"${text}" is no ${field.what} of a crontab: ${field.least} to ${field.most}, with "," "-" and "/"`);
  return Array.from({ length: Math.floor((last - first) / Number(step ?? 1)) + 1 }, (_, index) => first + index * Number(step ?? 1));
}

function numberOf(text: string, { names = [], least }: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? undefined : index + least;
}

const listed = (values: readonly number[] | undefined): string => values?.map((value) => String(value).padStart(2, '0')).join(',') ?? '*';

const capital = (word: string): string => `${word[0]!.toUpperCase()}${word.slice(1)}`;
