import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Descriptor } from '../repo/bundle/descriptor.ts';
import { members, repositoryKeys, target } from '../repo/bundle/paths.ts';
import { digestOf, type Digest } from '../repo/core/digest.ts';
import { readDocument } from '../repo/core/document.ts';
import { Fault } from '../repo/core/fault.ts';
import { readGiven } from '../repo/core/files.ts';
import { armourKey } from '../repo/core/signature.ts';
import type { Secret } from '../repo/core/secret.ts';
import type { Progress } from '../repo/core/progress.ts';
import { refuseStrangeVault } from './deployed.ts';
import { completeInventory } from './inventory/complete.ts';
import { gapsInGroups } from './inventory/extension.ts';
import { parseInventory, type Draft, type DraftHost } from './inventory/draft.ts';
import { printDeparted, refuseDeparted } from './inventory/departed.ts';
import type { Facts } from './inventory/facts.ts';
import type { BundleKeys, Inventory } from './inventory/inventory.ts';
import { defaults } from './inventory/parameters.ts';
import { openRoster, type OpenRoster } from './inventory/roster.ts';
import { learn, type Place } from './plan/facts.ts';
import { look, plan, type HostPlan, type Plan } from './plan/plan.ts';
import { want, type Wanted } from './plan/wanted.ts';
import type { Role } from './role/role.ts';
import type { Transport } from './transport/command.ts';
import { reach } from './transport/reach.ts';
import { openVault, type Vault } from './vault/vault.ts';

/** An inventory, the hosts behind it, and all that they must have. Nothing is changed to open one. */
export interface Deployment {
  /** The path of the inventory. */
  file: string;
  digest: Digest;
  inventory: Inventory;
  /** What was made for it is in memory until `vault.save()`. */
  vault: Vault;
  roster: OpenRoster;
  /** By address of the inventory. */
  transports: ReadonlyMap<string, Transport>;
  wanted: readonly Wanted[];
}

export interface GroundOpening {
  /** The path of the inventory; its vault lies beside it. */
  file: string;
  progress: Progress;
  sudoPassword?: Secret;
}

export interface Opening extends GroundOpening {
  /** The path of the descriptor of the bundle in use. */
  bundle: string;
  roles: readonly Role[];
}

/** An inventory and the ways to its hosts, before anybody was spoken to. */
export interface Ground {
  text: string;
  digest: Digest;
  draft: Draft;
  /** By address of the inventory. */
  transports: ReadonlyMap<string, Transport>;
}

/** A host that could not be reached, and why. */
export interface Lost {
  address: string;
  because: Fault;
}

export async function openGround(opening: GroundOpening): Promise<Ground> {
  const text = (await readGiven(opening.file, 'pgark configure writes one')).toString('utf8');
  const draft = parseInventory(text, opening.file);
  for (const warning of draft.warnings) opening.progress.warn(warning);
  return groundOf(text, draft, opening);
}

/** The same of a text that is read already, or that is not written yet. */
export function groundOf(text: string, draft: Draft, { file, progress, sudoPassword }: GroundOpening): Ground {
  const ssh = { knownHosts: join(dirname(file), 'known_hosts'), ...(sudoPassword && { sudoPassword }) };
  const transports = new Map(draft.hosts.map(({ address, vars }) => [address, reach(address, vars, { ...ssh, met: (line) => progress.warn(`met for the first time, and its key is pinned from now on: ${line}`) })]));
  return { text, digest: digestOf(text), draft, transports };
}

/**
 * inventory → facts → vault → what every host must have.
 * @throws Fault unreachable where a host is, invalid where the inventory makes something else of what still runs
 */
export async function openDeployment(opening: Opening): Promise<Deployment> {
  return deploymentOn(await openGround(opening), opening);
}

export async function deploymentOn(ground: Ground, opening: Opening): Promise<Deployment> {
  const facts = new Map(await opening.progress.each(ground.draft.hosts, 16, async (host) => [host.address, await learnOf(host, ground)] as const));
  const deployment = await complete(ground, facts, opening);
  refuseDeparted(deployment.roster.departed, deployment.inventory);
  return deployment;
}

/** A deployment of which some hosts may be out of reach: `wanted` and `transports` are those of the others. */
export interface Reachable {
  deployment: Deployment;
  ground: Ground;
  lost: readonly Lost[];
}

/**
 * The same for a look only: a host that cannot be reached is named, and the others are opened without it. It is taken to be like one of them,
 * since what they must have speaks of it.
 * @throws Fault unreachable where all of them are
 */
export async function openReachable(ground: Ground, opening: Opening): Promise<Reachable> {
  const { hosts } = ground.draft;
  const learnt = await opening.progress.each(hosts, 16, async (host) => orLost(host.address, learnOf(host, ground)));
  const known = learnt.flatMap((each) => ('because' in each ? [] : [each]));
  const lost = learnt.flatMap((each) => ('because' in each ? [each] : []));
  const [model] = known;
  if (!model) throw lost[0]!.because;
  const facts = new Map([...known.map(({ address, found }) => [address, found] as const), ...lost.map(({ address }) => [address, likeness(model.found, address, !known.some(({ found }) => found.carries))] as const)]);
  const reached = new Map([...ground.transports].filter(([address]) => !lost.some((each) => each.address === address)));
  return { deployment: await complete({ ...ground, transports: reached }, facts, opening), ground, lost };
}

