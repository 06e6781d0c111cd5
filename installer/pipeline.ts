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
import { recall } from './inventory/remembered.ts';
import { openRoster, type OpenRoster } from './inventory/roster.ts';
import { learn, type Place } from './plan/facts.ts';
import { look, plan, type HostPlan, type LostHost, type Plan } from './plan/plan.ts';
import { preflight } from './plan/preflight.ts';
import { survey } from './plan/survey.ts';
import { want, type Wanted } from './plan/wanted.ts';
import type { Role } from './role/role.ts';
import type { Completed, Transport } from './transport/command.ts';
import { reach } from './transport/reach.ts';
import { openVault, type Vault, type VaultOptions } from './vault/vault.ts';

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
  /** What the hosts must have that were reached. */
  wanted: readonly Wanted[];
  /** The others. */
  lost: readonly LostHost[];
  /** What is known of hosts by now, also from earlier runs; by address. */
  facts: ReadonlyMap<string, Partial<Facts>>;
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
  /** Asked for only when a certificate must be issued and the key of the authority is under a passphrase. */
  caPassphrase?: () => Promise<Secret>;
  /** For a look that changes nothing: something stands in for what the authority cannot sign now. */
  makeshift?: true;
  /** What is changed in the vault before it is decided what the hosts must have. */
  alter?: (vault: Vault, known: { inventory: Inventory; draft: Draft; lost: readonly Lost[] }) => void;
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
 * inventory → facts → vault → what every host must have that can be reached.
 * @throws Fault unreachable where none can, invalid where the inventory makes something else of what still runs
 */
export async function openDeployment(opening: Opening): Promise<Deployment> {
  return deploymentOn(await openGround(opening), opening);
}

export async function deploymentOn(ground: Ground, opening: Opening): Promise<Deployment> {
  const { deployment } = await openReachable(ground, opening);
  refuseDeparted(deployment.roster.departed, deployment.inventory);
  for (const line of printDeparted(deployment.roster.departed)) opening.progress.warn(line);
  return deployment;
}

/** A deployment of which some hosts may be out of reach: `wanted` and `transports` are those of the others. */
export interface Reachable {
  deployment: Deployment;
  ground: Ground;
  lost: readonly Lost[];
}

/**
 * The same for a look only. A host that cannot be reached is named, and the others are opened without it. It is taken to be as it was at the last run, or
 * like one of them, since what they must have speaks of it.
 * @throws Fault unreachable where all of them are
 */
export async function openReachable(ground: Ground, opening: Opening): Promise<Reachable> {
  const { hosts } = ground.draft;
  const learnt = await opening.progress.each(hosts, 16, async (host) => orLost(host.address, learnOf(host, ground)));
  const known = learnt.flatMap((each) => ('because' in each ? [] : [each]));
  const lost = learnt.flatMap((each) => ('because' in each ? [each] : []));
  const [model] = known;
  if (!model) throw nobody(lost);
  const earlier = lost.length > 0 ? await recall(opening.file) : new Map<string, Partial<Facts>>();
  const seen = new Map(known.map(({ address, found }) => [address, found]));
  const carries = !known.some(({ found }) => found.carries);
  const facts = new Map(hosts.map(({ address }) => [address, seen.get(address) ?? likeness({ ...model.found, etcd: undefined, hostname: address, addresses: [address], carries, ...earlier.get(address) })]));
  const deployment = await complete({ ground, facts, lost }, opening);
  return { deployment: { ...deployment, facts: new Map<string, Partial<Facts>>([...earlier, ...seen]) }, ground, lost };
}

