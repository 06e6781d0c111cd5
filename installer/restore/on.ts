import { Fault } from '../../repo/core/fault.ts';
import type { Secret } from '../../repo/core/secret.ts';
import type { Seat } from '../cluster/cluster.ts';
import { shell, type Command, type Transport } from '../transport/command.ts';

/**
 * Has a host do something, and answers with what it says.
 * @throws Fault apply where it does not
 */
export async function must(transport: Transport, what: string, command: Command): Promise<string> {
  const [done] = await transport.run([command]);
  if (done!.code === 0) return done!.stdout;
  const details = `${done!.stderr}\n${done!.stdout}`.split('\n').map((line) => line.trim()).filter((line) => line !== '').slice(-8);
  throw new Fault('apply', `${transport.host}: ${what}: failed`, { details: details.length > 0 ? details : [`it ended with ${done!.code}`] });
}

/** Folders of the database, which stay as they are where they are there. */
export const present = ({ transport, dbsu }: Seat, paths: readonly string[]): Promise<string> =>
  must(transport, 'there is a folder', { argv: shell('owner=$1; shift; for path; do [ -d "$path" ] || install -d -m 0700 -o "$owner" -g "$owner" -- "$path"; done', dbsu, ...paths) });

/** Folders of the database, without what was in them. */
export const renewed = ({ transport, dbsu }: Seat, paths: readonly string[]): Promise<string> =>
  must(transport, 'there is an empty folder', { argv: shell('owner=$1; shift; for path; do rm -rf -- "$path"; install -d -m 0700 -o "$owner" -g "$owner" -- "$path"; done', dbsu, ...paths), timeout: 3600 });

/** Folders that stay and lose what is in them; they may be file systems of their own. */
export const emptied = async (seat: Seat, paths: readonly string[]): Promise<void> => {
  await must(seat.transport, 'there is room', { argv: shell('for path; do [ ! -d "$path" ] || find "$path/" -mindepth 1 -delete; done', ...paths), timeout: 3600 });
  await present(seat, paths);
};

/** A file of a member that nobody else reads; beside, then renamed. */
export const written = (path: string, owner: string, mode: string, content: string | Secret): Command => ({
  argv: shell('umask 077; folder=${1%/*}; [ -d "$folder" ] || install -d -m 0700 -o "$2" -g "$2" -- "$folder"; cat > "$1.new"; chown -- "$2:$2" "$1.new"; chmod -- "$3" "$1.new"; mv -T -- "$1.new" "$1"', path, owner, mode),
  stdin: content,
});
