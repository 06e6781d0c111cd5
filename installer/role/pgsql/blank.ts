import type { Host } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isRunning, membersOf } from '../instance.ts';
import type { Role } from '../role.ts';
import { isStandby } from './upstream.ts';

/**
 * Before a cluster begins: a repository that holds backups of one of the same name belongs to that one, which has lost its data. A new, empty one would
 * be mixed into it.
 */
export const blank: Role = {
  name: 'blank repository',
  rollout: 'together',
  plays: (host, inventory) => isRunning(host) && host.vars.pgbackrest_enabled && !isStandby(host, inventory) && membersOf(host, inventory).every(({ facts }) => facts.postgres === 'none'),
  resources: (host) => [noBackups(host)],
};

function noBackups(host: Host): ConditionResource {
  const { vars } = host;
  const { cluster } = instanceOf(host);
  return {
    kind: 'condition',
    name: `pgbackrest: where ${cluster} begins anew, there are no backups of it`,
    check: { argv: shell(`[ -e "$2/PG_VERSION" ] || { command -v pgbackrest >/dev/null && ! { ${held}; }; }`, cluster, vars.pg_data), as: vars.pg_dbsu },
    act: [{ argv: shell(`if ${held}; then echo "the repository holds backups of $1, and no member of it has data: pgark restore --cluster $1 --latest brings it back; for a new cluster take another name" >&2; exit 1; fi`, cluster), as: vars.pg_dbsu }],
  };
}

const held = `pgbackrest --stanza="$1" --output=json --log-level-console=off info 2>/dev/null | grep -q '"backup":\\[{'`;
