import { askArchiving, readArchiving } from '../backup/archiving.ts';
import { readInfo } from '../backup/info.ts';
import { askSchedule, readSchedule } from '../backup/schedule.ts';
import { standingOf, type BackupStanding } from '../backup/standing.ts';
import type { Host } from '../inventory/inventory.ts';
import { askProofs, readProofs, type ProofRecord } from '../proof/result.ts';
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
  /** What became of proofs of backups on it. */
  proofs?: readonly ProofRecord[];
  /** Of the member that leads. */
  backing?: BackupStanding;
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
  const answers = await transport.probe([lastReceipt, proofsOf(host), ...backupsOf(host), ...units.map(service.probe)]);
  const [receipt, proofs, info, archiver, timers, ...states] = answers;
  const proven = readProofs(proofs!);
  return {
    host: host.name,
    address: host.address,
    services: units.map((unit, index) => ({ unit: unit.unit, state: stateOf(states[index]!) })),
    ...optional('backups', readBackups(info!)),
    ...optional('backing', readBacking(host, [info!, archiver!, timers!])),
    ...(proven.length > 0 && { proofs: proven }),
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

const isBackedUp = (host: Host): boolean => isRunning(host) && host.vars.pgbackrest_enabled;

const proofsOf = (host: Host): Command => (isBackedUp(host) ? askProofs : nothing);

/** What is in the repositories, how archiving goes, and the timers. */
function backupsOf(host: Host): [Command, Command, Command] {
  if (!isBackedUp(host)) return [nothing, nothing, nothing];
  const { vars } = host;
  const info: Command = { argv: ['pgbackrest', `--stanza=${instanceOf(host).cluster}`, '--output=json', 'info'], as: vars.pg_dbsu, timeout: 30 };
  return [info, askArchiving({ dbsu: vars.pg_dbsu, port: String(vars.pg_port) }), askSchedule];
}

function readBackups({ code, stdout }: Completed): Backup[] | undefined {
  if (code !== 0 || stdout.trim() === '') return undefined;
  return readInfo(stdout).flatMap(({ backups }) => backups.map(({ label, type, ended, error }) => ({ label, type, ended, error })));
}

/** A replica has nothing to tell of the backups of its cluster. */
function readBacking(host: Host, [info, archiver, timers]: [Completed, Completed, Completed]): BackupStanding | undefined {
  const archiving = readArchiving(archiver);
  if (!isBackedUp(host) || !archiving?.leads || info.code !== 0) return undefined;
  const stanza = readInfo(info.stdout).find(({ name }) => name === instanceOf(host).cluster);
  return stanza && standingOf(host.vars.pgbackrest_method, stanza, archiving, readSchedule(timers));
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
