import type { Host } from '../inventory/inventory.ts';
import { parseUnit } from '../resource/unit.ts';
import { service } from '../resource/service.ts';
import type { ServiceResource } from '../resource/resource.ts';
import { instanceOf, isRunning } from '../role/instance.ts';
import type { Command, Completed, Transport } from '../transport/command.ts';
import { lastReceipt, type Receipt } from './receipt.ts';
import type { Wanted } from './wanted.ts';

export interface HostStatus {
  host: string;
  address: string;
  services: readonly { unit: string; state: 'running' | 'starting' | 'stopped' }[];
  backups?: readonly Backup[];
  lastRun?: { at: string; result: Receipt['result']; by: string };
}

export interface Backup {
  label: string;
  type: string;
  /** RFC 3339, UTC. */
  ended: string;
  error: boolean;
}

/** Asks a host how it is, in one round trip. */
export async function askStatus({ host, items }: Wanted, transport: Transport): Promise<HostStatus> {
  const units = items.flatMap(({ resource }) => (resource.kind === 'service' && resource.running ? [withoutReady(resource)] : []));
  const answers = await transport.probe([lastReceipt, backupsOf(host), ...units.map(service.probe)]);
  const [receipt, backups, ...states] = answers;
  return {
    host: host.name,
    address: host.address,
    services: units.map((unit, index) => ({ unit: unit.unit, state: stateOf(states[index]!) })),
    ...optional('backups', readBackups(backups!)),
    ...optional('lastRun', readLast(receipt!)),
  };
}

/** The state of the unit itself is asked here; whether it is ready is the plan's question. */
function withoutReady({ kind, unit, enabled, running }: ServiceResource): ServiceResource {
  return { kind, unit, enabled, running };
}

function stateOf(answer: Completed): 'running' | 'starting' | 'stopped' {
  if (!parseUnit(answer).active) return 'stopped';
  return answer.stdout.includes('ActiveState=activating') ? 'starting' : 'running';
}

const nothing: Command = { argv: ['true'] };

const backupsOf = (host: Host): Command => (isRunning(host) && host.vars.pgbackrest_enabled ? { argv: ['pgbackrest', `--stanza=${instanceOf(host).cluster}`, '--output=json', 'info'], as: host.vars.pg_dbsu, timeout: 30 } : nothing);

/** pgbackrest info --output=json: `[{"backup":[{"label","type","error","timestamp":{"stop"}}]}]` */
function readBackups(answer: Completed): Backup[] | undefined {
  const stanzas = readJson(answer) as { backup?: { label: string; type: string; error?: boolean; timestamp: { stop: number } }[] }[] | undefined;
  return stanzas?.flatMap(({ backup = [] }) => backup.map(({ label, type, error, timestamp }) => ({ label, type, ended: new Date(timestamp.stop * 1000).toISOString(), error: error === true })));
}

function readLast(answer: Completed): HostStatus['lastRun'] | undefined {
  const receipt = readJson(answer) as Receipt | undefined;
  return receipt && { at: receipt.ended ?? receipt.started, result: receipt.result, by: receipt.by };
}

/** Undefined for a program that is not there, did not answer, or had nothing to say. */
function readJson({ code, stdout }: Completed): unknown {
  if (code !== 0 || stdout.trim() === '') return undefined;
  return JSON.parse(stdout) as unknown;
}

const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } => (value === undefined ? {} : ({ [key]: value } as { [P in K]?: V }));
