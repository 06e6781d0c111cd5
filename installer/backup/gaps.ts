import { Fault } from '../../repo/core/fault.ts';
import type { Command } from '../transport/command.ts';
import type { Place } from './expire.ts';
import type { RepositoryView } from './look.ts';

/** WAL that an archive does not have, although it has what comes before and after: from the first missing segment to the last. */
export interface Gap {
  from: string;
  to: string;
}

/** `archive/pg-test/15-1`: the names of all segments below it. */
export const askSegments = (stanza: string, { repo, id }: { repo: number; id: string }, dbsu: string): Command => ({
  argv: ['pgbackrest', `--stanza=${stanza}`, `--repo=${repo}`, 'repo-ls', '--recurse', '--filter=[0-9A-F]{24}-[0-9a-f]{40}', `archive/${stanza}/${id}`],
  as: dbsu,
  timeout: 120,
});

/** Reads `000000010000000000000006-<sha1>.zst` of `pgbackrest repo-ls --recurse`, one a line. */
export function segmentsIn(stdout: string): string[] {
  return [...new Set(stdout.split('\n').flatMap((line) => /(?:^|\/)([0-9A-F]{24})-[0-9a-f]{40}/.exec(line)?.[1] ?? []))].sort();
}

/**
 * Where one segment does not follow the other, whatever their timelines are: a promotion goes on in the segment in which it happens. A member that did
 * not lead for a while has nothing of that while. Counted for segments of 16 MB, of which there are 256 with the same eight digits in the middle;
 * where there is another size, nothing is said.
 */
export function gapsIn(segments: readonly string[]): Gap[] {
  const places = [...new Map(segments.map((name) => [placeOf(name), name])).entries()].sort(([a], [b]) => a - b);
  if (!isUsual(segments)) return [];
  return places.flatMap(([place, name], index) => {
    const before = places[index - 1];
    return before === undefined || place - before[0] === 1 ? [] : [{ from: nameOf(before[0] + 1, before[1]), to: nameOf(place - 1, name) }];
  });
}

/** The gaps after the beginning of the oldest backup: what is older is of no use anyway. None where the repository does not tell. */
export async function gapsAt({ view, seat }: Place, stanza: string): Promise<Gap[]> {
  const oldest = view.backups.map(({ walStart }) => walStart).filter((name) => name !== '').sort((a, b) => placeOf(a) - placeOf(b))[0];
  if (view.archive === undefined || oldest === undefined) return [];
  try {
    const [answer] = await seat.transport.probe([askSegments(stanza, { repo: view.number, id: view.archive.id }, seat.dbsu)]);
    return answer!.code === 0 ? gapsIn(segmentsIn(answer!.stdout).filter((name) => placeOf(name) >= placeOf(oldest))) : [];
  } catch (error) {
    if (error instanceof Fault && error.code === 'unreachable') return [];
    throw error;
  }
}

/** The last gap, where no backup was made since: what came after it cannot be recovered by anything. */
export function unbridged({ gaps = [], backups }: Pick<RepositoryView, 'gaps' | 'backups'>): Gap | undefined {
  const last = gaps.at(-1);
  return last && !backups.some(({ walStart }) => walStart !== '' && placeOf(walStart) > placeOf(last.to)) ? last : undefined;
}

const placeOf = (name: string): number => Number.parseInt(name.slice(8, 16), 16) * 256 + Number.parseInt(name.slice(16), 16);

const isUsual = (segments: readonly string[]): boolean => {
  const ends = segments.map((name) => Number.parseInt(name.slice(16), 16));
  const isOneFile = new Set(segments.map((name) => name.slice(8, 16))).size === 1;
  return ends.every((end) => end <= 0xff) && (isOneFile || ends.includes(0xff));
};

/** On the timeline of a neighbour: which one it really was nobody here knows. */
const nameOf = (place: number, neighbour: string): string => `${neighbour.slice(0, 8)}${hex(Math.floor(place / 256))}${hex(place % 256)}`;

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
