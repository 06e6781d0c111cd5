import type { EtcdMember, EtcdSight } from '../../../../installer/inventory/etcd-sight.ts';

/** An entry of a member of the sample's network, by the last number of its address: `etcd-1` is at 10.10.10.10. */
export const entry = (seq: number, more: Partial<EtcdMember> = {}): EtcdMember => ({ id: `a${seq}`, name: `etcd-${seq}`, peers: [`https://10.10.10.${9 + seq}:2380`], clients: [`https://10.10.10.${9 + seq}:2379`], isLearner: false, ...more });

/** What a member says that is well, and knows these members; one without a leader is told so by ''. */
export const sightOf = (seq: number, members: readonly EtcdMember[], leader = 'a1'): EtcdSight => ({
  data: 'whole',
  isActive: true,
  status: { id: `a${seq}`, ...(leader !== '' && { leader }), isLearner: false, version: '3.4.23', size: 20480, index: 9, applied: 9, errors: leader === '' ? ['etcdserver: no leader'] : [] },
  members,
});

/** The one member of the sample. */
export const alive = sightOf(1, [entry(1)]);
