import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isRunning, membersOf } from '../instance.ts';
import { restartNote } from '../restart-note.ts';
import { extensionsOf } from './extensions.ts';
import { configuration, waitUntil } from './shared-configuration.ts';
import { literal } from './sql.ts';

/**
 * Libraries are loaded when PostgreSQL starts, so a new one takes a restart. Where there is another member to take over, that is for all of the cluster
 * together: see restart-waiting.ts. More than the wanted ones may be loaded.
 */
export const loadedLibraries = (host: Host, inventory: Inventory): ConditionResource => (membersOf(host, inventory).filter(isRunning).length > 1 ? told(host, inventory) : restarted(host, inventory));

/** Whether all of some libraries are in a list of them. */
export const holdsAll = (libraries: readonly string[], list: string): string => `${literal(`{${libraries.join(',')}}`)}::text[] <@ regexp_split_to_array(${list}, '\\s*,\\s*')`;

/** What PostgreSQL started with. */
export const loaded = `current_setting('shared_preload_libraries')`;

/** Nothing where the server does not answer: it will start with them. */
function told(host: Host, inventory: Inventory): ConditionResource {
  const { libraries } = extensionsOf(host, inventory);
  const missing = `array(SELECT unnest(${literal(`{${libraries.join(',')}}`)}::text[]) EXCEPT SELECT unnest(regexp_split_to_array(${loaded}, '\\s*,\\s*')) ORDER BY 1)`;
  const question = `SELECT 'note: ${restartNote} to load ' || array_to_string(${missing}, ', ') || '; the leader hands over' WHERE NOT ${holdsAll(libraries, loaded)}`;
  return {
    kind: 'condition',
    name: `postgresql: loaded ${libraries.join(', ')}`,
    check: { argv: shell('psql -XAtq -p "$1" -d postgres -c "$2" 2>/dev/null || :', String(host.vars.pg_port), question), as: host.vars.pg_dbsu, timeout: 15 },
    act: [],
  };
}

/** The only member is restarted where it is, and the plan says so. Patroni writes the setting some seconds after its reload; the restart waits for that. */
function restarted(host: Host, inventory: Inventory): ConditionResource {
  const { cluster, name } = instanceOf(host);
  const { libraries } = extensionsOf(host, inventory);
  const written = holdsAll(libraries, `(SELECT setting FROM pg_file_settings WHERE name = 'shared_preload_libraries' ORDER BY seqno DESC LIMIT 1)`);
  const parameters = [String(host.vars.pg_port), `SELECT ${holdsAll(libraries, loaded)}`, `SELECT ${written}`, configuration, cluster, name] as const;
  const isLoaded = '[ "$(psql -XAtq -p "$1" -d postgres -c "$2")" = t ]';
  const isWritten = '[ "$(psql -XAtq -p "$1" -d postgres -c "$3")" = t ]';
  const restart = `! ${isLoaded} || exit 0
${waitUntil(isWritten, 'Patroni has not written shared_preload_libraries')}
patronictl -c "$4" restart --force "$5" "$6"
${waitUntil(isLoaded, 'PostgreSQL has not loaded its libraries')}`;
  return {
    kind: 'condition',
    name: `postgresql: loaded ${libraries.join(', ')} (restarts when it must)`,
    check: { argv: shell(isLoaded, ...parameters), as: host.vars.pg_dbsu, timeout: 15 },
    act: [{ argv: shell(restart, ...parameters), as: host.vars.pg_dbsu, timeout: 300 }],
  };
}
