import { Fault } from '../../repo/core/fault.ts';
import type { Seat } from '../cluster/cluster.ts';
import type { Attempt } from './choose.ts';
import { emptied, must, present, renewed } from './on.ts';
import { restoredBy } from './place.ts';
import { query } from './recover.ts';
import type { Site } from './site.ts';
import { isMount } from './space.ts';
import { shell } from '../transport/command.ts';
import type { State, Tablespace } from './state.ts';

/** The tablespaces of a backup. */
export async function tablespacesOf({ source, backup }: Attempt, stanza: string, asked: Seat): Promise<Tablespace[]> {
  const told = await must(asked.transport, 'what the backup is made of', { argv: ['pgbackrest', '--log-level-console=off', '--log-level-stderr=error', `--stanza=${stanza}`, `--repo=${source.number}`, `--set=${backup.label}`, '--output=json', 'info'], as: asked.dbsu, timeout: 120 });
  const [first] = JSON.parse(told) as { backup?: { tablespace?: { oid: number; destination: string }[] | null }[] }[];
  return (first?.backup?.[0]?.tablespace ?? []).map(({ oid, destination }) => ({ oid, location: destination }));
}

/**
 * What is a file system of its own cannot be renamed, and what is restored takes its place by a rename.
 * @throws Fault invalid
 */
export async function refuseMounted(paths: readonly string[], { met, stanza }: Pick<Site, 'met' | 'stanza'>): Promise<void> {
  const found = await Promise.all(met.here.flatMap((seat) => paths.map(async (path) => ((await isMount(seat, path)) ? [`${seat.member}: ${path}`] : []))));
  if (found.flat().length === 0) return;
  const hint = stanza === met.cluster.name ? '--in-place restores over the data that is there, which is lost then' : 'a folder in that file system can be the place, the file system itself cannot';
  throw new Fault('invalid', `${met.cluster.name}: what is a file system of its own has no room beside it`, { details: found.flat(), hint });
}

/** One that was begun after the backup, to be filled by what is replayed: beside, or in the place of what is lost anyway. */
export async function begin({ location }: Tablespace, inPlace: boolean, site: Site): Promise<void> {
  if (inPlace) return emptied(site.seat, [location]);
  await refuseMounted([location], site);
  await renewed(site.seat, [restoredBy(location)]);
}

/** Where a server that recovers may write. Its tablespaces it sees in their places, and those of the cluster that runs there it does not see. */
export async function bounds({ tablespaces, inPlace }: Pick<State, 'tablespaces' | 'inPlace'>, { seat, place }: Site): Promise<{ writes: string[]; instead: { path: string; of: string }[] }> {
  const locations = tablespaces.map(({ location }) => location);
  if (inPlace) return { writes: [place.data, place.folder, ...locations], instead: [] };
  await present(seat, locations);
  return { writes: [place.stage, place.folder, ...locations.map(restoredBy)], instead: locations.map((of) => ({ path: restoredBy(of), of })) };
}

/** Those that there are at the point: what was dropped on the way there is not. */
export async function tablespacesAt({ tablespaces, inPlace }: Pick<State, 'tablespaces' | 'inPlace'>, site: Site): Promise<Tablespace[]> {
  const told = await query(site, "SELECT oid || ' ' || pg_tablespace_location(oid) FROM pg_tablespace WHERE pg_tablespace_location(oid) LIKE '/%'");
  const found = told.split('\n').filter((line) => line !== '').map((line) => ({ oid: Number(line.slice(0, line.indexOf(' '))), location: line.slice(line.indexOf(' ') + 1) }));
  const now = found.map(({ oid, location }) => ({ oid, location: tablespaces.find((each) => restoredBy(each.location) === location)?.location ?? location }));
  const gone = tablespaces.filter(({ location }) => !now.some((each) => each.location === location));
  if (!inPlace && gone.length > 0) await must(site.seat.transport, 'what is no tablespace any more is removed', { argv: shell('rm -rf -- "$@"', ...gone.map(({ location }) => restoredBy(location))), timeout: 3600 });
  return now;
}