/** What is answered, or that the host is lost. */
export async function orLost<T>(address: string, answer: Promise<T>): Promise<{ address: string; found: T } | Lost> {
  try {
    return { address, found: await answer };
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
    return { address, because: error };
  }
}

const likeness = (facts: Facts, address: string, carries: boolean): Facts => ({ ...facts, hostname: address, addresses: [address], carries, postgres: 'none' });

/** Of a ground whose hosts could be reached, the part with a way to it. */
async function complete({ digest, draft, transports }: Ground, facts: ReadonlyMap<string, Facts>, { file, bundle, roles, progress }: Opening): Promise<Deployment> {
  const descriptor = readDocument(Descriptor, (await readGiven(bundle, 'bootstrap puts the bundle on this host first')).toString('utf8'), bundle);
  const folder = join(dirname(file), 'vault');
  await refuseStrangeVault(folder, transports);
  const vault = await openVault(folder, vaultOptions(draft));
  const inventory = await completeInventory(draft, facts, vault, { bundle: descriptor, keys: await keysBeside(bundle) });
  for (const warning of gapsInGroups(draft, inventory)) progress.warn(warning);
  await equip(vault, inventory, roles);
  const roster = await openRoster(dirname(file), draft);
  for (const line of printDeparted(roster.departed)) progress.warn(line);
  return { file, digest, inventory, vault, roster, transports, wanted: want(inventory, roles, inventory.hosts.filter(({ address }) => transports.has(address))) };
}

/** One look at every host, then one decision. */
export async function planDeployment({ wanted, transports }: Deployment, progress: Progress): Promise<Plan> {
  const answers = await progress.each(wanted, 16, (each) => look(each, transports.get(each.host.address)!));
  return plan(wanted, new Map(wanted.map((each, index) => [each.host.address, answers[index]!])));
}

/** What a reader must know after a run and could not know before it: notes of what is only looked at, and never brought about. */
export async function lateNotes(before: Plan, { wanted, transports }: Deployment): Promise<string[]> {
  const looked = wanted.map((each) => ({ ...each, items: each.items.filter(({ resource }) => resource.kind === 'condition' && resource.act.length === 0) }));
  const answers = await Promise.all(looked.map(async (each) => [each.host.address, await look(each, transports.get(each.host.address)!)] as const));
  const known = new Set(before.hosts.flatMap(notesOf));
  return plan(looked, new Map(answers)).hosts.flatMap(notesOf).filter((note) => !known.has(note));
}

const notesOf = ({ name, entries }: HostPlan): string[] => entries.flatMap(({ identity, note }) => (note === undefined ? [] : [`${name}: ${identity}: ${note}`]));

function learnOf({ address, vars }: DraftHost, { transports }: Ground): Promise<Facts> {
  const place: Place = { data: given(vars, 'pg_fs_main'), dbsu: given(vars, 'pg_dbsu'), port: given(vars, 'pg_port') };
  return learn(transports.get(address)!, place);
}

const given = (vars: Readonly<Record<string, unknown>>, name: string): string => String(vars[name] ?? defaults[name]);

/** The keys lie where bootstrap put the bundle: its keyring beside the descriptor, those of RPM packages in its repository. */
async function keysBeside(descriptor: string): Promise<BundleKeys> {
  const [index, packages] = await Promise.all([join(dirname(descriptor), members.keyring), join(target.repository, repositoryKeys.packages)].map((path) => readFile(path).catch(() => undefined)));
  return { index: index === undefined ? '' : await armourKey(index), packages: packages?.toString('utf8') ?? '' };
}

/** Makes the secrets and certificates that the roles of this inventory speak of, in memory. */
export async function equip(vault: Vault, inventory: Inventory, roles: readonly Role[]): Promise<void> {
  const played = inventory.hosts.flatMap((host) => roles.filter((role) => role.plays(host, inventory)).map((role) => ({ role, host })));
  await vault.ensure(
    new Set(played.flatMap(({ role, host }) => role.secrets?.(host, inventory) ?? [])),
    played.flatMap(({ role, host }) => role.certificates?.(host, inventory) ?? []),
  );
}

function vaultOptions({ hosts }: Draft): { authorityName?: string; makesAuthority?: boolean } {
  const given = hosts[0]?.vars ?? {};
  return {
    ...(typeof given['ca_cn'] === 'string' && { authorityName: given['ca_cn'] }),
    ...(typeof given['ca_create'] === 'boolean' && { makesAuthority: given['ca_create'] }),
  };
}

/** Where things are when nobody says otherwise. */
export const places = { inventory: target.inventory, bundle: target.descriptor } as const;
