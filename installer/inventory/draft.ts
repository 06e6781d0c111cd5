import { isIP } from 'node:net';
import { openDocument, spell, type Mistake, type OpenDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';
import { guess } from './guess.ts';
import { checkIdentities } from './identity.ts';
import { withoutEffect } from './known.ts';
import { defaults, isParameter, parameters, secretParameters, type ParameterName } from './parameters.ts';
import { meaningOn, resolve, secretsIn, type Meaning } from './placeholder.ts';
import { readSkeleton, type Group, type Place, type Report, type Skeleton } from './places.ts';

/** A host as the inventory describes it, before anybody has looked at it. */
export interface DraftHost {
  /** Its key in the inventory. */
  address: string;
  groups: readonly string[];
  /** What the inventory says about it: all.vars < group < host. Placeholders are still in it. */
  vars: Readonly<Record<string, unknown>>;
  /** Where each of these stands in the document. */
  origin: ReadonlyMap<string, readonly string[]>;
}

/** An inventory that is read and checked as far as that is possible without the hosts, the vault and the bundle. */
export interface Draft {
  document: OpenDocument;
  hosts: readonly DraftHost[];
  /** `${secret.NAME}` in it. */
  secrets: readonly string[];
  /** `pgark.yml:14:7  grafana_port (infra) is not implemented yet and has no effect` */
  warnings: readonly string[];
}

/**
 * Reads the text of an inventory. Every mistake is told at once, with its place.
 * @throws Fault invalid
 */
export function parseInventory(text: string, file: string): Draft {
  const document = openDocument(text, file);
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];
  const into = (list: Mistake[]): Report => (path, message, at = 'value') => list.push({ place: at === 'key' ? document.keyAt(path) : document.valueAt(path), message });
  const report = into(mistakes);
  const skeleton = readSkeleton(document.value, report);
  const hosts = withAdmin(draftHosts(skeleton, report));
  for (const { place, host } of placesOf(skeleton, hosts)) {
    checkNames(place, document, report, warnings);
    mistakes.push(...checkValues(place, host, document));
  }
  checkIdentities({ groups: skeleton.groups, hosts, report, warn: into(warnings) });
  checkShared(hosts, report);
  refuse(document, mistakes);
  return { document, hosts, secrets: [...new Set(secretsIn(document.value))].sort(), warnings: [...new Set(inOrder(warnings).map(spell))] };
}

/** @throws Fault invalid when there are mistakes */
export function refuse(document: OpenDocument, mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  throw new Fault('invalid', `${document.file} is not a valid inventory`, { details: [...new Set(inOrder(mistakes).map(spell))] });
}

const inOrder = (mistakes: readonly Mistake[]): Mistake[] => mistakes.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);

/** One entry for each host, in the order in which they are first named. */
function draftHosts(skeleton: Skeleton, report: Report): DraftHost[] {
  const addresses = new Set(skeleton.groups.flatMap((group) => group.hosts.map((host) => host.address)));
  return [...addresses].map((address) => {
    const groups = skeleton.groups.filter((group) => group.hosts.some((host) => host.address === address));
    const groupVars = groups.map((group) => group.vars);
    const hostVars = groups.map((group) => group.hosts.find((host) => host.address === address)!.vars);
    reportConflicts(address, hostVars, report, new Set(['pg_cluster']));
    reportConflicts(address, groupVars, report, new Set(['pg_cluster', ...hostVars.flatMap((place) => Object.keys(place.vars))]));
    const { vars, origin } = merge([skeleton.all, ...groupVars, ...hostVars]);
    return { address, groups: groups.map((group) => group.name), vars, origin };
  });
}

function merge(places: readonly Place[]): Pick<DraftHost, 'vars' | 'origin'> {
  const origin = new Map(places.flatMap(({ path, vars }) => Object.keys(vars).map((name) => [name, [...path, name]])));
  return { vars: Object.assign({}, ...places.map((place) => place.vars)) as Record<string, unknown>, origin };
}

/** Two groups of one host that say different things about it: neither is right by itself, unless the host decides. Of clusters see clusters.ts. */
function reportConflicts(address: string, places: readonly Place[], report: Report, decided: ReadonlySet<string>): void {
  const seen = new Map<string, { value: string; path: readonly string[] }>();
  for (const { path, vars } of places) {
    for (const [name, value] of Object.entries(vars).filter(([key]) => !decided.has(key))) {
      const earlier = seen.get(name);
      const same = earlier === undefined || earlier.value === JSON.stringify(value);
      if (!same) report([...path, name], `${name} of ${address} differs from what group ${earlier.path[2]} says; say it at one of them only`, 'key');
      seen.set(name, earlier ?? { value: JSON.stringify(value), path });
    }
  }
}

