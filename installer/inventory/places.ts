import { isIP } from 'node:net';
import { guess } from './guess.ts';
import { domain } from './scalar.ts';

/** A place of an inventory where parameters stand: `all.vars`, the vars of a group, a host. */
export interface Place {
  path: readonly string[];
  vars: Readonly<Record<string, unknown>>;
}

export interface Group {
  name: string;
  path: readonly string[];
  vars: Place;
  hosts: readonly { address: string; vars: Place }[];
}

/** The skeleton of an inventory; what it means is not looked at yet. */
export interface Skeleton {
  all: Place;
  groups: readonly Group[];
}

/** Something wrong at a path; `at: 'key'` where the key itself is. */
export type Report = (path: readonly PropertyKey[], message: string, at?: 'key' | 'value') => void;

/** Reads the skeleton `all.children.<group>.hosts.<host>`, `all.children.<group>.vars`, `all.vars`, and reports what does not belong. */
export function readSkeleton(value: unknown, report: Report): Skeleton {
  const top = mapAt(value, [], report);
  refuseOthers(top, [], ['all'], report);
  const all = mapAt(top['all'], ['all'], report);
  if (all['hosts'] !== undefined) report(['all', 'hosts'], 'a host stands in a group below "children"; without one there is nothing for it to be', 'key');
  refuseOthers(all, ['all'], ['children', 'vars', 'hosts'], report);
  const children = mapAt(all['children'], ['all', 'children'], report);
  return {
    all: placeAt(all['vars'], ['all', 'vars'], report),
    groups: Object.entries(children).map(([name, group]) => readGroup(name, group, report)),
  };
}

function readGroup(name: string, value: unknown, report: Report): Group {
  const path = ['all', 'children', name];
  const group = mapAt(value, path, report);
  if (!/^[a-zA-Z][\w-]*$/.test(name)) report(path, `"${name}" is no name for a group`, 'key');
  refuseOthers(group, path, ['hosts', 'vars'], report);
  const hosts = mapAt(group['hosts'], [...path, 'hosts'], report);
  return {
    name,
    path,
    vars: placeAt(group['vars'], [...path, 'vars'], report),
    hosts: Object.entries(hosts).map(([address, vars]) => {
      const at = [...path, 'hosts', address];
      if (!isHost(address)) report(at, `"${address}" is neither an address nor a name of a host`, 'key');
      return { address, vars: placeAt(vars, at, report) };
    }),
  };
}

// A name made of digits and dots only is a mistyped address.
const isHost = (text: string): boolean => isIP(text) > 0 || (domain.safeParse(text).success && !/^[\d.]+$/.test(text));

const placeAt = (value: unknown, path: string[], report: Report): Place => ({ path, vars: mapAt(value, path, report) });

function mapAt(value: unknown, path: string[], report: Report): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  report(path, `${path.at(-1) ?? 'the inventory'} must be a map of names to values`);
  return {};
}

function refuseOthers(map: Record<string, unknown>, path: string[], known: readonly string[], report: Report): void {
  for (const key of Object.keys(map).filter((name) => !known.includes(name))) {
    report([...path, key], `unknown key "${key}"${guess(key, known) || `; known here: ${known.join(', ')}`}`, 'key');
  }
}
