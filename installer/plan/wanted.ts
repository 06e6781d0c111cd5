import { Secret } from '../../repo/core/secret.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { packagesFor } from '../platform/component.ts';
import { kindOf } from '../resource/kinds.ts';
import type { PackagesResource, Resource } from '../resource/resource.ts';
import type { Need } from '../role/need.ts';
import type { Role } from '../role/role.ts';

/** One resource that a host must have, and the part of the deployment that asks for it. */
export interface Item {
  /** Position in the order in which a deployment is brought about; all hosts finish a stage before the next begins. */
  stage: number;
  /** The name of the stage: of a role, or `prepare`, or `packages`. */
  role: string;
  rollout: Role['rollout'];
  /** Hosts of one circle follow each other where a stage goes one by one. */
  circle?: string;
  /** What the stage stands on elsewhere. */
  needs?: readonly Need[];
  identity: string;
  resource: Resource;
}

export interface Wanted {
  host: Host;
  items: readonly Item[];
}

/** What every host must have, or some of them: all preparations in the order of the roles, the packages, then role after role. */
export function want(inventory: Inventory, roles: readonly Role[], hosts: readonly Host[] = inventory.hosts): Wanted[] {
  const othersWait = hosts.some(({ facts }) => !facts.carries);
  return hosts.map((host) => ({ host, items: once(itemsOf(host, inventory, roles, host.facts.carries && othersWait), host) }));
}

/** `serves`: other hosts wait for what it serves. */
function itemsOf(host: Host, inventory: Inventory, roles: readonly Role[], serves: boolean): Item[] {
  const played = roles.map((role, index) => ({ role, index })).filter(({ role }) => role.plays(host, inventory));
  const stages = stagesFor(host, roles.length, serves);
  const prepare: Stage = { stage: stages.prepare, role: 'prepare', rollout: 'together' };
  const packages: Omit<Stage, 'stage'> = { role: 'packages', rollout: 'together', needs: played.flatMap(({ role }) => (role.ground && role.needs?.(host, inventory)) || []) };
  return [
    ...played.flatMap(({ role }) => (role.prepare?.(host, inventory) ?? []).map((resource) => item(prepare, resource))),
    ...transactions(played.map(({ role }) => role), host, inventory, serves).map((resource) => item({ ...packages, stage: resource.ahead ? stages.ahead : stages.packages }, resource)),
    ...played.flatMap(({ role, index }) => {
      const stage: Stage = { stage: (role.ground ? stages.ground : stages.rest) + index, role: role.name, rollout: role.rollout, circle: role.circle?.(host) ?? host.vars.pg_cluster ?? '', needs: role.needs?.(host, inventory) ?? [] };
      return role.resources(host, inventory).map((resource) => item(stage, resource));
    }),
  ];
}

/** First the ground of the hosts that carry a bundle, which then serve it; then that of the others; then everything else on all of them. */
function stagesFor({ facts }: Host, roles: number, serves: boolean): Record<'prepare' | 'ahead' | 'packages' | 'ground' | 'rest', number> {
  const wave = roles + 2;
  const start = facts.carries ? 0 : wave;
  return { prepare: start, ahead: start + 1, packages: (serves ? wave : start) + 1, ground: start + 2, rest: 2 * wave };
}

/** Where others wait for the packages of this host, what its ground stands on comes ahead, and the rest beside theirs. */
function transactions(roles: readonly Role[], host: Host, inventory: Inventory, serves: boolean): PackagesResource[] {
  const { packageManager: manager } = host.platform;
  const ahead = serves ? packagesWanted(roles.filter(({ ground }) => ground), host, inventory) : [];
  const parts: PackagesResource[] = [{ kind: 'packages', manager, names: ahead, ahead: true }, { kind: 'packages', manager, names: packagesWanted(roles, host, inventory) }];
  return parts.filter(({ names }) => names.length > 0);
}

/** @throws Fault invalid when the bundle lacks a component */
function packagesWanted(roles: readonly Role[], host: Host, inventory: Inventory): string[] {
  const needs = roles.flatMap((role) => (role.components?.(host, inventory) ?? []).map((component) => ({ component, pg: host.vars.pg_version, by: `${role.name} on ${host.name}` })));
  return [...new Set([...packagesFor(needs, inventory.bundle), ...roles.flatMap((role) => role.packages?.(host, inventory) ?? [])])].sort();
}

type Stage = Omit<Item, 'identity' | 'resource'>;

const item = (stage: Stage, resource: Resource): Item => ({ ...stage, identity: kindOf(resource).identify(resource), resource });

/** Two roles may want the same thing; the first place counts. Two that want it differently would undo each other for ever. */
function once(items: readonly Item[], host: Host): Item[] {
  const seen = new Map<string, Item>();
  for (const each of items) {
    const before = seen.get(each.identity);
    if (!before) seen.set(each.identity, each);
    else if (spell(before.resource) !== spell(each.resource)) throw new Error(`${each.identity} on ${host.name} is wanted in two ways, by ${before.role} and by ${each.role}`);
  }
  return [...seen.values()];
}

/** Every value of a resource in one text, secrets included: for comparing, never for showing. */
function spell(resource: Resource): string {
  return JSON.stringify(resource, function (this: Record<string, unknown>, key, value: unknown) {
    const raw = this[key];
    return raw instanceof Secret ? raw.reveal() : value;
  });
}