/** Gives every host the same `admin_ip`, the first infra host's or the first host's, unless the inventory names it. */
function withAdmin(hosts: readonly DraftHost[]): DraftHost[] {
  const first = hosts.find((host) => host.groups.includes('infra')) ?? hosts[0];
  const address = [first?.address, first?.vars['ansible_host']].find((each) => isIP(String(each)) > 0);
  return hosts.map((host) => (host.vars['admin_ip'] === undefined && address !== undefined ? { ...host, vars: { ...host.vars, admin_ip: address } } : host));
}

/** Every place, and a host for which it holds, from which placeholders take their meaning. */
function placesOf(skeleton: Skeleton, hosts: readonly DraftHost[]): { place: Place; host: DraftHost | undefined }[] {
  const find = (address: string | undefined): DraftHost | undefined => hosts.find((host) => host.address === address);
  const ofGroup = (group: Group) => [{ place: group.vars, host: find(group.hosts[0]?.address) }, ...group.hosts.map(({ address, vars }) => ({ place: vars, host: find(address) }))];
  return [{ place: skeleton.all, host: hosts[0] }, ...skeleton.groups.flatMap(ofGroup)];
}

function checkNames({ path, vars }: Place, document: OpenDocument, report: Report, warnings: Mistake[]): void {
  for (const name of Object.keys(vars).filter((each) => !isParameter(each))) {
    const module = withoutEffect.get(name) ?? (name.startsWith('ansible_') ? 'ansible' : undefined);
    if (module === undefined) report([...path, name], unknownParameter(name), 'key');
    else warnings.push({ place: document.keyAt([...path, name]), message: `${name} (${module}) is not implemented yet and has no effect` });
  }
}

const named = [...Object.keys(parameters), ...withoutEffect.keys()];

const moduleOf = (name: string): string => name.split('_')[0]!;

const modules = new Set(named.map(moduleOf));

/** `mongo_cluster` is more than a misspelt name: nobody here knows of its module. */
function unknownParameter(name: string): string {
  const module = name.includes('_') && !modules.has(moduleOf(name)) ? `${guess(name, named) ? ' ' : '; '}there is no module "${moduleOf(name)}"` : '';
  return `unknown parameter "${name}"${guess(name, named)}${module}`;
}

function checkValues({ path, vars }: Place, host: DraftHost | undefined, document: OpenDocument): Mistake[] {
  const meaning = meaningOf(host ?? { address: '127.0.0.1', vars }, (name) => (/^[a-zA-Z0-9][\w.@-]*$/.test(name) ? new Secret('stands for a secret') : undefined));
  return Object.entries(vars).flatMap(([name, value]) => (isParameter(name) ? checkValue(name, value, meaning, document, [...path, name]) : []));
}

/** What is wrong with one parameter. */
export function checkValue(name: keyof typeof parameters, value: unknown, meaning: Meaning, document: OpenDocument, path: readonly string[]): Mistake[] {
  const mistakes: Mistake[] = [];
  const resolved = resolve(value, meaning, (inner, message) => mistakes.push({ place: document.valueAt([...path, ...inner]), message: `${name}: ${message}` }));
  if (value === null) return [{ place: document.keyAt(path), message: `${name} has no value` }];
  const result = mistakes.length > 0 ? undefined : parameters[name].safeParse(resolved);
  return [...mistakes, ...(result?.error?.issues ?? []).flatMap((issue) => document.explain(parameters[name], issue, path))];
}

export const meaningOf = (host: Pick<DraftHost, 'address' | 'vars'>, secret: Meaning['secret']): Meaning => meaningOn(host.address, { ...defaults, ...host.vars }, secret);

/** Passwords of accounts that the whole deployment shares cannot differ between hosts. */
function checkShared(hosts: readonly DraftHost[], report: Report): void {
  for (const name of secretParameters.filter((each) => !['pg_etcd_password', 'vip_auth_pass', 'minio_secret_key'].includes(each))) checkSame(name, hosts, 'the deployment has one', report);
  for (const sharing of Map.groupBy(hosts, ({ vars }) => vars['vip_address']).values()) checkSame('vip_auth_pass', sharing, 'an address has one', report);
  for (const members of Map.groupBy(hosts, ({ vars }) => vars['minio_cluster']).values()) checkSame('minio_secret_key', members, 'a store has one', report);
}

function checkSame(name: ParameterName, hosts: readonly DraftHost[], because: string, report: Report): void {
  const given = hosts.filter((host) => host.vars[name] !== undefined);
  const other = given.find((host) => host.vars[name] !== given[0]!.vars[name]);
  if (other) report(other.origin.get(name)!, `${name} of ${other.address} differs from that of ${given[0]!.address}; ${because}`, 'key');
}
