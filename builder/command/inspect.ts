import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { bytes, few, table } from '../../repo/console/print.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Lock, LockedBaseline } from '../lock/lock.ts';
import { openGiven, type Given } from './open.ts';

export const inspect: CommandSpec = {
  name: 'inspect',
  arguments: 'BUNDLE.tar|LOCK',
  about: 'tells what is inside: target, roots, packages, sizes, sources, who signed',
  options: { packages: { about: 'every package too' } },
  notes: 'Of a bundle, this is what it says of itself, checked against the key inside. Whether that key is yours, pgark verify tells.',
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const [path, ...more] = invocation.args;
  if (path === undefined || more.length > 0) throw new Fault('usage', 'one bundle or lock is needed', { hint: 'pgark inspect slim.d12.x86_64.lock.json' });
  const given = await openGiven(path);
  const facts = factsOf(given);
  invocation.print(describe(facts));
  if (given.kind === 'lock') invocation.print(describeOrigins(given.lock));
  if (invocation.has('packages')) invocation.print(`packages\n${indented(packageRows(given))}`);
  return { ...facts, ...(given.kind === 'lock' && originsOf(given.lock)), ...(invocation.has('packages') && { packageList: packageRows(given) }) };
}

interface Facts {
  kind: Given['kind'];
  name: string;
  version: string;
  created: string;
  target: string;
  pg: readonly string[];
  runtime: string;
  signer: string | undefined;
  /** Those that its RPM packages are signed with; a lock names those that may sign, a source each. */
  keys: readonly string[];
  packages: number;
  size: number;
  installed: number;
  roots: readonly { package: string; version: string; kind: string; name: string; conflicts: readonly string[] }[];
  extensions: readonly string[];
  groups: readonly { name: string; pg: string | undefined; packages: readonly string[]; missing: readonly string[] }[];
  baselines: readonly Proven[];
}

/** A kind of host that the bundle was held against; a lock knows more of it. */
type Proven = Pick<LockedBaseline, 'name' | 'failing'> & Partial<LockedBaseline>;

function factsOf(given: Given): Facts {
  const from = given.kind === 'lock' ? given.lock : given.head.descriptor;
  const sum = (of: 'size' | 'installed'): number => (given.kind === 'lock' ? given.lock.packages.reduce((total, item) => total + item[of], 0) * (of === 'installed' ? 1024 : 1) : given.head.descriptor[of]);
  return {
    kind: given.kind,
    name: given.kind === 'lock' ? given.lock.bundle : given.head.descriptor.id,
    version: from.version,
    created: from.created,
    target: from.target.code,
    pg: from.pg,
    runtime: from.runtime,
    signer: given.kind === 'bundle' ? given.head.signer : undefined,
    keys: given.kind === 'bundle' ? given.head.descriptor.keys : [],
    packages: given.kind === 'lock' ? given.lock.packages.length : given.head.descriptor.packages,
    size: sum('size'),
    installed: sum('installed'),
    roots: from.roots.map(({ package: name, version, kind, name: of, conflicts }) => ({ package: name, version, kind, name: of, conflicts })),
    extensions: from.extensions.map((extension) => extension.name),
    groups: from.groups.map(({ name, pg, packages, missing }) => ({ name, pg, packages, missing })),
    baselines: from.baselines ?? [],
  };
}

function describe(facts: Facts): string {
  const rows = [
    [facts.kind, `${facts.name} ${facts.version}`],
    ['target', facts.target],
    ['PostgreSQL', facts.pg.join(', ')],
    ['created', facts.created],
    ['Node.js', facts.runtime],
    ...(facts.signer === undefined ? [] : [['signed by', facts.signer]]),
    ...facts.keys.map((key, place) => [place === 0 ? 'package keys' : '', key]),
    ['packages', `${facts.packages}, ${bytes(facts.size)}, ${bytes(facts.installed)} installed`],
    ['extensions', `${facts.extensions.length} to create`],
  ];
  const roots = facts.roots.map((root) => [`${root.package}`, root.version, `${root.kind} ${root.name}`, root.conflicts.length > 0 ? `not beside ${root.conflicts.join(', ')}` : '']);
  return [
    table(rows),
    `roots\n${indented(roots)}`,
    ...(facts.groups.length > 0 ? [`groups\n${indented(facts.groups.map(describeGroup))}`] : []),
    ...(facts.baselines.length > 0 ? [`proven on\n${indented(facts.baselines.map(describeBaseline))}`] : []),
  ].join('\n');
}

function describeGroup({ name, pg, packages, missing }: Facts['groups'][number]): string[] {
  return [name, pg === undefined ? '' : `PostgreSQL ${pg}`, few(packages), missing.length > 0 ? `without ${few(missing)}` : ''];
}

/** What only a lock knows: the signed indexes that it was made from, and what could not be had. */
function originsOf({ sources, missing, rivalries, choice }: Lock): object {
  return { sources: sources.map(({ name, url, signer, keys, date, release }) => ({ name, url, signer, keys, date, release })), missing, rivalries, choice };
}

function describeOrigins({ sources, missing, rivalries, choice }: Lock): string {
  return [
    `sources\n${indented(sources.map((source) => [source.name, source.date, `signed by ${source.signer}`]))}`,
    ...(choice ? [`closed under choice: ${choice.branches} branches, ${choice.barred.length} of them barred upstream as well`] : []),
    ...(rivalries.length > 0 ? [`cannot be installed together\n${indented(rivalries.map((each) => [each.root, each.rivals.join(', '), each.reasons.join('; ')]))}`] : []),
    ...(missing.length > 0 ? [`cannot be had\n${indented(missing.map((each) => [each.package || each.name, each.reasons.join('; ')]))}`] : []),
  ].join('\n');
}

function describeBaseline({ name, packages, assumed = 0, failing }: Proven): string[] {
  const known = packages === undefined ? '' : `${packages} packages${assumed > 0 ? `, ${assumed} of them at versions that no index has` : ''}`;
  return [name, known, failing.map(({ roots, reasons }) => `not ${few(roots)}: ${reasons.join('; ')}`).join('; ')];
}

function packageRows(given: Given): string[][] {
  const packages = given.kind === 'lock' ? given.lock.packages : given.packages;
  return packages.map((item) => [item.name, item.version, item.arch, bytes(item.size), given.kind === 'lock' ? item.source : '']);
}

const indented = (rows: readonly (readonly string[])[]): string => table(rows).split('\n').map((line) => `  ${line}`).join('\n');
