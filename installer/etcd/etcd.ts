import { isIPv6 } from 'node:net';
import type { Draft, DraftHost } from '../inventory/draft.ts';
import { defaults } from '../inventory/parameters.ts';
import type { Transport } from '../transport/command.ts';

/** The place of a member of etcd in the inventory, and the way to it. */
export interface Seat {
  /** `etcd-1` */
  member: string;
  /** The key of its host in the inventory. */
  address: string;
  transport: Transport;
  /** Where its data lies. */
  data: string;
  /** `https://10.10.10.10:2380`, and for clients. */
  peer: string;
  client: string;
  /** `etcd_safeguard`: nobody is taken out. */
  isSafeguarded: boolean;
  /** `etcd_rm_data` */
  losesData: boolean;
}

/** The etcd of an inventory, in its order, as far as it can be read without speaking to a host. */
export function etcdIn(draft: Draft, transports: ReadonlyMap<string, Transport>): Seat[] {
  return draft.hosts.filter(({ groups }) => groups.includes('etcd')).map((host) => seatOf(host, transports.get(host.address)!));
}

function seatOf({ address, vars }: DraftHost, transport: Transport): Seat {
  const given = (name: string): string => String(vars[name] ?? defaults[name]);
  const url = (port: string): string => `https://${isIPv6(address) ? `[${address}]` : address}:${given(port)}`;
  return {
    member: `${given('etcd_cluster')}-${given('etcd_seq')}`,
    address,
    transport,
    data: given('etcd_data'),
    peer: url('etcd_peer_port'),
    client: url('etcd_port'),
    isSafeguarded: given('etcd_safeguard') === 'true',
    losesData: given('etcd_rm_data') === 'true',
  };
}
