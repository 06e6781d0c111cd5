import type { Descriptor } from '../../../repo/bundle/descriptor.ts';

/**
 * The seconds for which a leader may lead before it must renew: those of the plan, and no less than what the Patroni of the bundle takes.
 * From 3.2.0 on that is 20 (its release notes, "Enforce loop_wait + 2*retry_timeout <= ttl rule and hard-code minimal possible values"): it
 * writes down 20 whatever it is told, and no setting of its own, of a member or of etcd changes that. A second voice that took the lease
 * of a leader away earlier could not tell a host that is off from one that is only cut off and still writes.
 */
export function leaseOf(ttl: number, bundle: Descriptor): number {
  return takesAnyLease(bundle) ? ttl : Math.max(ttl, 20);
}

/** A version that cannot be read is taken for a new one. */
function takesAnyLease({ roots }: Descriptor): boolean {
  const version = roots.find((root) => root.name === 'patroni' && root.package === 'patroni')?.version ?? '';
  const [, major = 4, minor = 0] = /^(?:\d+:)?(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return major < 3 || (major === 3 && minor < 2);
}
