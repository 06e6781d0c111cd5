import { Fault } from '../../repo/core/fault.ts';
import { pauseAfter, refuseInterrupted, type Acting } from '../cluster/clock.ts';
import { shell } from '../transport/command.ts';
import type { Attempt } from './choose.ts';
import { hostsLines, readerText } from './configuration.ts';
import { must, present, renewed, written } from './on.ts';
import { restoredBy } from './place.ts';
import type { Site } from './site.ts';
import type { Tablespace } from './state.ts';
import { standing, start, stop } from './unit.ts';
import { walProgram } from './wal.ts';

const unit = 'pgark-restore-copy';

/** The files that a restore needs besides the data. */
export async function furnish(site: Site, data: string): Promise<void> {
  const { seat, place } = site;
  const { folder } = place;
  const put = (name: string, content: Parameters<typeof written>[3], mode = '0600'): Promise<string> => must(seat.transport, `${folder}/${name}`, written(`${folder}/${name}`, seat.dbsu, mode, content));
  await must(seat.transport, 'a folder for the restore', { argv: shell('for path in "$2" "$2/socket"; do install -d -m 0700 -o "$1" -g "$1" -- "$path"; done', seat.dbsu, folder) });
  await put('pgbackrest.conf', readerText({ ...site, data }));
  await put('hosts', `${await must(seat.transport, '/etc/hosts', { argv: ['cat', '/etc/hosts'] })}${hostsLines(site.doors)}\n`, '0644');
  await put('wal', walProgram(site), '0700');
  await put('hba', 'local all all peer\n');
  await put('ident', '');
}

export interface Copying {
  attempt: Attempt;
  tablespaces: readonly Tablespace[];
  /** Over what is there, of which only the differences are written; otherwise beside it. */
  inPlace: boolean;
}

/**
 * The data of a backup.
 * @throws Fault apply
 */
export async function copy(copying: Copying, site: Site, acting: Acting): Promise<void> {
  const { seat, place } = site;
  await empty(copying, site);
  const log = `${place.folder}/copy.log`;
  await acting.progress.step(`restore ${copying.attempt.backup.label}`, async (progress) => {
    await start(seat, { unit, argv: argvOf(copying, site), log, hosts: `${place.folder}/hosts`, ends: true });
    const begin = acting.clock.now();
    let stand = await standing(seat, unit);
    for (; stand === 'runs' && !acting.signal.aborted; stand = await standing(seat, unit)) {
      progress.say(await sizeOf(site, copying));
      await acting.clock.sleep(pauseAfter(acting.clock.now() - begin));
    }
    const told = await tail(site, log);
    await stop(seat, unit);
    refuseInterrupted(acting, 'the backup is restored');
    if (stand !== 'done') throw new Fault('apply', `${seat.member}: pgBackRest could not restore ${copying.attempt.backup.label}`, { details: told, ...(isUnreadable(told) && { hint: unreadable }) });
  });
}

/** Ends a copying that somebody else began. */
export const cease = ({ seat }: Pick<Site, 'seat'>): Promise<void> => stop(seat, unit);

/** That is all that pgBackRest says of a backup that it has found through another configuration, and cannot read through this one. */
const isUnreadable = (told: readonly string[]): boolean => told.some((line) => /backup set \S+ is not valid|FormatError|CryptoError/.test(line));

const unreadable = 'is the passphrase in the inventory, or in the vault, the one that it was made with? pgark plan tells whether the members have another one';

function argvOf({ attempt, tablespaces, inPlace }: Copying, { stanza, place, doors, seat }: Site): string[] {
  const { source, backup } = attempt;
  const number = source.isLocal && source.member !== seat.member ? doors.find(({ host, repository }) => host.address === source.address && repository.number === source.number)!.number : source.number;
  return [
    'pgbackrest', `--config=${place.folder}/pgbackrest.conf`, `--stanza=${stanza}`, `--repo=${number}`, `--set=${backup.label}`, '--type=none', '--delta',
    ...(inPlace ? [] : tablespaces.map(({ oid, location }) => `--tablespace-map=${oid}=${restoredBy(location)}`)), 'restore',
  ];
}

/** What an earlier restore has left beside is of no use any more; what is in use is not touched. */
async function empty({ tablespaces, inPlace }: Copying, { seat, place }: Site): Promise<void> {
  if (inPlace) await present(seat, [place.data, ...tablespaces.map(({ location }) => location)]);
  else await renewed(seat, [place.stage, ...tablespaces.map(({ location }) => restoredBy(location))]);
}

async function sizeOf({ seat, place }: Site, { inPlace, attempt }: Copying): Promise<string> {
  if (inPlace) return '';
  const [told] = await seat.transport.probe([{ argv: shell('du -sm -- "$1" 2>/dev/null | cut -f1', place.stage), timeout: 300 }]);
  return `${told!.stdout.trim()} of ${Math.round(attempt.backup.size / 1024 ** 2)} MB`;
}

export async function tail({ seat }: Site, log: string): Promise<string[]> {
  const [told] = await seat.transport.probe([{ argv: shell('tail -n 400 -- "$1" 2>/dev/null || :', log), timeout: 20 }]);
  const lines = told!.stdout.split('\n').filter((line) => line !== '');
  const bad = lines.filter((line) => /ERROR|FATAL|PANIC|could not/.test(line) && !/starting up|not yet accepting connections/.test(line));
  return (bad.length > 0 ? bad : lines).slice(-6);
}
