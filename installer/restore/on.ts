import { Fault } from '../../repo/core/fault.ts';
import type { Secret } from '../../repo/core/secret.ts';
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

/** A file of a member that nobody else reads; beside, then renamed. */
export const written = (path: string, owner: string, mode: string, content: string | Secret): Command => ({
  argv: shell('umask 077; folder=${1%/*}; [ -d "$folder" ] || install -d -m 0700 -o "$2" -g "$2" -- "$folder"; cat > "$1.new"; chown -- "$2:$2" "$1.new"; chmod -- "$3" "$1.new"; mv -T -- "$1.new" "$1"', path, owner, mode),
  stdin: content,
});
