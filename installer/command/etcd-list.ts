import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { exitCodes } from '../../repo/core/fault.ts';
import { etcdRows, printEtcd, type EtcdRows } from './etcd-rows.ts';
import { openEtcd } from './etcd-open.ts';
import { pgOptions, wordsOf } from './pg-open.ts';

export const list: CommandSpec = {
  name: 'etcd list',
  about: 'lists the members of etcd: who leads, how far each is, size, version, alarms',
  options: pgOptions,
  notes: 'It ends with 7 when etcd has no quorum; what each member says of itself stands there all the same.',
  run: async (invocation) => {
    wordsOf(invocation, []);
    return tellEtcd(etcdRows(await openEtcd(invocation)), invocation);
  },
};

export function tellEtcd(rows: EtcdRows, { print }: Invocation): EtcdRows & { exitCode?: number } {
  print(printEtcd(rows));
  return { ...rows, ...(!rows.quorum && { exitCode: exitCodes.unreachable }) };
}
