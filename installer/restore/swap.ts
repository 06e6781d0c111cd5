import { until, type Acting } from '../cluster/clock.ts';
import type { Seat } from '../cluster/cluster.ts';
import { leads, see, streams } from '../cluster/sight.ts';
import { shell, type Command } from '../transport/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { emptied, must } from './on.ts';
import { keptBy, placeOf, restoredBy } from './place.ts';
import { othersOf, type Site } from './site.ts';
import type { State, Tablespace } from './state.ts';
import { forgetKeys } from './keys.ts';

/** Patroni and PostgreSQL of a whole cluster, the leader last, so that nobody takes over; and none of them comes back by itself after a boot. */
export async function stopCluster(site: Site, leader: string | undefined, { progress }: Acting): Promise<void> {
  const [first, last] = [site.met.here.filter(({ member }) => member !== leader), site.met.here.filter(({ member }) => member === leader)];
  for (const seats of [first, last].filter(({ length }) => length > 0)) {
    await progress.step(`stop ${seats.map(({ member }) => member).join(', ')}`, () => progress.each(seats, 8, (seat) => must(seat.transport, 'PostgreSQL stops', stopping(seat))).then(() => {}));
  }
}

/** In a pause Patroni leaves PostgreSQL running. */
const stopping = ({ data, dbsu }: Seat): Command => ({
  argv: shell(`systemctl disable --quiet --no-reload patroni.service 2>/dev/null || :
if systemctl cat patroni.service >/dev/null 2>&1; then systemctl stop patroni.service; fi
if [ -e "$1/postmaster.pid" ] && runuser -u "$2" -- /usr/pgsql/bin/pg_ctl -D "$1" status >/dev/null; then
  runuser -u "$2" -- /usr/pgsql/bin/pg_ctl -D "$1" -m fast -t 3600 -w stop >/dev/null
fi`, data, dbsu),
  timeout: 3900,
});

/** Puts what was restored into the place of what was there, which is kept. It can be cut off anywhere, and done again. */
export async function replace(site: Site, state: State, acting: Acting): Promise<void> {
  const { seat, place } = site;
  if (!state.inPlace) {
    await acting.progress.step(`${seat.member} takes what was restored`, async () => {
      await must(seat.transport, 'what was there is kept', taking(place.data, place.kept, place.stage));
      for (const { location } of state.tablespaces) await must(seat.transport, 'the tablespace is kept', taking(location, keptBy(location, state.stamp), restoredBy(location)));
      await must(seat.transport, 'the tablespaces are linked', linking(place.data, state.tablespaces, seat.dbsu));
      await must(seat.transport, 'the settings of the cluster stay', { argv: shell('if [ -e "$1/patroni.dynamic.json" ]; then cp -p -- "$1/patroni.dynamic.json" "$2/patroni.dynamic.json"; fi', place.kept, place.data) });
    });
    await acting.progress.each(othersOf(site), 8, (host) => setAside(site.seatAt(host), placeOf(host, state.stamp), state.tablespaces, state.stamp));
  }
  // Until the point was reached, it was what there was besides.
  if (state.inPlace) await acting.progress.each(othersOf(site), 8, (host) => emptied(site.seatAt(host), [placeOf(host, state.stamp).data, ...state.tablespaces.map(({ location }) => location)]));
  await forgetKeys(site);
  if (!site.isBare) await bringUp(site, acting);
}

/** Three renames at most. Where the second was done, what lies there is what was restored. */
const taking = (path: string, kept: string, stage: string): Command => ({
  argv: shell(`if [ -e "$3" ]; then
  rmdir -- "$1" 2>/dev/null || :
  if [ -e "$1" ] && [ ! -e "$2" ]; then mv -T -- "$1" "$2"; fi
  mv -T -- "$3" "$1"
fi
[ -e "$1" ]`, path, kept, stage),
  timeout: 3600,
});

const linking = (data: string, tablespaces: readonly Tablespace[], owner: string): Command => ({
  argv: shell('data=$1 owner=$2; shift 2; for each; do ln -sfn -- "${each#*=}" "$data/pg_tblspc/${each%%=*}"; chown -h "$owner:$owner" "$data/pg_tblspc/${each%%=*}"; done', data, owner, ...tablespaces.map(({ oid, location }) => `${oid}=${location}`)),
});

/** A replica is copied anew from whoever was restored; the folder of a tablespace has to be there, and empty. */
async function setAside(seat: Seat, { data, kept }: { data: string; kept: string }, tablespaces: readonly Tablespace[], stamp: string): Promise<void> {
  await must(seat.transport, 'what was there is kept', { argv: shell('rmdir -- "$1" 2>/dev/null || :; if [ -e "$1" ] && [ ! -e "$2" ]; then mv -T -- "$1" "$2"; fi', data, kept), timeout: 3600 });
  for (const { location } of tablespaces) {
    await must(seat.transport, 'the tablespace is kept', { argv: shell('rmdir -- "$1" 2>/dev/null || :; if [ -e "$1" ] && [ ! -e "$2" ]; then mv -T -- "$1" "$2"; fi; install -d -m 0700 -o "$3" -g "$3" -- "$1"', location, keptBy(location, stamp), seat.dbsu), timeout: 3600 });
  }
}

/** First whoever has the data; the others only when it takes writes. */
export async function bringUp(site: Site, acting: Acting, first: Seat = site.seat): Promise<void> {
  const { met } = site;
  await acting.progress.step(`${first.member} leads`, async () => {
    await must(first.transport, 'Patroni starts', starting);
    await until(300, `${first.member} leads ${met.cluster.name}; journalctl -u patroni on its host tells more`, async () => {
      const { leader } = await see(met);
      return leader?.name === first.member && (await leads(leader, met)) ? true : undefined;
    }, acting);
  });
  const others = met.here.filter(({ member }) => member !== first.member);
  await acting.progress.each(others, 8, (seat) => must(seat.transport, 'Patroni starts', starting));
  for (const seat of others) await acting.progress.step(`${seat.member} is copied and follows`, () => followed(seat, site, acting));
}

/** Enabled last: systemd reads all units anew for that, which the cluster does not wait for. */
const starting: Command = { argv: shell('systemctl start patroni.service && systemctl enable --quiet patroni.service') };

/** As long as something is copied, it is waited for. */
async function followed(seat: Seat, { met }: Site, acting: Acting): Promise<void> {
  await until(86_400, `${seat.member} streams from the leader; Patroni goes on with it`, async () => {
    const { members, leader } = await see(met);
    const member = members.find(({ name }) => name === seat.member);
    acting.progress.say(member?.state ?? 'unknown to Patroni');
    return leader && member && (await streams(member, met)) ? true : undefined;
  }, acting);
}

/**
 * What was restored has to be archived, or the next restore would not find it.
 * @throws Fault apply
 */
export async function checkArchive({ seat }: Site, stanza: string): Promise<void> {
  const [done] = await seat.transport.run([{ argv: ['pgbackrest', `--stanza=${stanza}`, '--archive-timeout=90', '--log-level-console=warn', 'check'], as: seat.dbsu, timeout: 300 }]);
  if (done!.code === 0) return;
  throw new Fault('apply', `${stanza} is restored and takes writes, but its WAL is not archived`, { details: `${done!.stdout}\n${done!.stderr}`.split('\n').filter((line) => /ERROR|HINT/.test(line)).slice(0, 6), hint: `pgbackrest --stanza=${stanza} check, on ${seat.address}, tells whether it is by now` });
}
