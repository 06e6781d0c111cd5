import type { Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Keys } from '../../repo/core/legacy.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { readKeys } from '../../repo/core/signature.ts';
import { abilitiesOf } from '../../repo/rpm/abilities.ts';
import { type Listing, listingOf } from '../../repo/rpm/listing.ts';
import { type Claim, verifyPackage } from '../../repo/rpm/verify.ts';
import type { Drawn } from '../manifest/manifest.ts';
import type { Store } from '../store/store.ts';
import type { Upstream } from './upstream.ts';
import { obtainKeys } from './keys.ts';
import { nameOf } from './verify.ts';

/** What a lock says of an RPM package. */
export interface LockedRpm extends Claim {
  /** `pgdg/pg17` */
  source: string;
}

const concurrency = 8;

/**
 * Verifies the RPM packages of a lock, which are in the store: each by the keys of its own source, against its entry, for the
 * rpm of the target's release. Answers what their headers list, for the repository that is made of them.
 * @throws Fault naming every package that is not to be trusted
 */
export async function verifyPackages(packages: readonly LockedRpm[], keys: ReadonlyMap<string, Keys>, store: Store, release: string, progress: Progress): Promise<ReadonlyMap<Digest, Listing>> {
  const abilities = abilitiesOf(release);
  if (abilities === undefined) throw new Fault('invalid', `what the rpm of EL ${release} can do is not known`);
  const faults: Fault[] = [];
  const listings = new Map<Digest, Listing>();
  await progress.each(packages, concurrency, async (item) => {
    try {
      const { head } = await verifyPackage(store.pathOf(item.digest), item, { keys: keys.get(item.source) ?? [], abilities });
      listings.set(item.digest, listingOf(head, item.name));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
    }
  });
  if (faults.length > 0) throw allOf(faults);
  return listings;
}

/** The keys whose signature is good on packages of a repository: those that are pinned for it. @throws Fault untrusted */
export async function packageKeys(drawn: Drawn, upstream: Upstream, progress: Progress): Promise<Keys> {
  const keyring = await obtainKeys(drawn, upstream, progress);
  return readKeys(Object.values(keyring), drawn.suite.keys, nameOf(drawn));
}

/** One by itself says it best. Several are in the order of their names, whichever was first. */
function allOf(faults: readonly Fault[]): Fault {
  const [first, ...others] = faults.toSorted((a, b) => (a.message < b.message ? -1 : 1)) as [Fault, ...Fault[]];
  if (others.length === 0) return first;
  const code = faults.some((fault) => fault.code === 'untrusted') ? 'untrusted' : first.code;
  const details = [first, ...others].flatMap((fault) => [fault.message, ...fault.details.map((detail) => `  ${detail}`)]);
  return new Fault(code, `${faults.length} packages cannot be taken`, { details, ...(first.hint !== undefined && { hint: first.hint }) });
}
