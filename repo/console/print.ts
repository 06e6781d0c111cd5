import { stripVTControlCharacters, styleText } from 'node:util';
import type { Fault } from '../core/fault.ts';
import { harmless } from './harmless.ts';

type Style = Parameters<typeof styleText>[0];

type Stream = 'stdout' | 'stderr';

/** Colours, only where the stream is a terminal and NO_COLOR is not set (no-color.org). */
const colour = (stream: Stream, style: Style) => (text: string): string =>
  text !== '' && process[stream].isTTY && !process.env['NO_COLOR'] ? styleText(style, text, { validateStream: false }) : text;

const coloursOf = (stream: Stream) => ({
  red: colour(stream, 'red'),
  green: colour(stream, 'green'),
  yellow: colour(stream, 'yellow'),
  dim: colour(stream, 'dim'),
  bold: colour(stream, 'bold'),
});

/** For what is told on standard error. */
export const paint = coloursOf('stderr');

/** For data on standard output. */
export const ink = coloursOf('stdout');

/** An error as a person reads it, or as one JSON object on stdout. */
export function printFault(fault: Fault, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(fault)}\n`);
  const lines = [
    `${paint.red('error')}  ${harmless(fault.message)}`,
    ...fault.details.map((detail) => `       ${harmless(detail)}`),
    ...(fault.hint ? [`${paint.dim('hint')}   ${harmless(fault.hint)}`] : []),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** What is no Fault is our own mistake: it is shown whole, to be reported. */
export function printBug(error: unknown, json: boolean): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: 'bug', message: text.split('\n')[0], details: [] })}\n`);
  process.stderr.write(`${paint.red('bug')}    ${harmless(text)}\n`);
}

export function printInterrupted(json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ error: 'interrupted', message: 'interrupted', details: [] })}\n`);
  process.stderr.write(`${paint.yellow('interrupted')}\n`);
}

/** 1536 → `1.5 KiB`. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = count;
  while (rest >= 1024 && unit < units.length - 1) [rest, unit] = [rest / 1024, unit + 1];
  return `${unit === 0 ? rest : rest.toFixed(1)} ${units[unit]}`;
}

/** The first of some names, and how many there are beside them. */
export function few(names: readonly string[], count = 4): string {
  const rest = names.length - count;
  return rest > 0 ? `${names.slice(0, count).join(', ')} and ${rest} more` : names.join(', ');
}

/** Rows as aligned columns, two spaces apart; no trailing blanks. Colours take no room. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))));
  return rows.map((row) => row.map((cell, column) => cell + ' '.repeat(widths[column]! - widthOf(cell))).join('  ').trimEnd()).join('\n');
}

/** How much of a line fits on the terminal; all of it where there is none. Only the end is cut, so colours stand before it. */
export function fit(line: string, width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY): string {
  const excess = widthOf(line) - width;
  return excess > 0 ? `${line.slice(0, line.length - excess - 1)}…` : line;
}

const widthOf = (text: string): number => stripVTControlCharacters(text).length;
