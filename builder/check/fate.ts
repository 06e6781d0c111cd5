import type { Cell } from './cell.ts';
import { isComplete, orderOf, upstreamOf } from './compare.ts';
import type { Look } from './look.ts';

/** What a row should say of a cell after a look: something else, nothing at all, or what only a person can decide. */
export type Fate = { is: 'changed'; version?: string; packages?: readonly string[] } | { is: 'gone' } | { is: 'open'; why: string };

/** Undefined where the row is right, or where nobody can tell. */
export function fateOf(cell: Cell, look: Look): Fate | undefined {
  const missing = cell.packages.filter((name) => !look.packages.has(name));
  if (missing.length === 0) return newVersion(cell, look);
  if (!isComplete(look)) return undefined;
  const heirs = missing.map((name) => look.similar.get(name) ?? []);
  const carriers = cell.kind === 'extension' ? cell.packages.slice(0, 1) : cell.packages;
  const wholly = carriers.every((name) => missing.includes(name));
  if (heirs.every((each) => each.length === 0) && wholly) return { is: 'gone' };
  if (heirs.every((each) => each.length === 1) && missing.every((name) => carriers.includes(name))) return renamed(cell, look);
  return { is: 'open', why: missing.map((name, place) => `${name} is gone${heirs[place]!.length > 0 ? `; there is ${heirs[place]!.join(', ')}` : ''}`).join('; ') };
}

/** `postgresql-15-postgis-3` → `postgresql-{pg}-postgis-3`. */
export const patternOf = (name: string, pg: string): string => (pg === '' ? name : name.replaceAll(new RegExp(`(?<!\\d)${pg}(?!\\d)`, 'g'), '{pg}'));

function newVersion(cell: Cell, look: Look): Fate | undefined {
  const seen = look.packages.get(cell.packages[0]!)!.version;
  return cell.version !== undefined && orderOf(seen, cell.version, cell.target) !== 0 ? { is: 'changed', version: upstreamOf(seen) } : undefined;
}

function renamed(cell: Cell, look: Look): Fate {
  const packages = cell.packages.map((name) => (look.packages.has(name) ? name : look.similar.get(name)![0]!));
  const version = upstreamOf(look.packages.get(packages[0]!)!.version);
  return { is: 'changed', packages: packages.map((name) => patternOf(name, cell.pg)), ...(cell.version !== undefined && { version }) };
}
