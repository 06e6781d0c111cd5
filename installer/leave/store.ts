import type { Host } from '../inventory/inventory.ts';
import type { ConditionResource, Resource } from '../resource/resource.ts';
import { memberOf } from '../role/store.ts';
import { shell } from '../transport/command.ts';
import { asideName, destroyed } from './instance.ts';

/** What becomes of what a store holds: kept under another name, unless `minio_rm_data` has it destroyed. A disk that is mounted there is left as it is. */
export function putStore(host: Host, stamp: string): Resource[] {
  const { disks } = memberOf(host);
  return disks.map((path) => (host.vars.minio_rm_data ? destroyed(path) : kept(path, asideName(path, stamp))));
}

const kept = (path: string, as: string): ConditionResource => ({
  kind: 'condition',
  name: `${path} is kept as ${as}, unless it is a disk`,
  check: { argv: shell('[ ! -e "$1" ] || mountpoint -q -- "$1"', path) },
  act: [{ argv: ['mv', '-T', '--', path, as] }],
});
