import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, membersOf } from '../instance.ts';
import { literal } from './sql.ts';

/** Who follows a leader under a name of its cluster, and is none of its members in the inventory: every plan says so. Whoever follows somebody else is not seen here. */
export function strangers(host: Host, inventory: Inventory): ConditionResource {
  const { cluster } = instanceOf(host);
  const members = membersOf(host, inventory).map((member) => instanceOf(member).name);
  const question = `SELECT 'note: not in the inventory, and still there: ' || string_agg(DISTINCT application_name || coalesce(' at ' || host(client_addr), ''), ', ')
    || '; put it back into the inventory, and pgark pg remove ${cluster} MEMBER takes it out'
    FROM pg_stat_replication WHERE application_name ~ ${literal(`^${cluster}-[0-9]+$`)} AND application_name <> ALL (${literal(`{${members.join(',')}}`)}::text[]) HAVING count(*) > 0`;
  return { kind: 'condition', name: `patroni: nobody follows ${cluster} but its members`, check: { argv: shell('psql -XAtq -p "$1" -d postgres -c "$2" 2>/dev/null || :', String(host.vars.pg_port), question), as: host.vars.pg_dbsu, timeout: 15 }, act: [] };
}
