import type { EtcdMember } from '../../inventory/etcd-sight.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { peerOf } from './client.ts';

/**
 * What is to become of the etcd of a host: it is a member (`stands`); its first start has to be brought to its end (`finishes`); the others have to take it
 * in, anew where its data is gone (`joins`); it has data and does not answer, or nobody has a quorum (`starts`); nobody has any data yet (`founds`).
 */
export type Standing = 'stands' | 'finishes' | 'joins' | 'starts' | 'founds';

export function standingOf(host: Host, inventory: Inventory): Standing {
  const members = livingMembers(inventory);
  const { data, status } = host.facts.etcd ?? { data: 'none' };
  if (members === undefined) return hasData(host) ? 'starts' : inventory.group('etcd').some(hasData) ? 'joins' : 'founds';
  const own = ownEntry(host, members);
  if (own === undefined || own.name === '' || data === 'none') return 'joins';
  if (hasData(host)) return status ? 'stands' : 'starts';
  return status?.leader === undefined ? 'joins' : 'finishes';
}

/** Whom an etcd with a quorum has as members; undefined where there is no quorum. */
export function livingMembers(inventory: Inventory): readonly EtcdMember[] | undefined {
  return inventory.group('etcd').flatMap(({ facts: { etcd } }) => (etcd?.status?.leader !== undefined && etcd.members ? [etcd.members] : []))[0];
}

/** The entry of a host among the members: by what it says itself, else by where it is. */
function ownEntry(host: Host, members: readonly EtcdMember[]): EtcdMember | undefined {
  const id = host.facts.etcd?.status?.id;
  return members.find((member) => member.id === id) ?? members.find(({ peers }) => peers.includes(peerOf(host)));
}

/** Also where nobody knows. */
export const hasData = ({ facts: { etcd } }: Host): boolean => etcd?.data === 'whole' || etcd?.data === 'unknown';
