import { join } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { bytes } from '../../repo/console/print.ts';
import { Fault } from '../../repo/core/fault.ts';
import { writeWhole } from '../../repo/core/files.ts';
import type { Target } from '../../repo/package/target.ts';
import { lockName, type Lock } from '../lock/lock.ts';
import { writeLock } from '../lock/read.ts';
import type { GivenBundle } from '../manifest/given.ts';
import { makeLock } from '../pipeline.ts';
import type { Upstream } from '../source/upstream.ts';
import { bundleArgument, catalogOf, targetsOf, upstreamOptions, withUpstream } from './upstream.ts';

export const lock: CommandSpec = {
  name: 'lock',
  arguments: 'BUNDLE.yml',
  about: 'settles every package of a bundle, and proves that each of its roots installs',
  options: {
    target: { short: 't', value: 'TARGET', many: true, about: 'd12.x86_64, el9 …; `all` for all that the bundle is made for' },
    pg: { value: 'N', many: true, about: 'only this PostgreSQL major' },
    out: { short: 'o', value: 'DIR', about: 'where the locks are written (here)' },
    ...upstreamOptions,
  },
  notes: `writes BUNDLE.TARGET.lock.json. The same manifests and the same state of the archives give the same bytes.
Every Release is verified against the fingerprints in the manifests before anything in it is read; where the
machine's own apt names a mirror of an archive, the bytes come from there.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const given = await bundleArgument(invocation, await catalogOf(invocation));
  const targets = targetsOf(invocation, given);
  const locks: object[] = [];
  const failures = new Map<string, Fault>();
  await withUpstream(invocation, given.catalog, async (upstream) => {
    for (const target of targets) await lockOne(given, target, upstream, invocation).then((made) => locks.push(made), (error: unknown) => failures.set(target.code, faultOf(error, invocation.signal)));
  });
  if (failures.size > 0) throw together(failures, targets.length);
  return { locks };
}

async function lockOne(given: GivenBundle, target: Target, upstream: Upstream, invocation: Invocation): Promise<object> {
  const made = await makeLock(given, target, invocation.values('pg'), upstream, invocation.progress);
  const path = join(invocation.value('out') ?? '.', lockName(made));
  await writeWhole(path, writeLock(made));
  invocation.print(describe(path, made));
  return { path, ...countsOf(made) };
}

function faultOf(error: unknown, signal: AbortSignal | undefined): Fault {
  if (!(error instanceof Fault) || signal?.aborted) throw error;
  return error;
}

/** One target that cannot be locked does not stand in the way of the others; all are told at the end. */
function together(failures: ReadonlyMap<string, Fault>, targets: number): Fault {
  const [first] = [...failures.values()] as [Fault];
  if (targets === 1) return first;
  return new Fault(first.code, `${failures.size} of ${targets} targets could not be locked`, {
    details: [...failures].flatMap(([code, { message, details }]) => [`${code}  ${message}`, ...details.map((detail) => `  ${detail}`)]),
    hint: first.hint,
    cause: first,
  });
}

function describe(path: string, made: Lock): string {
  const { roots, packages, size, installed, conflicts, missing } = countsOf(made);
  return [
    `${path}  ${roots} roots, ${packages} packages, ${bytes(size)}, ${bytes(installed)} installed`,
    ...(conflicts > 0 ? [`  ${conflicts} roots cannot be installed beside another; pgark inspect names them`] : []),
    ...(missing > 0 ? [`  ${missing} of what was asked for cannot be had; pgark inspect names them`] : []),
  ].join('\n');
}

function countsOf({ roots, packages, missing, created }: Lock): { created: string; roots: number; packages: number; size: number; installed: number; conflicts: number; missing: number } {
  const sum = (of: 'size' | 'installed'): number => packages.reduce((total, item) => total + item[of], 0);
  return {
    created,
    roots: roots.length,
    packages: packages.length,
    size: sum('size'),
    installed: sum('installed') * 1024,
    conflicts: roots.filter((root) => root.conflicts.length > 0).length,
    missing: missing.length,
  };
}
