import type { ConditionResource } from '../resource/resource.ts';
import { clientSettings } from '../role/etcd/etcd.ts';
import { etcdPrefix } from '../role/etcd/client.ts';
import { shell } from '../transport/command.ts';

/** Nothing of a cluster is left in etcd: its keys, its users, of which a change of passwords may have made another, and its role. */
export function forget(cluster: string): ConditionResource {
  const words = [cluster, etcdPrefix(cluster)] as const;
  return {
    kind: 'condition',
    name: `etcd: nothing is left of ${cluster}`,
    check: { argv: shell(`${asRoot} ${users} [ -z "$users" ] && ! etcdctl role list | grep -qxF -- "$1" && [ -z "$(etcdctl get "$2" --prefix --keys-only --limit=1)" ]`, ...words) },
    act: [{ argv: shell(`${asRoot} ${users} ${forgetting}`, ...words) }],
  };
}

const asRoot = `set -a; . ${clientSettings}; set +a;`;

// A name of a cluster has letters, digits and hyphens; what follows a dot is the number of a change of its password.
const users = `all=$(etcdctl user list); users=$(printf '%s\\n' "$all" | grep -xE -- "$1([.][0-9]+)?" || :);`;

const forgetting = `
for user in $users; do etcdctl user delete "$user"; done
if etcdctl role list | grep -qxF -- "$1"; then etcdctl role delete "$1"; fi
etcdctl del "$2" --prefix`;
