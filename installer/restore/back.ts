import type { Acting } from '../cluster/clock.ts';
import type { Seat } from '../cluster/cluster.ts';
import type { Host } from '../inventory/inventory.ts';
import { shell } from '../transport/command.ts';
import { cease, furnish } from './copy.ts';
import { throughDoors, withDoors } from './doors.ts';
import { forgetKeys } from './keys.ts';
import { must } from './on.ts';
import { keptBy, placeOf, restoredBy } from './place.ts';
import { recover, rest } from './recover.ts';
import { siteOf, type Site } from './site.ts';
import type { State, Tablespace } from './state.ts';
import { bringUp, stopCluster } from './swap.ts';

/** Puts what was there before a restore back into its place, on every member. What was restored is kept beside under the same time. */
export async function putBack(site: Site, state: State, acting: Acting): Promise<void> {
  await stopCluster(site, undefined, acting);
  const hosts = site.inventory.cluster(site.met.cluster.name);
  await acting.progress.each(hosts, 8, (host) => returned(host, site.seatAt(host), state));
  const first = hosts.find((host) => site.seatAt(host).member === state.leader) ?? site.restoring;
  await forgetKeys(site);
  await renew(siteOf({ ...site, restoring: first, stamp: state.stamp }), acting);
  await bringUp(site, acting, site.seatAt(first));
}

/**
 * What was restored has archived a timeline, and Patroni, which has no archive to ask, would begin another one with the same number. Here PostgreSQL
 * begins one that is in no repository.
 */
async function renew(site: Site, acting: Acting): Promise<void> {
  const { data, folder } = site.place;
  await furnish(site, data);
  await withDoors(site, acting, async () => {
    await recover({ target: { kind: 'latest' }, isExclusive: false, timeline: 'current', data }, site, acting);
    await must(site.seat.transport, 'the histories of timelines', throughDoors(site, 600, ...shell(histories, data, folder)));
  });
  await rest(site);
  await must(site.seat.transport, 'what is not needed any more is removed', { argv: shell('cd -- "$1" && rm -rf -- pgbackrest.conf socket hosts wal ahead hba ident recover', folder) });
}

/** A replica asks its leader for every history between its own timeline and the newest, whether or not it leads there. */
const histories = `number=2
while :; do
  name=$(printf '%08X.history' "$number")
  [ -e "$1/pg_wal/$name" ] || "$2/wal" "$name" "$1/pg_wal/$name" || exit 0
  number=$((number + 1))
done`;

async function returned(host: Host, seat: Seat, { stamp, tablespaces }: State): Promise<void> {
  const { data, kept } = placeOf(host, stamp);
  const pairs = [[data, kept], ...tablespaces.map(({ location }) => [location, keptBy(location, stamp)])] as [string, string][];
  for (const [path, before] of pairs) await must(seat.transport, 'what was there comes back', { argv: shell(returning, path, before, `${path}-restored-${stamp}`), timeout: 3600 });
}

const returning = `if [ -e "$2" ]; then
  if [ -e "$1" ] && [ ! -e "$3" ]; then mv -T -- "$1" "$3"; fi
  if [ -e "$1" ]; then rmdir -- "$1"; fi
  mv -T -- "$2" "$1"
fi`;

/** What a restore has laid beside the data, before anything of the data was touched. */
export async function discard(site: Pick<Site, 'seat' | 'place'>, tablespaces: readonly Tablespace[]): Promise<void> {
  await cease(site);
  await rest(site);
  const { seat, place } = site;
  await must(seat.transport, 'what was restored is removed', { argv: shell('rm -rf -- "$@"', place.stage, place.folder, ...tablespaces.map(({ location }) => restoredBy(location))), timeout: 3600 });
}

/** What restores have left beside the data of a member, with its size in megabytes. Its links lead to what was left of its tablespaces. */
export async function leftovers(host: Host, seat: Seat, tablespaces: readonly Tablespace[] = []): Promise<{ path: string; size: number }[]> {
  const told = await must(seat.transport, 'what is kept', { argv: shell(leaving, host.vars.pg_data, ...tablespaces.map(({ location }) => location)), timeout: 600 });
  return told.split('\n').filter((line) => line !== '').map((line) => ({ path: line.slice(line.indexOf('\t') + 1), size: Number(line.slice(0, line.indexOf('\t'))) }));
}

const leaving = `data=$1
{ for base; do for path in "$base"-before-2* "$base"-restored-2*; do echo "$path"; done; done
  for path in "$data"-before-2* "$data"-restored-2*; do
    for link in "$path"/pg_tblspc/*; do if [ -L "$link" ]; then echo "$(readlink "$link")\${path#"$data"}"; fi; done
  done
} | awk '!seen[$0]++' | while IFS= read -r path; do if [ -d "$path" ]; then du -sm -- "$path"; fi; done`;

export const dropped = ({ transport }: Seat, paths: readonly string[]): Promise<string> => must(transport, 'what was kept is removed', { argv: shell('rm -rf -- "$@"', ...paths), timeout: 3600 });
