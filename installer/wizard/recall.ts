import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../repo/core/fault.ts';
import { parseInventory, type Draft, type DraftHost } from '../inventory/draft.ts';
import { defaults } from '../inventory/parameters.ts';
import type { Answers } from './answers.ts';
import { layoutOf, othersOf, topologies, type Layout, type Topology } from './topology.ts';

/**
 * The answers that an inventory stands for, as far as it can be said in answers.
 * @throws Fault invalid when it is no inventory, or one that the wizard could not write again
 */
export function recall(text: string, file: string): Partial<Answers> {
  const { hosts } = parse(text, file);
  const topology = topologyOf(hosts);
  if (topology === undefined) {
    throw new Fault('invalid', `${file} is about ${hosts.length} hosts in an order that is none of the wizard's; it would leave things out`, { hint: `change it by hand and have it looked at: pgark configure --inventory ${file}; or give --output FILE to begin another` });
  }
  const [first, ...others] = hosts as [DraftHost, ...DraftHost[]];
  const primary = hosts.findLast((each) => each.vars['pg_role'] === 'primary') ?? first;
  return withoutGaps({
    topology,
    template: hosts.some((each) => each.groups.includes('infra')) ? 'meta' : 'slim',
    address: first.address,
    nodes: others.map(({ address }) => address),
    sshUser: topology === 'single' ? '' : optional(first.vars['ansible_user']),
    sshKey: topology === 'single' ? '' : String(first.vars['ansible_ssh_private_key_file'] ?? ''),
    pg: optional(primary.vars['pg_version']),
    tuning: optional(primary.vars['pg_conf'])?.replace(/\.yml$/, ''),
    ...businessOf(primary),
    domain: (valueOf(first, 'infra_portal') as { home?: { domain?: string } }).home?.domain,
    data: optional(valueOf(first, 'node_data')),
  });
}

/** The one that puts the same things on the same hosts. One host is always a single one. */
function topologyOf(hosts: readonly DraftHost[]): Topology | undefined {
  const addresses = hosts.map(({ address }) => address);
  const shape = shapeOf(hosts);
  return topologies.find((each) => addresses.length === othersOf[each] + 1 && (each === 'single' || isDeepStrictEqual(shape, layoutOf(each, addresses))));
}

function shapeOf(hosts: readonly DraftHost[]): Layout {
  const among = (group: string): string[] => hosts.filter(({ groups }) => groups.includes(group)).map(({ address }) => address);
  const clusters = Map.groupBy(hosts.filter(({ vars }) => vars['pg_cluster'] !== undefined), ({ vars }) => String(vars['pg_cluster']));
  return { infra: among('infra'), etcd: among('etcd'), clusters: [...clusters].map(([name, members]) => ({ name, members: members.map(({ address }) => address) })) };
}

function parse(text: string, file: string): Draft {
  try {
    return parseInventory(text, file);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, error.message, { details: error.details, hint: 'mend it, or move it away to begin anew', cause: error });
  }
}

/** The first database, its owner and its extensions. */
function businessOf({ vars }: DraftHost): Record<string, unknown> {
  const [database] = (vars['pg_databases'] ?? []) as { name?: string; owner?: string; extensions?: (string | { name: string })[] }[];
  return {
    database: database?.name,
    user: database?.owner,
    extensions: database?.extensions?.map((each) => (typeof each === 'string' ? each : each.name)),
  };
}

const valueOf = ({ vars }: DraftHost, name: string): unknown => vars[name] ?? defaults[name];

const optional = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

const withoutGaps = (values: Record<string, unknown>): Partial<Answers> => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Answers>;
