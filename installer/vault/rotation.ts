import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';

/** What is known of a secret that has been given a new value. */
export interface Rotation {
  /** How often it has happened. */
  count: number;
  /** When it began, RFC 3339. */
  at: string;
  /** The value before, until every host has got past it. */
  former?: Secret;
}

/** By name of the secret. */
export type Rotations = Map<string, Rotation>;

/** A secret gets another value; its present one becomes the former. One whose rotation is under way keeps what it got. */
export function begin(rotations: Rotations, name: string, present: Secret, now: Date): boolean {
  const before = rotations.get(name);
  if (before?.former) return false;
  rotations.set(name, { count: (before?.count ?? 0) + 1, at: now.toISOString(), former: present });
  return true;
}

/** Former values are forgotten. Answers with the names of those that had one. */
export function end(rotations: Rotations): string[] {
  const names = underWay(rotations);
  for (const name of names) {
    const { count, at } = rotations.get(name)!;
    rotations.set(name, { count, at });
  }
  return names;
}

/** The names of secrets that not every host has got past. */
export const underWay = (rotations: Rotations): string[] => [...rotations].flatMap(([name, { former }]) => (former ? [name] : [])).sort();

export function renderRotations(rotations: Rotations): string {
  const rows = [...rotations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { count, at, former }]) => [name, { count, at, ...(former && { former: former.reveal() }) }]);
  return `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`;
}

/** @throws Fault invalid, of which nothing shows a value */
export function readRotations(text: string | undefined, path: string): Rotations {
  if (text === undefined) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, unknown>).map(([name, value]) => [name, rotation(value)]));
  } catch {
    // The parser's message would quote a part of the file.
    throw new Fault('invalid', `${path}: cannot be read`, { hint: 'restore it from a backup; values that some hosts may still have are in it' });
  }
}

function rotation(value: unknown): Rotation {
  const { count, at, former } = value as { count: unknown; at: unknown; former?: unknown };
  if (typeof count !== 'number' || typeof at !== 'string' || !['string', 'undefined'].includes(typeof former)) throw new Error('not a rotation');
  return { count, at, ...(former !== undefined && { former: new Secret(former as string) }) };
}
