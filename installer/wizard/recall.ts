import { Fault } from '../../repo/core/fault.ts';
import { parseInventory, type Draft, type DraftHost } from '../inventory/draft.ts';
import { defaults } from '../inventory/parameters.ts';
import type { Answers } from './answers.ts';

/**
 * The answers that an inventory stands for, as far as it can be said in answers.
 * @throws Fault invalid when it is no inventory, or one that the wizard could not write again
 */
export function recall(text: string, file: string): Partial<Answers> {
  const { hosts } = parse(text, file);
  if (hosts.length > 1) {
    throw new Fault('invalid', `${file} is about ${hosts.length} hosts; the wizard would leave out all but one`, { hint: 'change it by hand, or give --output FILE to begin another' });
  }
  const host = hosts.find((each) => each.vars['pg_role'] === 'primary') ?? hosts[0]!;
  return withoutGaps({
    topology: 'single',
    template: hosts.some((each) => each.groups.includes('infra')) ? 'meta' : 'slim',
    address: host.address,
    pg: optional(host.vars['pg_version']),
    tuning: optional(host.vars['pg_conf'])?.replace(/\.yml$/, ''),
    ...businessOf(host),
    domain: (valueOf(host, 'infra_portal') as { home?: { domain?: string } }).home?.domain,
    data: optional(valueOf(host, 'node_data')),
  });
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
