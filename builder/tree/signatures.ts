import type { OpenedBundle } from '../../repo/bundle/open.ts';
import { members } from '../../repo/bundle/paths.ts';
import { Fault } from '../../repo/core/fault.ts';
import { each } from '../../repo/core/progress.ts';
import { readKeys } from '../../repo/core/signature.ts';
import type { Package } from '../../repo/package/package.ts';
import { abilitiesOf } from '../../repo/rpm/abilities.ts';
import { verifyPackage } from '../../repo/rpm/verify.ts';

const concurrency = 8;

/** Verifies the packages in a bundle as rpm on the target will: with the keys that the bundle brings, and no others. Answers what is wrong. */
export async function auditSignatures(bundle: OpenedBundle, packages: readonly Package[], keys: readonly Uint8Array[], path: string): Promise<string[]> {
  const { descriptor, places } = bundle;
  const abilities = abilitiesOf(descriptor.target.release);
  if (abilities === undefined) return [`${members.descriptor}: what the rpm of EL ${descriptor.target.release} can do is not known`];
  const trust = { keys: packages.length === 0 ? [] : await readKeys(keys, descriptor.keys, path), abilities };
  const there = packages.filter((item) => places.has(placeOf(item)));
  const wrong = await each(there, concurrency, async (item) => {
    try {
      await verifyPackage(path, item, trust, { at: places.get(placeOf(item))!, size: item.size });
      return [];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return [error.message, ...error.details.map((detail) => `  ${detail}`)];
    }
  });
  return wrong.flat();
}

const placeOf = ({ url }: Package): string => `${members.repository}/${url}`;
