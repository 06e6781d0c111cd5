import { Fault } from '../../repo/core/fault.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { hasData, livingMembers, standingOf } from '../role/etcd/standing.ts';
import { memberName, peerOf } from '../role/etcd/client.ts';

/** A host that nobody reached. */
type Lost = Readonly<{ address: string }>;

/** What a reader of a plan must know of etcd: that it has no quorum, and who is why; members that the inventory does not have. */
export function etcdWarnings(inventory: Inventory, lostHosts: readonly Lost[]): string[] {
  const lost = new Set(lostHosts.map(({ address }) => address));
  const members = livingMembers(inventory);
  if (members === undefined) return waits(inventory) ? [`etcd has no quorum: ${tell(inventory, lost).join('; ')}`] : [];
  const hosts = inventory.group('etcd');
  const own = new Set(hosts.flatMap((host) => [peerOf(host), host.facts.etcd?.status?.id ?? '']));
  const strangers = members.filter(({ id, peers }) => ![id, ...peers].some((each) => own.has(each)));
  return strangers.map(({ id, name, peers }) => `etcd has a member that the inventory does not have: ${name || id} at ${peers.join(', ')}. pgark etcd remove ${name || id} takes it out`);
}

/**
 * Why a run cannot bring etcd to a quorum, whatever it starts: then nothing is begun. Where it is most of the hosts that are out of reach, what stands on etcd
 * is held back by that, and the rest can be done.
 * @throws Fault apply
 */
export function refuseLostQuorum(inventory: Inventory, lostHosts: readonly Lost[]): void {
  const lost = new Set(lostHosts.map(({ address }) => address));
  const hosts = inventory.group('etcd');
  if (hosts.length === 0 || livingMembers(inventory) !== undefined) return;
  if (!waits(inventory)) return refuseBeginning(hosts, inventory, lost);
  if (hosts.filter(({ address }) => lost.has(address)).length * 2 >= hosts.length) return;
  const able = hosts.filter((host) => !lost.has(host.address) && hasData(host));
  const told = able.find(({ facts }) => facts.etcd?.status !== undefined);
  // What is stopped tells nobody how many they are: that shows when it runs.
  if (!told) return;
  const voters = told.facts.etcd!.members?.filter(({ isLearner }) => !isLearner).length ?? hosts.length;
  const need = Math.floor(voters / 2) + 1;
  if (able.length >= need) return;
  throw new Fault('apply', `etcd has no quorum: ${able.length} of ${voters} members can take part, and it takes ${need}`, { details: tell(inventory, lost), hint: 'bring the hosts back that cannot be reached; where the data of most members is gone for ever: docs/operations.md, "etcd"' });
}

/** A beginning is not for some of many: it takes a quorum, and nobody among the others who might know an older one. */
function refuseBeginning(hosts: readonly Host[], inventory: Inventory, lost: ReadonlySet<string>): void {
  const here = hosts.filter(({ address }) => !lost.has(address));
  if (hosts.some(({ vars }) => vars.etcd_init === 'existing')) throw new Fault('apply', 'no etcd lives, and etcd_init: existing says that none is begun', { details: tell(inventory, lost), hint: 'etcd_init: new lets it begin' });
  if (here.length * 2 > hosts.length) return;
  throw new Fault('apply', `etcd cannot begin: ${here.length} of ${hosts.length} members are there, and it takes more than half`, { details: tell(inventory, lost), hint: 'when the hosts are back: pgark apply' });
}

const waits = (inventory: Inventory): boolean => inventory.group('etcd').some((host) => standingOf(host, inventory) === 'starts');

const tell = (inventory: Inventory, lost: ReadonlySet<string>): string[] => inventory.group('etcd').map((host) => `${memberName(host, inventory)} (${host.address}) ${lost.has(host.address) ? 'cannot be reached' : conditionOf(host)}`);

function conditionOf(host: Host): string {
  const { etcd } = host.facts;
  if (etcd?.status) return 'runs and knows no leader';
  if (!hasData(host)) return 'has no data';
  return etcd?.isActive ? 'waits for the others' : 'is stopped';
}
