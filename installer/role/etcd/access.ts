import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { etcdPrefix } from './client.ts';

/** A password that must hold, and the one that may still hold where it was changed. */
export interface Password {
  value: Secret;
  former?: Secret | undefined;
}

/** Who reads and writes the keys of a cluster in etcd. */
export interface ClusterUser {
  cluster: string;
  user: string;
  password: Secret;
}

/** Who may do what in etcd: root everything, each PostgreSQL cluster its own keys, anybody else nothing. */
export function accessRules(root: Password, users: readonly ClusterUser[]): ConditionResource[] {
  return [
    {
      kind: 'condition',
      name: 'etcd: nobody gets in without a user, and root with its password',
      check: { argv: shell(`${asRoot} ${given} ${rootGetsIn} && ! ${strangerGetsIn}`), stdin: lines(root.value) },
      act: [{ argv: shell(`${asRoot} ${lock}`), stdin: lines(root.value, root.former) }],
    },
    ...users.map(userRule),
  ];
}

function userRule({ cluster, user, password }: ClusterUser): ConditionResource {
  const prefix = etcdPrefix(cluster);
  const role = rights(cluster, prefix);
  return {
    kind: 'condition',
    name: `etcd: user ${user} reads and writes ${prefix}, and nothing else`,
    check: { argv: shell(`${asRoot} ${hasRights} && ${hasPassword}`, user, prefix, role), stdin: lines(password) },
    act: [{ argv: shell(`${asRoot} ${grant}`, user, prefix, role, cluster), stdin: lines(password) }],
  };
}

/** What `etcdctl role get` says of a role with one prefix, in 3.4 as in 3.5: a range that ends where "/" is counted up to "0". */
function rights(role: string, prefix: string): string {
  const range = `\t[${prefix}, ${prefix.slice(0, -1)}0) (prefix ${prefix})`;
  return `Role ${role}\nKV Read:\n${range}\nKV Write:\n${range}`;
}

/** Passwords on standard input, a line each. */
const lines = (...secrets: readonly (Secret | undefined)[]): Secret => sealed((reveal) => secrets.map((secret) => `${secret ? reveal(secret) : ''}\n`).join(''));

export const asRoot = 'set -a; . /etc/etcd/etcdctl.env; set +a;';

/** The wanted password, whatever the settings on the host say at this moment. */
const given = 'IFS= read -r ETCDCTL_PASSWORD;';

const rootGetsIn = 'etcdctl user get root >/dev/null 2>&1';

/** While authentication is off, root gets in with any password: so a stranger must be turned away as well. */
const strangerGetsIn = '(unset ETCDCTL_USER ETCDCTL_PASSWORD; etcdctl get / --limit=1 >/dev/null 2>&1)';

/** Root comes first: authentication can only be enabled once there is a root. Its password is changed by whoever still gets in. */
const lock = `
IFS= read -r password
IFS= read -r former || former=
set_password() { printf '%s\\n' "$password" | etcdctl user "$1" root --interactive=false; }
for ETCDCTL_PASSWORD in "$password" "$former" ''; do
  if [ -z "$ETCDCTL_PASSWORD" ] || ${rootGetsIn}; then break; fi
done
verb=passwd
if [ -z "$ETCDCTL_PASSWORD" ]; then verb=add ETCDCTL_PASSWORD=$password; fi
set_password "$verb"
ETCDCTL_PASSWORD=$password
etcdctl user grant-role root root
etcdctl auth enable`;

const hasRights = `[ "$(etcdctl user get "$1" --detail 2>/dev/null)" = "User: $1

$3" ]`;

const hasPassword = '{ IFS= read -r password; ETCDCTL_USER=$1 ETCDCTL_PASSWORD=$password etcdctl get "$2" --prefix --keys-only --limit=1 >/dev/null 2>&1; }';

/** A role with other rights is made anew, and a user loses every role but its own: rights that were added by hand do not stay. */
const grant = `
role=$(etcdctl role get "$4" 2>/dev/null || :)
if [ "$role" != "$3" ]; then
  [ -z "$role" ] || etcdctl role delete "$4"
  etcdctl role add "$4"
  etcdctl role grant-permission "$4" readwrite "$2" --prefix=true
fi
if user=$(etcdctl user get "$1" 2>/dev/null); then etcdctl user passwd "$1" --interactive=false; else etcdctl user add "$1" --interactive=false; fi
for other in $(printf '%s\\n' "$user" | sed -n 's/^Roles: *//p'); do
  [ "$other" = "$4" ] || etcdctl user revoke-role "$1" "$other"
done
etcdctl user grant-role "$1" "$4"`;
