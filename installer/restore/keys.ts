import { Fault } from '../../repo/core/fault.ts';
import { etcdPrefix } from '../role/etcd/client.ts';
import { clientSettings } from '../role/etcd/etcd.ts';
import { instanceOf } from '../role/instance.ts';
import { shell } from '../transport/command.ts';
import { must } from './on.ts';
import type { Site } from './site.ts';

/**
 * What etcd remembers of a cluster speaks of the data that it had: how far it was, and who was as far. With it nobody who has less would be let lead. Its
 * settings stay, without a pause.
 */
export async function forgetKeys(site: Site): Promise<void> {
  const { transport } = voiceOf(site);
  const prefix = etcdPrefix(instanceOf(site.restoring).cluster);
  await must(transport, 'etcd forgets how far the cluster was', { argv: shell(forgetting, prefix, clientSettings), timeout: 120 });
  const told = (await must(transport, 'etcd tells the settings of the cluster', { argv: shell(telling, `${prefix}config`, clientSettings), timeout: 60 })).trim();
  if (told === '') return;
  const { pause, ...settings } = JSON.parse(told) as Record<string, unknown>;
  if (pause === true) await must(transport, 'etcd forgets the pause', { argv: shell(putting, `${prefix}config`, clientSettings), stdin: JSON.stringify(settings), timeout: 60 });
}

/** Any member of etcd can say it for all. */
function voiceOf({ inventory, seatAt }: Site): { transport: Site['seat']['transport'] } {
  const [host] = inventory.group('etcd');
  if (!host) throw new Fault('invalid', 'the inventory has no etcd');
  return seatAt(host);
}

const asRoot = 'set -a; . "$2"; set +a;';

/** All that sorts before the settings, and all that sorts after them: the end of a range is not in it (etcdctl(1)). */
const forgetting = `${asRoot}
etcdctl --command-timeout=20s del "$1" "$1config" >/dev/null
etcdctl --command-timeout=20s del "$1config " "\${1%/}0" >/dev/null`;

const telling = `${asRoot} etcdctl --command-timeout=20s get "$1" --print-value-only`;

const putting = `${asRoot} etcdctl --command-timeout=20s put "$1" >/dev/null`;
