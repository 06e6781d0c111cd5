import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { bytes } from '../../repo/console/print.ts';
import { Fault } from '../../repo/core/fault.ts';
import { compare, type Compared, type Comparison } from '../lock/compare.ts';
import { openGiven, type Given } from './open.ts';

export const diff: CommandSpec = {
  name: 'diff',
  arguments: 'A B',
  about: 'tells what differs between two locks or bundles',
  notes: 'A lock can be compared with a bundle. The exit code is 0 whether they differ or not.',
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const [from, to, ...more] = invocation.args;
  if (from === undefined || to === undefined || more.length > 0) throw new Fault('usage', 'two locks or bundles are needed', { hint: 'pgark diff old.lock.json new.lock.json' });
  const [left, right] = [await openGiven(from), await openGiven(to)];
  const comparison = compare(packagesOf(left), packagesOf(right));
  const titles = [titleOf(left), titleOf(right)] as const;
  invocation.print(describe(titles, comparison));
  return { from: titles[0], to: titles[1], ...comparison };
}

function packagesOf(given: Given): Compared[] {
  const packages = given.kind === 'lock' ? given.lock.packages : given.packages;
  return packages.map(({ name, version, arch, size, digest }) => ({ name, version, arch, size, digest }));
}

function titleOf(given: Given): string {
  if (given.kind === 'bundle') return given.head.descriptor.id;
  return `lock of ${given.lock.bundle} ${given.lock.version} for ${given.lock.target.code}, ${given.lock.created}`;
}

function describe([from, to]: readonly [string, string], { added, removed, changed, same, sizes }: Comparison): string {
  const growth = sizes.to - sizes.from;
  return [
    `--- ${from}`,
    `+++ ${to}`,
    ...removed.map((item) => `- ${item.name} ${item.version}  ${bytes(item.size)}`),
    ...added.map((item) => `+ ${item.name} ${item.version}  ${bytes(item.size)}`),
    ...changed.map((change) => `~ ${change.name} ${describeChange(change)}`),
    `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${same} the same; ${bytes(sizes.from)} → ${bytes(sizes.to)} (${growth < 0 ? '-' : '+'}${bytes(Math.abs(growth))})`,
  ].join('\n');
}

function describeChange({ from, to }: { from: Compared; to: Compared }): string {
  return from.version === to.version ? `${from.version}, of another content` : `${from.version} → ${to.version}`;
}
