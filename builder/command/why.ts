import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import { nearest } from '../../repo/core/nearest.ts';
import { inParentheses } from '../../repo/package/spelling.ts';
import { chainsTo, type Chain } from '../lock/chain.ts';
import type { Lock, LockedBecause, LockedPackage } from '../lock/lock.ts';
import { readLock } from '../lock/read.ts';

export const why: CommandSpec = {
  name: 'why',
  arguments: 'PACKAGE',
  about: 'tells for whom a package is in a bundle, and what was rejected on the way',
  options: {
    lock: { value: 'LOCK', about: 'the lock to look into' },
    all: { about: 'the chain from every root, not only the shortest' },
  },
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const [name, ...more] = invocation.args;
  const path = invocation.value('lock');
  if (name === undefined || more.length > 0 || path === undefined) throw new Fault('usage', 'a package and a lock are needed', { hint: 'pgark why libpq5 --lock slim.d12.x86_64.lock.json' });
  const lock = readLock((await readGiven(path)).toString('utf8'), path);
  const found = placesOf(lock, name, path).map((place) => ({ package: lock.packages[place]!, chains: chainsTo(lock, place) }));
  const rejected = lock.rejected.filter((each) => each.package.split(' ')[0] === name || each.by.split(' ')[0] === name);
  for (const each of found) invocation.print(describe(each.package, each.chains, invocation.has('all'), lock));
  if (rejected.length > 0) invocation.print(['rejected on the way', ...rejected.map((each) => `  ${each.package}, asked for by ${each.by} ${inParentheses(each.relation)}: ${each.because}`)].join('\n'));
  return {
    packages: found.map(({ package: { name: of, version, arch, source }, chains }) => ({ name: of, version, arch, source, chains: chains.map(({ root, links }) => ({ root: root?.package ?? null, links })) })),
    rejected,
  };
}

function placesOf(lock: Lock, name: string, path: string): number[] {
  const places = lock.packages.flatMap((item, place) => (item.name === name ? [place] : []));
  if (places.length > 0) return places;
  const missing = lock.missing.find((each) => each.package === name || each.name === name);
  if (missing) throw new Fault('unsatisfiable', `${name} was asked for and cannot be had`, { details: missing.reasons });
  const near = nearest(name, lock.packages.map((item) => item.name));
  throw new Fault('usage', `${path} has no package "${name}"${near ? `, did you mean "${near}"?` : ''}`);
}

function describe({ name, version, arch, source, older, because }: LockedPackage, chains: readonly Chain[], all: boolean, lock: Lock): string {
  const shown = all ? chains : chains.slice(0, 1);
  const rest = chains.slice(shown.length).map((chain) => chain.root?.package ?? 'the base set');
  return [
    `${name} ${version} ${arch}  from ${source}${older ? ', not the newest: nothing else works with that one' : ''}`,
    ...shown.flatMap((chain) => describeChain(chain, name)),
    ...(chains.length === 0 ? because.map((reason) => `  ${describeReason(reason, lock)}`) : []),
    ...(rest.length > 0 ? [`  and for ${rest.length} more: ${rest.slice(0, 6).join(', ')}${rest.length > 6 ? ' …' : ''}`] : []),
  ].join('\n');
}

/** Of a package that no proof holds: it is there for clients that choose otherwise, or have something else installed. */
function describeReason(reason: LockedBecause, { packages }: Lock): string {
  switch (reason.kind) {
    case 'baseline':
      return `for hosts like ${reason.baseline}: their version cannot stay beside something shipped`;
    case 'requires':
    case 'recommends':
      return `for clients that choose it: ${packages[reason.by]!.name} ${reason.kind} ${reason.relation}`;
    case 'base':
    case 'root':
      return reason.kind;
  }
}

function describeChain({ root, links }: Chain, name: string): string[] {
  const origin = root ? `${root.package} was asked for: ${root.kind} ${root.name}` : 'the base set: every system has it';
  const steps = links.map((link, index) => `${'  '.repeat(index + 2)}${link.by} ${link.kind} ${link.relation}`);
  return [`  ${origin}`, ...steps, ...(links.length > 0 ? [`${'  '.repeat(links.length + 2)}${name}`] : [])];
}
