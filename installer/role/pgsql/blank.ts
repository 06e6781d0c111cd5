import type { Host } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isRunning, membersOf } from '../instance.ts';
import type { Role } from '../role.ts';
import { asking, isUnread, why } from './unread.ts';
import { isStandby } from './upstream.ts';

/**
 * Before a cluster begins: a repository that holds backups of one of the same name belongs to that one, which has lost its data. A new, empty one would
 * be mixed into it. One that cannot be read may hold some.
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
    check: { argv: shell(`[ -e "$2/PG_VERSION" ] || { command -v pgbackrest >/dev/null || exit 1; ${asking()}; ! ${holds} && ! ${isUnread}; }`, cluster, vars.pg_data), as: vars.pg_dbsu },
    act: [{ argv: shell(refusing, cluster), as: vars.pg_dbsu }],
  };
}

const holds = `printf %s "$said" | grep -q '"backup":\\[{'`;

const refusing = `
${asking()}
if ${holds}; then
  echo "the repository holds backups of $1, and no member of it has data: pgark restore --cluster $1 --latest brings it back; for a new cluster take another name" >&2
  exit 1
fi
if ${isUnread}; then
  echo "nobody can tell whether there are backups of $1: a repository cannot be read" >&2
${why}
  exit 1
fi`;
