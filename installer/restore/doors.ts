import { instanceOf } from '../role/instance.ts';
import { shell, type Command } from '../transport/command.ts';
import type { Acting } from '../cluster/clock.ts';
import { doorFile, doorPort, doorText, type Door } from './configuration.ts';
import { must, written } from './on.ts';
import type { Site } from './site.ts';
import { start, stop } from './unit.ts';

const unit = 'pgark-restore-door';

/** Lets the member that restores read what the others have in repositories of their own: over TLS, with the certificates that both have anyway, and only meanwhile. */
export async function withDoors<T>(site: Site, { progress }: Pick<Acting, 'progress'>, act: () => Promise<T>): Promise<T> {
  const hosts = [...new Set(site.doors.map(({ host }) => host))];
  try {
    await progress.each(hosts, 8, async (host) => {
      const seat = site.seatAt(host);
      const folder = folderOn(host);
      await must(seat.transport, 'a folder for the restore', { argv: shell('install -d -m 0700 -o "$2" -g "$2" -- "$1"', folder, seat.dbsu) });
      await must(seat.transport, 'what the door opens', written(doorFile(folder), seat.dbsu, '0600', doorText(site.doors.filter((door) => door.host === host), site.stanza, site.restoring, folder)));
      await start(seat, { unit, argv: ['pgbackrest', 'server', `--config=${doorFile(folder)}`], log: `${folder}/door.log` });
    });
    await progress.each(site.doors, 1, (door) => knock(door, site));
    return await act();
  } finally {
    await progress.each(hosts, 8, async (host) => {
      const seat = site.seatAt(host);
      await stop(seat, unit);
      await must(seat.transport, 'the door is forgotten', { argv: shell('rm -f -- "$1" "$2"; rmdir -- "$3" 2>/dev/null || :', doorFile(folderOn(host)), `${folderOn(host)}/door.log`, folderOn(host)) });
    });
  }
}

/** What cannot be read would be waited for with every segment of WAL. */
const knock = ({ host, number }: Door, site: Site): Promise<string> =>
  must(site.seat.transport, `the repository of ${instanceOf(host).name} is read through its port ${doorPort}`, throughDoors(site, 90, 'timeout', '60', 'pgbackrest', `--config=${site.place.folder}/pgbackrest.conf`, `--stanza=${site.stanza}`, `--repo=${number}`, 'repo-ls', `archive/${site.stanza}`));

/** A program that sees the other members by their names, and is waited for. */
export const throughDoors = ({ seat, place }: Site, timeout: number, ...argv: string[]): Command => ({
  argv: ['systemd-run', '--quiet', '--pipe', '--wait', '--collect', `--property=User=${seat.dbsu}`, '--property=UMask=0077', `--property=BindReadOnlyPaths=${place.folder}/hosts:/etc/hosts`, ...argv],
  timeout,
});

const folderOn = (host: Site['restoring']): string => `${instanceOf(host).home}/restore`;
