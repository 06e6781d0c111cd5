import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { etcdPrefix } from './client.ts';

/** Who may do what in etcd: root everything, each PostgreSQL cluster its own keys, anybody else nothing. */
export function accessRules(root: Secret, users: readonly { cluster: string; password: Secret }[]): ConditionResource[] {
  return [
    {
      kind: 'condition',
      name: 'etcd: nobody gets in without a user, and root with its password',
      check: { argv: shell(`${asRoot} ${rootGetsIn} && ! ${strangerGetsIn}`) },
      act: [{ argv: shell(`${asRoot} ${lock}`), stdin: line(root) }],
    },
    ...users.map(({ cluster, password }) => userRule(cluster, password)),
  ];
}

function userRule(cluster: string, password: Secret): ConditionResource {
  const prefix = etcdPrefix(cluster);
  const role = rights(cluster, prefix);
  return {
    kind: 'condition',
    name: `etcd: user ${cluster} reads and writes ${prefix}, and nothing else`,
    check: { argv: shell(`${asRoot} ${hasRights} && ${hasPassword}`, cluster, prefix, role), stdin: line(password) },
    act: [{ argv: shell(`${asRoot} ${grant}`, cluster, prefix, role), stdin: line(password) }],
  };
}

/** What `etcdctl role get` says of a role with one prefix, in 3.4 as in 3.5: a range that ends where "/" is counted up to "0". */
function rights(role: string, prefix: string): string {
  const range = `\t[${prefix}, ${prefix.slice(0, -1)}0) (prefix ${prefix})`;
  return `Role ${role}\nKV Read:\n${range}\nKV Write:\n${range}`;
}

const line = (secret: Secret): Secret => sealed((reveal) => `${reveal(secret)}\n`);

const asRoot = 'set -a; . /etc/etcd/etcdctl.env; set +a;';

const rootGetsIn = 'etcdctl user get root >/dev/null 2>&1';

/** While authentication is off, root gets in with any password: so a stranger must be turned away as well. */
const strangerGetsIn = '(unset ETCDCTL_USER ETCDCTL_PASSWORD; etcdctl get / --limit=1 >/dev/null 2>&1)';

/** Root comes first: authentication can only be enabled once there is a root. */
const lock = `
password=$(cat)
if etcdctl user get root >/dev/null 2>&1; then
  printf '%s\\n' "$password" | etcdctl user passwd root --interactive=false
else
  printf '%s\\n' "$password" | etcdctl user add root --interactive=false
fi
etcdctl user grant-role root root
etcdctl auth enable`;

const hasRights = `[ "$(etcdctl user get "$1" --detail 2>/dev/null)" = "User: $1

$3" ]`;

const hasPassword = '{ IFS= read -r password; ETCDCTL_USER=$1 ETCDCTL_PASSWORD=$password etcdctl get "$2" --prefix --keys-only --limit=1 >/dev/null 2>&1; }';

/** A role with other rights is made anew, and a user loses every role but its own: rights that were added by hand do not stay. */
const grant = `
role=$(etcdctl role get "$1" 2>/dev/null || :)
if [ "$role" != "$3" ]; then
  [ -z "$role" ] || etcdctl role delete "$1"
  etcdctl role add "$1"
  etcdctl role grant-permission "$1" readwrite "$2" --prefix=true
fi
if user=$(etcdctl user get "$1" 2>/dev/null); then etcdctl user passwd "$1" --interactive=false; else etcdctl user add "$1" --interactive=false; fi
for other in $(printf '%s\\n' "$user" | sed -n 's/^Roles: *//p'); do
  [ "$other" = "$1" ] || etcdctl user revoke-role "$1" "$other"
done
etcdctl user grant-role "$1" "$1"`;