function nobody(lost: readonly Lost[]): Fault {
  const [{ because }] = lost as [Lost, ...Lost[]];
  if (lost.length === 1) return because;
  const details = lost.flatMap((each) => [each.because.message, ...each.because.details.map((line) => `  ${line}`)]);
  return new Fault('unreachable', `none of ${lost.length} hosts can be reached`, { details, ...(because.hint && { hint: because.hint }) });
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

/** Nobody knows what runs there now. */
const likeness = (facts: Facts): Facts => ({ ...facts, postgres: 'none', etcd: facts.etcd && { data: facts.etcd.data, isActive: false } });

interface Known {
  ground: Ground;
  facts: ReadonlyMap<string, Facts>;
  lost: readonly Lost[];
}

async function complete({ ground: { digest, draft, transports: ways }, facts, lost }: Known, opening: Opening): Promise<Deployment> {
  const { file, bundle, roles, progress, alter } = opening;
  const descriptor = readDocument(Descriptor, (await readGiven(bundle, 'bootstrap puts the bundle on this host first')).toString('utf8'), bundle);
  const folder = join(dirname(file), 'vault');
  const gone = new Map(lost.map(({ address, because }) => [address, because]));
  const transports = new Map([...ways].filter(([address]) => !gone.has(address)));
  await refuseStrangeVault(folder, transports);
  const vault = await openVault(folder, vaultOptions(draft, opening));
  const keys = await keysBeside(bundle);
  const read = async (): Promise<Inventory> => {
    const found = await completeInventory(draft, facts, vault, { bundle: descriptor, keys });
    await equip(vault, found, roles);
    return found;
  };
  const before = await read();
  alter?.(vault, { inventory: before, draft, lost });
  // What stands on secrets and certificates is read again when these are others.
  const inventory = alter ? await read() : before;
  for (const warning of gapsInGroups(draft, inventory)) progress.warn(warning);
  const roster = await openRoster(dirname(file), draft);
  const wanted = want(inventory, roles, inventory.hosts.filter(({ address }) => transports.has(address)));
  const lostHosts = inventory.hosts.flatMap(({ address, name }) => (gone.has(address) ? [{ address, name, because: gone.get(address)! }] : []));
  return { file, digest, inventory, vault, roster, transports, wanted, lost: lostHosts, facts };
}

/** One look at every host, then one decision. */
export async function planDeployment(deployment: Deployment, progress: Progress): Promise<Plan> {
  return decideOn(await askAll(deployment, progress, look), deployment);
}

/**
 * The same, after a judgement of whether a run can begin at all. It takes the same one look.
 * @throws Fault invalid, or unsatisfiable, with all that stands in the way
 */
export async function planAfterPreflight(deployment: Deployment, progress: Progress): Promise<Plan> {
  const { transports, inventory } = deployment;
  const surveys = await askAll(deployment, progress, survey);
  const sights = surveys.flatMap((each) => ('found' in each ? [each.found.sight] : []));
  await preflight(sights, { transports, bundle: inventory.bundle, progress });
  return decideOn(surveys.map((each) => ('found' in each ? { ...each, found: each.found.answers } : each)), deployment);
}

type Answer<T> = { address: string; found: T } | Lost;

const askAll = <T>({ wanted, transports }: Deployment, progress: Progress, ask: (wanted: Wanted, transport: Transport) => Promise<T>): Promise<Answer<T>[]> =>
  progress.each(wanted, 16, (each) => orLost(each.host.address, ask(each, transports.get(each.host.address)!)));

/** Who is lost only now is left out as well. */
function decideOn(asked: readonly Answer<readonly Completed[]>[], { wanted, lost }: Deployment): Plan {
  const answers = new Map(asked.flatMap((each) => ('found' in each ? [[each.address, each.found] as const] : [])));
  const late = asked.flatMap((each): LostHost[] => ('because' in each ? [{ ...each, name: wanted.find(({ host }) => host.address === each.address)!.host.name }] : []));
  return plan(wanted.filter(({ host }) => answers.has(host.address)), answers, [...lost, ...late]);
}

/** What a reader must know after a run and could not know before it: notes of what is only looked at, and never brought about. */
export async function lateNotes(before: Plan, { wanted, transports }: Deployment): Promise<string[]> {
  const looked = wanted.map((each) => ({ ...each, items: each.items.filter(({ resource }) => resource.kind === 'condition' && resource.act.length === 0) }));
  const answers = await Promise.all(looked.map(async (each) => [each.host.address, await look(each, transports.get(each.host.address)!)] as const));
  const known = new Set(before.hosts.flatMap(notesOf));
  return plan(looked, new Map(answers)).hosts.flatMap(notesOf).filter((note) => !known.has(note));
}

const notesOf = ({ name, entries }: HostPlan): string[] => entries.flatMap(({ identity, note }) => (note === undefined ? [] : [`${name}: ${identity}: ${note}`]));

function learnOf({ address, groups, vars }: DraftHost, { transports }: Ground): Promise<Facts> {
  const place: Place = { data: given(vars, 'pg_fs_main'), dbsu: given(vars, 'pg_dbsu'), port: given(vars, 'pg_port'), ...(groups.includes('etcd') && { etcd: given(vars, 'etcd_data') }) };
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

function vaultOptions({ hosts }: Draft, { caPassphrase, makeshift }: Opening): VaultOptions {
  const given = hosts[0]?.vars ?? {};
  return {
    ...(typeof given['ca_cn'] === 'string' && { authorityName: given['ca_cn'] }),
    ...(typeof given['ca_create'] === 'boolean' && { makesAuthority: given['ca_create'] }),
    ...(caPassphrase && { passphrase: caPassphrase }),
    ...(makeshift && { makeshift }),
  };
}

/** Where things are when nobody says otherwise. */
export const places = { inventory: target.inventory, bundle: target.descriptor } as const;
