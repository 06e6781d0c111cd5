import { readdir, readlink } from 'node:fs/promises';
import { Fault } from '../../repo/core/fault.ts';
import { exists } from '../../repo/core/files.ts';
import { countPort, dropBridge, raiseBridge, trafficOf, type Traffic } from '../bridge.ts';
import { demand, execute } from '../execute.ts';
import type { NamedSpec } from './spec.ts';

export const bridgeOf = ({ name }: NamedSpec): string => `pgsb-${name}`;

/** The name that the Vagrantfile gives to this machine's end of a node's cable. */
export const portOf = ({ name }: NamedSpec, index: number): string => `pgsb${name}${index + 1}`;

/**
 * The switch of a sandbox of containers. This machine has an address on it, to log in to the nodes; it forwards nothing for
 * them, and answers nothing that they begin.
 */
export async function raiseSwitch(spec: NamedSpec): Promise<void> {
  const bridge = bridgeOf(spec);
  await refuseOverlap(spec);
  await raiseBridge(bridge, spec.network, `${spec.network.replace('.0/24', '.1')}/24`);
  for (const index of spec.nodes.keys()) await countPort(bridge, portOf(spec, index));
  await demand(['nft', '-f', '-'], { stdin: wall(bridge) });
}

export async function dropSwitch(spec: NamedSpec): Promise<void> {
  const bridge = bridgeOf(spec);
  await dropBridge(bridge);
  if (!(await exists(`/sys/class/net/${bridge}`))) await execute(['nft', 'delete', 'table', 'inet', bridge]);
}

/** Everything by which frames of this bridge could leave this machine; nothing where it is closed. */
export async function waysOut(spec: NamedSpec): Promise<string[]> {
  const bridge = bridgeOf(spec);
  const cables = await cablesOut(spec);
  const { stdout } = await execute(['nft', 'list', 'table', 'inet', bridge]);
  const rules = forwarding(bridge).filter((rule) => !stdout.includes(rule));
  return [...cables.map((name) => `${name} is a port of ${bridge}`), ...rules.map((rule) => `the rule "${rule}" is not there`)];
}

/** @throws Fault invalid */
export async function demandClosed(spec: NamedSpec): Promise<void> {
  const ways = await waysOut(spec);
  if (ways.length > 0) throw new Fault('invalid', `the bridge ${bridgeOf(spec)} has a way out`, { details: ways, hint: `pgark sandbox down ${spec.name}, and do not touch the bridge while it is up` });
}

export async function trafficOn(spec: NamedSpec): Promise<Traffic | undefined> {
  return (await exists(`/sys/class/net/${bridgeOf(spec)}`)) ? trafficOf(bridgeOf(spec)) : undefined;
}

/** Ports that are not the cable of a node. */
async function cablesOut(spec: NamedSpec): Promise<string[]> {
  const ours = spec.nodes.map((_, index) => portOf(spec, index));
  const ports = await readdir(`/sys/class/net/${bridgeOf(spec)}/brif`).catch(() => []);
  const others: string[] = [];
  for (const port of ports) if (!ours.includes(port) || !(await readlink(`/sys/class/net/${port}`)).includes('/virtual/')) others.push(port);
  return others;
}

/** A network that this machine reaches some other way already must not be covered by ours. */
async function refuseOverlap(spec: NamedSpec): Promise<void> {
  const { stdout } = await execute(['ip', '-o', 'route', 'show', 'root', spec.network]);
  const others = stdout.split('\n').filter((line) => line.trim() !== '' && !line.includes(` dev ${bridgeOf(spec)} `));
  if (others.length > 0) throw new Fault('invalid', `this machine has a route to ${spec.network} already`, { details: others, hint: `another network in vagrant/specs/${spec.name}.yml` });
}

/** What goes from node to node is no concern of theirs, where br_netfilter shows them that too. */
const forwarding = (bridge: string): string[] => [`iifname "${bridge}" oifname != "${bridge}" drop`, `iifname != "${bridge}" oifname "${bridge}" drop`];

// `add` makes sure that `delete` finds a table.
const wall = (bridge: string): string => `
add table inet ${bridge}
delete table inet ${bridge}
table inet ${bridge} {
  chain forwarded {
    type filter hook forward priority -300; policy accept;
    ${forwarding(bridge).join('\n    ')}
  }
  chain arriving {
    type filter hook input priority -300; policy accept;
    iifname != "${bridge}" return
    ct state established,related accept
    drop
  }
}
`;
