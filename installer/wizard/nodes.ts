import { BlockList, isIP } from 'node:net';
import { canonical } from '../inventory/unique.ts';
import type { Machine } from './machine.ts';
import type { Texts } from './text.ts';
import { othersOf, type Topology } from './topology.ts';

/** Everything that is wrong with the addresses of the other hosts, or undefined. Without a topology their number is not known yet. */
export function mistakesInNodes(nodes: readonly string[], known: { topology?: Topology | undefined; address?: string | undefined; machine: Machine; texts: Texts }): string | undefined {
  const { topology, texts } = known;
  const wanted = topology === undefined ? undefined : othersOf[topology];
  const number = wanted === undefined || nodes.length === wanted ? [] : [texts.wrong.nodes(topology!, wanted, nodes.length)];
  const each = nodes.flatMap((node, index) => mistakeInNode(node, nodes.slice(0, index), known) ?? []);
  return [...number, ...each].join('; ') || undefined;
}

/** What is wrong with the address of one, after those `before` it. */
export function mistakeInNode(node: string, before: readonly string[], { address, machine, texts }: { address?: string | undefined; machine: Machine; texts: Texts }): string | undefined {
  if (!isReachable(node)) return texts.wrong.node(node);
  const same = (other: string): boolean => isIP(other) > 0 && canonical(other) === canonical(node);
  if ([address ?? '', ...machine.addresses].some(same)) return texts.wrong.nodeHere(node);
  return before.some(same) ? texts.wrong.nodeTwice(node) : undefined;
}

/** Whether an address can lead from one host to another at all. */
export function isReachable(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  return !canonical(address).startsWith('::ffff:') && !nowhere.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

// RFC 6890: this network, loopback, link-local, multicast and what is reserved.
const nowhere = new BlockList();
for (const [network, prefix] of [['0.0.0.0', 8], ['127.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3]] as const) nowhere.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [['::', 127], ['fe80::', 10], ['ff00::', 8]] as const) nowhere.addSubnet(network, prefix, 'ipv6');
