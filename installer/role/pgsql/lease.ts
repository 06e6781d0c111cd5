import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { isPatroniBefore } from './patroni-version.ts';

/**
 * The seconds for which a leader may lead before it must renew: those of the plan, and no less than what the Patroni of the bundle takes.
 * From 3.2.0 on that is 20 (its release notes, "Enforce loop_wait + 2*retry_timeout <= ttl rule and hard-code minimal possible values"): it
 * writes down 20 whatever it is told, and no setting of its own, of a member or of etcd changes that. A second voice that took the lease
 * of a leader away earlier could not tell a host that is off from one that is only cut off and still writes.
 */
export function leaseOf(ttl: number, bundle: Descriptor): number {
  return isPatroniBefore([3, 2, 0], bundle) ? ttl : Math.max(ttl, 20);
}
