import { readdir, writeFile } from 'node:fs/promises';
import { exists } from '../repo/core/files.ts';
import { demand, execute } from './execute.ts';

/** Frames that hosts gave to a bridge, by kind. `elsewhere` is what was for nobody on the bridge's own subnet. */
export interface Traffic {
  arp: number;
  /** IPv6 neighbour and multicast housekeeping of the kernel itself (RFC 4861, RFC 3810). */
  housekeeping: number;
  inside: number;
  elsewhere: number;
}

/**
 * A switch with no cable to anywhere: hosts on it reach each other and nothing else. It counts from the first frame.
 * `machine`, an address with prefix, lets this machine reach the hosts too.
 */
export async function raiseBridge(bridge: string, subnet: string, machine?: string): Promise<void> {
  if (await exists(`/sys/class/net/${bridge}`)) return;
  await demand(['nft', '-f', '-'], { stdin: counting(bridge, subnet) });
  await demand(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  await writeFile(`/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`, '1');
  if (machine) await demand(['ip', 'address', 'add', machine, 'dev', bridge]);
  await demand(['ip', 'link', 'set', bridge, 'up']);
}

/** Counts what comes from this port too; told before the port exists, so that the first frame counts. */
export async function countPort(bridge: string, port: string): Promise<void> {
  await demand(['nft', 'add', 'element', 'bridge', bridge, 'ports', `{ "${port}" }`]);
}

/** Takes a port off its bridge. The link stays up, as it does for a host whose switch has failed. */
export async function pullOut(port: string): Promise<void> {
  await demand(['ip', 'link', 'set', port, 'nomaster']);
}

/** Removes a port that goes away by itself only when the last process of its host has ended. */
export async function takeAway(port: string): Promise<void> {
  await execute(['ip', 'link', 'delete', port]);
}

export async function plugIn(bridge: string, port: string): Promise<void> {
  await demand(['ip', 'link', 'set', port, 'master', bridge]);
}

/** Removes the bridge once no host hangs on it. */
export async function dropBridge(bridge: string): Promise<void> {
  if (!(await exists(`/sys/class/net/${bridge}`)) || (await readdir(`/sys/class/net/${bridge}/brif`)).length > 0) return;
  await execute(['nft', 'delete', 'table', 'bridge', bridge]);
  await execute(['ip', 'link', 'delete', bridge]);
}

export async function trafficOf(bridge: string): Promise<Traffic> {
  const { nftables } = JSON.parse(await demand(['nft', '--json', 'list', 'table', 'bridge', bridge])) as { nftables: { counter?: { name: string; packets: number } }[] };
  const packets = (name: string): number => {
    const counter = nftables.find((each) => each.counter?.name === name)?.counter;
    if (!counter) throw new Error(`the bridge ${bridge} has no counter ${name}`);
    return counter.packets;
  };
  return { arp: packets('asked'), housekeeping: packets('housekeeping'), inside: packets('inside'), elsewhere: packets('elsewhere') };
}

// Deleting a table that may be a leftover: `add` makes sure that `delete` finds one.
const counting = (bridge: string, subnet: string): string => `
add table bridge ${bridge}
delete table bridge ${bridge}
table bridge ${bridge} {
  set ports { type ifname; }
  counter asked { }
  counter housekeeping { }
  counter inside { }
  counter elsewhere { }
  chain arriving {
    type filter hook prerouting priority -300; policy accept;
    iifname != @ports return
    ether type arp counter name asked accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } counter name housekeeping accept
    ${subnet.includes(':') ? 'ip6' : 'ip'} daddr ${subnet} counter name inside accept
    counter name elsewhere
  }
}
`;
