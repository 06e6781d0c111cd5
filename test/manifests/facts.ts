import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../../shared/catalog');

/** Tables of facts that the manifests were written from. They are no part of the project: without them, what needs them is skipped. */
export const haveFacts = existsSync(folder);

/** The rows of a table, by the names of its columns. */
export function table<C extends string>(name: string): Record<C, string>[] {
  if (!haveFacts) return [];
  const [head = [], ...rows] = readRows(readFileSync(join(folder, name), 'utf8'));
  return rows.map((row) => Object.fromEntries(head.map((column, place) => [column, row[place] ?? ''])) as Record<C, string>);
}

/** The members of a list in a cell. */
export const cells = (cell: string): string[] => cell.split(';').filter((each) => each !== '');

// RFC 4180: a field in quotes may hold commas and line breaks, and a quote written twice.
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;

function readRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [whole, quoted, plain = '', end] of text.matchAll(field)) {
    if (whole === '' && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
