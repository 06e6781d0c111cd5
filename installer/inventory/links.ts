import { BlockList, isIPv6 } from 'node:net';
import type { Mistake } from '../../repo/core/document.ts';
import type { Draft, DraftHost } from './draft.ts';
import type { Facts, Link } from './facts.ts';
import type { Host } from './inventory.ts';
import { nodeAddress, postgresAddress } from './virtual.ts';

/** The link to the smallest network that an address is in. */
export function linkTo(address: string, { links }: Pick<Facts, 'links'>): Link | undefined {
  return links.filter(({ network }) => isInside(address, network)).toSorted((one, other) => bitsOf(other) - bitsOf(one))[0];
}

/** The length of its network's part. */
export const bitsOf = ({ network }: Link): number => Number(network.split('/')[1]);

function isInside(address: string, network: string): boolean {
  const [start = '', bits] = network.split('/');
  if (isIPv6(start) !== isIPv6(address)) return false;
  const family = isIPv6(start) ? 'ipv6' : 'ipv4';
  const inside = new BlockList();
  inside.addSubnet(start, Number(bits), family);
  return inside.check(address, family);
}

/** A virtual address must be one of a network that each of its hosts is in, unless the inventory names the interface. */
export function checkLinks(draft: Draft, hosts: readonly Host[]): Mistake[] {
  return hosts.flatMap((host) => {
    const { origin } = draft.hosts.find(({ address }) => address === host.address)!;
    const report = (name: string, message: string): Mistake => ({ place: draft.document.valueAt(origin.get(name)!), message: `${name}: ${message}` });
    return wanted(host).flatMap(({ name, address, interface: given }) => (origin.has(name) && given === 'auto' && !linkTo(address, host.facts) ? [report(name, astray(address, host, `${name.replace('address', 'interface')}`))] : []));
  });
}

function wanted({ vars }: Host): { name: keyof DraftHost['vars'] & string; address: string; interface: string }[] {
  const postgres = postgresAddress(vars);
  const node = nodeAddress(vars);
  return [
    ...(postgres === undefined ? [] : [{ name: 'pg_vip_address', address: postgres, interface: vars.pg_vip_interface }]),
    ...(node === undefined ? [] : [{ name: 'vip_address', address: node, interface: vars.vip_interface }]),
  ];
}

function astray(address: string, { name, facts }: Host, parameter: string): string {
  const has = facts.links.map((link) => `${link.network} at ${link.interface}`).join(', ') || 'none';
  return `${address} is in no network of ${name}, whose networks are ${has}; name the interface with ${parameter} if that is meant`;
}
