import type { Host } from '../inventory/inventory.ts';
import type { Resource } from '../resource/resource.ts';
import { memberOf } from '../role/store.ts';
import { aside, destroyed } from './instance.ts';

/** What becomes of what a store holds: kept under another name, unless `minio_rm_data` has it destroyed. A disk that is mounted there stays as it is. */
export function putStore(host: Host, stamp: string): Resource[] {
  const { disks } = memberOf(host);
  return disks.map((path) => (host.vars.minio_rm_data ? destroyed(path) : aside(path, stamp)));
}
