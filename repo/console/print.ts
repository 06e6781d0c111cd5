import { styleText } from 'node:util';
import type { Fault } from '../core/fault.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours, only where standard error is a terminal and NO_COLOR is not set (no-color.org). */
const colour = (style: Style) => (text: string): string =>
  process.stderr.isTTY && !process.env['NO_COLOR'] ? styleText(style, text, { validateStream: false }) : text;

export const paint = {
  red: colour('red'),
  green: colour('green'),
  yellow: colour('yellow'),
  dim: colour('dim'),
  bold: colour('bold'),
};

/** An error as a person reads it, or as one JSON object on stdout. */
export function printFault(fault: Fault, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(fault)}\n`);
  const lines = [
    `${paint.red('error')}  ${fault.message}`,
    ...fault.details.map((detail) => `       ${detail}`),
    ...(fault.hint ? [`${paint.dim('hint')}   ${fault.hint}`] : []),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** What is no Fault is our own mistake: it is shown whole, to be reported. */
export function printBug(error: unknown, json: boolean): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: 'bug', message: text.split('\n')[0], details: [] })}\n`);
  process.stderr.write(`${paint.red('bug')}    ${text}\n`);
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

/** Rows as aligned columns, two spaces apart; no trailing blanks. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n');
}
