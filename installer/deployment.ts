import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Descriptor } from '../repo/bundle/descriptor.ts';
import { members, repositoryKeys, target } from '../repo/bundle/paths.ts';
import type { Digest } from '../repo/core/digest.ts';
import { readDocument } from '../repo/core/document.ts';
import { Fault } from '../repo/core/fault.ts';
import { readGiven } from '../repo/core/files.ts';
import { armourKey } from '../repo/core/signature.ts';
import type { Secret } from '../repo/core/secret.ts';
import { refuseStrangeVault } from './deployed.ts';
import { completeInventory } from './inventory/complete.ts';
import { gapsInGroups } from './inventory/extension.ts';
import type { Draft } from './inventory/draft.ts';
import { printDeparted, refuseDeparted } from './inventory/departed.ts';
import type { Facts } from './inventory/facts.ts';
import type { BundleKeys, Inventory } from './inventory/inventory.ts';
import { recall } from './inventory/remembered.ts';
import { gapsInRepositories } from './inventory/repository.ts';
import { gapsInStores } from './inventory/stores.ts';
import { openRoster, type OpenRoster } from './inventory/roster.ts';
import type { LostHost } from './plan/plan.ts';
import { want, type Wanted } from './plan/wanted.ts';
import type { Role } from './role/role.ts';
import type { Transport } from './transport/command.ts';
import { openVault, type Vault, type VaultOptions } from './vault/vault.ts';
import { learnOf, openGround, orLost, type Ground, type GroundOpening, type Lost } from './ground.ts';

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
  for (const warning of [...gapsInGroups(draft, inventory), ...gapsInRepositories(draft, inventory), ...gapsInStores(draft, inventory)]) progress.warn(warning);
  const roster = await openRoster(dirname(file), draft);
  const wanted = want(inventory, roles, inventory.hosts.filter(({ address }) => transports.has(address)));
  const lostHosts = inventory.hosts.flatMap(({ address, name }) => (gone.has(address) ? [{ address, name, because: gone.get(address)! }] : []));
  return { file, digest, inventory, vault, roster, transports, wanted, lost: lostHosts, facts };
}

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
