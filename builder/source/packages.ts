import type { Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Keys } from '../../repo/core/legacy.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { type Fingerprint, fingerprintOf, readKeys } from '../../repo/core/signature.ts';
import { abilitiesOf } from '../../repo/rpm/abilities.ts';
import { type Listing, listingOf } from '../../repo/rpm/listing.ts';
import { type Claim, verifyPackage } from '../../repo/rpm/verify.ts';
import type { Store } from '../store/store.ts';
import type { Upstream } from './upstream.ts';
import { obtainPinned, type Pinned } from './keys.ts';

/** What a lock says of an RPM package. */
export interface LockedRpm extends Claim {
  /** `pgdg/pg17` */
  source: string;
}

/** RPM packages that may be believed. */
export interface Vouched {
  /** What their headers list, for the repository that is made of them. */
  listings: ReadonlyMap<Digest, Listing>;
  /** The public keys of those who signed them, armoured, by fingerprint: a target needs these to verify the packages itself. */
  keys: ReadonlyMap<Fingerprint, string>;
}

const concurrency = 8;

/**
 * Verifies the RPM packages of a lock, which are in the store: each by the keys of its own source, against its entry, for the
 * rpm of the target's release. @throws Fault naming every package that is not to be trusted
 */
export async function verifyPackages(packages: readonly LockedRpm[], keys: ReadonlyMap<string, Keys>, store: Store, release: string, progress: Progress): Promise<Vouched> {
  const abilities = abilitiesOf(release);
  if (abilities === undefined) throw new Fault('invalid', `what the rpm of EL ${release} can do is not known`);
  const faults: Fault[] = [];
  const listings = new Map<Digest, Listing>();
  const signers = new Set<Fingerprint>();
  await progress.each(packages, concurrency, async (item) => {
    try {
      const { head, signer } = await verifyPackage(store.pathOf(item.digest), item, { keys: keys.get(item.source) ?? [], abilities });
      listings.set(item.digest, listingOf(head, item.name));
      signers.add(signer);
    } catch (error) {
      faults.push(faultIn(error));
    }
  });
  if (faults.length > 0) throw allOf(faults, 'packages cannot be taken');
  const known = new Map([...keys.values()].flat().map((key) => [fingerprintOf(key), key.armor()]));
  return { listings, keys: new Map([...signers].sort().map((signer) => [signer, known.get(signer)!])) };
}

/**
 * The keys whose signature is good on packages of the sources of a lock: those that the lock pins for each.
 * @throws Fault untrusted
 */
export async function packageKeys(sources: readonly Pinned[], upstream: Upstream, progress: Progress): Promise<ReadonlyMap<string, Keys>> {
  const silent = sources.filter(({ keys }) => keys.length === 0);
  if (silent.length > 0) {
    throw new Fault('untrusted', 'the lock does not say by whose keys its packages are signed', { details: silent.map(({ name }) => name), hint: 'lock the bundle again; locks of this pgark say it' });
  }
  const found = new Map<string, Keys>();
  const faults: Fault[] = [];
  for (const source of sources) {
    const keyring = await obtainPinned(source, (fingerprint) => upstream.published?.[fingerprint], upstream, progress);
    await readKeys(Object.values(keyring), source.keys, source.name).then((keys) => found.set(source.name, keys), (error: unknown) => faults.push(faultIn(error)));
  }
  if (faults.length > 0) throw allOf(faults, 'sources cannot be trusted');
  return found;
}

/** Anything else is a bug. */
function faultIn(error: unknown): Fault {
  if (!(error instanceof Fault)) throw error;
  return error;
}

/** One by itself says it best. Several are in the order of their names, whichever was first. */
function allOf(faults: readonly Fault[], what: string): Fault {
  const [first, ...others] = faults.toSorted((a, b) => (a.message < b.message ? -1 : 1)) as [Fault, ...Fault[]];
  if (others.length === 0) return hinted(first);
  const code = faults.some((fault) => fault.code === 'untrusted') ? 'untrusted' : first.code;
  const details = [first, ...others].flatMap((fault) => [fault.message, ...fault.details.map((detail) => `  ${detail}`)]);
  return hinted(new Fault(code, `${faults.length} ${what}`, { details, ...(first.hint !== undefined && { hint: first.hint }) }));
}

/** What to try where nobody knows better. */
function hinted(fault: Fault): Fault {
  const { code, message, details, cause } = fault;
  if (fault.hint !== undefined || code !== 'untrusted') return fault;
  return new Fault(code, message, { details, hint: 'the source signs with another key by now, or its mirror was tampered with: keys are pinned in manifests/sources, another mirror is named with --mirror NAME=URL', cause });
}
