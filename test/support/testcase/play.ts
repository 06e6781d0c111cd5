import { families } from '../../../builder/family.ts';
import { Exclusion } from '../../../builder/solve/exclusion.ts';
import { explain } from '../../../builder/solve/explain.ts';
import { packagesTaken } from '../../../builder/solve/host.ts';
import type { Recommends } from '../../../builder/solve/resolution.ts';
import { Search } from '../../../builder/solve/search.ts';
import { unknown } from '../../../builder/solve/solve.ts';
import { type Id, type Universe, universeOf } from '../../../builder/solve/universe.ts';
import type { Package } from '../../../repo/package/package.ts';
import { RelationReader } from '../../../repo/rpm/relation.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { primaryOf } from '../repository.ts';
import type { Block, Job, Repository } from './testcase.ts';
import { idOf, stanzaOf } from './testtags.ts';

/** What our solver does about a block: the lines of a transaction as libsolv writes them, or why there is none. */
export type Outcome = { ok: true; transaction: string[]; recommended: string[] } | { ok: false; sentences: string[] };

/** Solves a block that asks for installation: what is installed stays or is upgraded, unless the block allows its removal. */
export function play(block: Block): Outcome {
  const universe = worldOf(block);
  const installed = universe.packages.flatMap((item, id) => (item.source === block.system ? [id] : []));
  const jobs = block.jobs.filter((job) => job.verb === 'install');
  const wishes = jobs.map((job) => wishOf(universe, job));
  const unmet = jobs.filter((_, place) => wishes[place]!.length === 0);
  if (unmet.length > 0) return { ok: false, sentences: unmet.flatMap((job) => unknown(universe, { name: job.targets.join(' ') }).sentences) };
  const solved = solve(block, universe, { wishes, installed });
  if (!solved.ok) return { ok: false, sentences: explain(solved.search, solved.goal) };
  const taken = packagesTaken(solved.search);
  return { ok: true, transaction: transactionOf(universe, installed, taken), recommended: recommendedBy(universe, taken) };
}

/** Architectures that a machine runs besides its own and `noarch`. */
const older: Record<string, readonly string[]> = { x86_64: ['i686', 'i586', 'i486', 'i386'], i686: ['i586', 'i486', 'i386'] };

/** What is installed goes before everything else: a requirement that it meets needs nothing new. */
function worldOf(block: Block): Universe {
  const { arch, system, repositories } = block;
  const sorted = repositories.toSorted((a, b) => Number(b.name === system) - Number(a.name === system));
  const relations = new RelationReader();
  const packages = sorted.flatMap((repository) => packagesOf(repository, { ...block, relations }));
  const runs = (item: Package): boolean => arch === undefined || [arch, 'noarch', ...(older[arch] ?? [])].includes(item.arch);
  return universeOf(packages.filter(runs), { arch: arch ?? 'x86_64', ...families.rpm, sources: sorted.map((repository) => repository.name) });
}

function packagesOf(repository: Repository, { system, disabled, relations }: Block & { relations: RelationReader }): Package[] {
  const isSystem = repository.name === system;
  const priority = isSystem ? -1e6 : -repository.priority;
  const entries = repository.entries.filter((entry) => isSystem || !disabled.includes(idOf(entry, repository.name)));
  return readPrimary(Buffer.from(primaryOf(entries.map(stanzaOf))), { source: repository.name, priority }, relations);
}

/** @returns none when nothing fits */
function wishOf(universe: Universe, { what, targets, flags }: Job): readonly Id[] {
  if (targets.length > 1 && what !== 'oneof') throw new Error(`a selection that is not known: ${what} ${targets.join(' ')}`);
  const found = targets.flatMap((target) => meantBy(universe, what, target));
  return flags.includes('forcebest') ? found.filter((id) => universe.isCandidate(id)) : found;
}

function meantBy(universe: Universe, what: string, target: string): readonly Id[] {
  switch (what) {
    case 'name':
      return universe.named(target);
    case 'provides':
      return universe.satisfying([{ name: target }], universe.arch);
    case 'pkg':
    case 'oneof':
      return universe.packages.flatMap((item, id) => (idOf(item, item.source) === target ? [id] : []));
    default:
      throw new Error(`a selection that is not known: ${what}`);
  }
}

interface Question {
  wishes: readonly (readonly Id[])[];
  installed: readonly Id[];
}

type Solved = { ok: boolean; search: Search; goal: number };

/**
 * libsolv decides on what is asked for, then on what is installed, then on what the first needs; with `focusnew` on what is
 * asked for together with its needs, with `focusinstalled` on what is installed before all.
 */
function solve(block: Block, universe: Universe, { wishes, installed }: Question): Solved {
  const recommends: Recommends = block.solverFlags.includes('ignorerecommended') ? 'exclude' : 'include';
  const search = new Search({ universe, exclusion: new Exclusion(universe), recommends });
  const removable = block.solverFlags.includes('allowuninstall');
  const mayGo = (id: Id): boolean => removable && !block.disabled.includes(idOf(universe.package(id), block.system!));
  const kept = installed.filter((id) => !mayGo(id)).map((id) => [id, ...updatesOf(universe, id)]);
  const goal = search.goal(block.solverFlags.includes('focusinstalled') ? [...kept, ...wishes] : [...wishes, ...kept]);
  const ok = search.solve(goal);
  if (ok && !block.solverFlags.includes('focusnew')) search.solve(search.goal([...kept, ...wishes.map((wish) => wish.filter((id) => search.taken.has(id)))]));
  if (ok) for (const id of installed.filter(mayGo)) search.join(id);
  return { ok, search, goal };
}

/** Those that may come in the place of an installed package: other versions of it, and who obsoletes it. */
function updatesOf(universe: Universe, id: Id): Id[] {
  const { name, version } = universe.package(id);
  const newer = universe.named(name).filter((other) => universe.compareVersions(universe.package(other).version, version) > 0);
  const instead = universe.packages.flatMap((item, other) => (other !== id && item.obsoletes?.some((capability) => universe.bearing(capability).includes(id)) ? [other] : []));
  return [...new Set([...newer, ...instead])];
}

function transactionOf(universe: Universe, installed: readonly Id[], taken: readonly Id[]): string[] {
  const title = (id: Id): string => idOf(universe.package(id), universe.package(id).source);
  const gone = installed.filter((id) => !taken.includes(id));
  const fresh = taken.filter((id) => !installed.includes(id));
  const instead = (id: Id): Id | undefined => fresh.find((other) => universe.package(other).name === universe.package(id).name);
  const replaced = gone.map((id) => [id, instead(id)] as const);
  const upgrades = replaced.map(([id, other]) => (other === undefined ? `erase ${title(id)}` : `upgrade ${title(id)} ${title(other)}`));
  const installs = fresh.filter((id) => !replaced.some(([, other]) => other === id)).map((id) => `install ${title(id)}`);
  return [...upgrades, ...installs].toSorted();
}

/** What the packages of a transaction recommend beyond it: the best of each. */
function recommendedBy(universe: Universe, taken: readonly Id[]): string[] {
  const wishes = taken.flatMap((id) => universe.package(id).recommends.map((relation) => universe.satisfying(relation, universe.package(id).arch)));
  const open = wishes.filter((wish) => wish.length > 0 && !wish.some((id) => taken.includes(id)));
  return [...new Set(open.map((wish) => `recommended ${idOf(universe.package(wish[0]!), universe.package(wish[0]!).source)}`))].toSorted();
}
