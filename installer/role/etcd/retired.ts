import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';
import { asRoot } from './access.ts';
import { clustersOf, etcdPassword, etcdUser } from './client.ts';

/**
 * After a rotation, the users of etcd that a cluster no longer has. Its place is after everything that speaks to etcd: who has not heard of the new
 * user gets in with the old one until then.
 */
export const etcdRetired: Role = {
  name: 'etcd-retired',
  rollout: 'together',
  plays: (host, inventory) => inventory.group('etcd')[0]?.address === host.address && rotated(inventory).length > 0,
  resources: (_host, inventory) => rotated(inventory).map((cluster) => retired(cluster, etcdUser(cluster, inventory), patience(inventory.cluster(cluster)))),
};

const rotated = (inventory: Inventory): string[] => clustersOf(inventory).filter((cluster) => inventory.generation(etcdPassword(cluster)) > 0);

/** Patroni reads its settings when a round of its loop begins, which may last as long as it tries to reach etcd. */
function patience(members: readonly Host[]): number {
  return Math.max(...members.map(({ vars }) => vars.pg_rto_plan[vars.pg_rto].loop + vars.pg_rto_plan[vars.pg_rto].retry)) + 2;
}

/** Names of clusters have no dot; behind one stands the number of a rotation. */
function retired(cluster: string, user: string, seconds: number): ConditionResource {
  const others = `all=$(etcdctl user list); others=$(printf '%s\\n' "$all" | grep -xE -- "$1([.][0-9]+)?" | grep -vxF -- "$2" || :);`;
  return {
    kind: 'condition',
    name: `etcd: ${user} is the only user of ${cluster}`,
    check: { argv: shell(`${asRoot} ${others} [ -z "$others" ]`, cluster, user) },
    act: [{ argv: shell(`sleep "$3"; ${asRoot} ${others} for other in $others; do etcdctl user delete "$other"; done`, cluster, user, String(seconds)), timeout: seconds + 60 }],
  };
}
