import { sealed } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';
import { endpointOf, firstMembers, isMember } from '../store.ts';
import { clientOf } from './engine.ts';
import { rootPassword } from './files.ts';

/** The client of the stores, for administrators on infra hosts and on members: `mcli ls sss`. */
export const storeClient: Role = {
  name: 'store client',
  rollout: 'together',
  plays: (host, inventory) => firstMembers(inventory).length > 0 && (isMember(host, inventory) || host.groups.includes('infra')),
  needs: (_host, inventory) => firstMembers(inventory).map(({ address, vars }) => ({ what: `the store ${vars.minio_cluster}`, role: 'minio', hosts: [address] })),
  components: () => ['mcli'],
  resources: (_host, inventory) => firstMembers(inventory).map((store) => alias(store, inventory)),
};

/** What somebody calls by another name stays; keys go in on standard input. */
export function alias(store: Host, inventory: Inventory): ConditionResource {
  const { minio_alias: name, minio_access_key: key } = store.vars;
  const password = rootPassword(store, inventory);
  const words = [clientOf(inventory.bundle), name, endpointOf(store)] as const;
  const env = { HOME: '/root' };
  return {
    kind: 'condition',
    name: `store: root calls ${endpointOf(store)} ${name}`,
    check: { argv: shell('"$1" --json alias list "$2" 2>/dev/null | grep -qF "\\"URL\\":\\"$3\\"" && "$1" ls "$2" >/dev/null 2>&1', ...words), env },
    act: [{ argv: shell('"$1" alias set "$2" "$3" >/dev/null', ...words), stdin: sealed((reveal) => `${key}\n${reveal(password)}\n`), env }],
  };
}
