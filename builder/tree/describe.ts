import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { digestOf } from '../../repo/core/digest.ts';
import type { Fingerprint, Signer } from '../../repo/core/signature.ts';
import type { Lock } from '../lock/lock.ts';

/** The descriptor of the bundle that a lock, signed by this key, makes. `text` is the lock as it is written, `keys` are those of its RPM packages. */
export function describe(lock: Lock, text: string, signer: Pick<Signer, 'fingerprint' | 'created'>, keys: Iterable<Fingerprint> = []): Descriptor {
  return {
    format: 1,
    name: lock.bundle,
    version: lock.version,
    id: `pgark-${lock.bundle}-${lock.version}.${lock.target.code}`,
    created: signingDate(lock, signer).toISOString(),
    target: lock.target,
    pg: [...lock.pg],
    signer: signer.fingerprint,
    keys: [...keys].sort(),
    lock: digestOf(text),
    packages: lock.packages.length,
    size: sum(lock.packages.map((item) => item.size)),
    installed: sum(lock.packages.map((item) => item.installed)) * 1024,
    runtime: lock.runtime,
    roots: lock.roots.map(({ package: name, version, kind, name: of, pg, conflicts }) => ({ package: name, version, kind, name: of, ...(pg !== undefined && { pg }), conflicts: [...conflicts] })),
    extensions: lock.extensions.map((extension) => ({ ...extension })),
    groups: lock.groups.map((group) => ({ ...group })),
    baselines: (lock.baselines ?? []).map(({ name, failing }) => ({ name, ...releaseOf(name), failing: failing.map((each) => ({ ...each })) })),
  };
}

/**
 * The moment of all signatures and files of a bundle: that of the newest upstream index, or of the key if that is younger,
 * since a signature older than its key is refused. No clock is read, so the same lock and key give the same bytes.
 */
export function signingDate(lock: Pick<Lock, 'created'>, signer: Pick<Signer, 'created'>): Date {
  return new Date(Math.max(Date.parse(lock.created), signer.created.getTime()));
}

/** The name of a baseline of one point release begins with that: `el9.5-server`. */
function releaseOf(baseline: string): { release?: string } {
  const [, release] = /^[a-z]+(\d+\.\d+)-/.exec(baseline) ?? [];
  return release === undefined ? {} : { release };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
