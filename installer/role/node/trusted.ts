import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { virtualAddresses } from '../../inventory/virtual.ts';

/** The networks of the inventory, and the hosts of the deployment that are in none of them: they must reach each other. */
export function trusted({ vars }: Host, { hosts }: Inventory): string[] {
  const inside = new BlockList();
  for (const network of vars.node_firewall_intranet) {
    const [address = '', prefix] = network.split('/');
    inside.addSubnet(address, Number(prefix), familyOf(address));
  }
  // A virtual address is now here and now there: whoever has it must not look like another host for that.
  const virtual = new Set(hosts.flatMap((host) => virtualAddresses(host.vars)));
  const addresses = hosts.flatMap(({ address, facts }) => (isIP(address) > 0 ? [address] : facts.addresses.filter((each) => !virtual.has(each))));
  const outside = addresses.filter((address) => !inside.check(address, familyOf(address)));
  return [...vars.node_firewall_intranet, ...[...new Set(outside)].sort()];
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
