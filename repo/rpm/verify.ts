import { stat } from 'node:fs/promises';
import type { Digest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import type { Keys } from '../core/legacy.ts';
import type { Signed } from '../core/signature.ts';
import type { Package } from '../package/package.ts';
import { type Abilities, lackedOf } from './abilities.ts';
import { disagreementsOf } from './agreement.ts';
import { type Extent, type Head, readHeadOf } from './head.ts';
import { metadataOf } from './metadata.ts';
import { verifyPayload } from './payload.ts';
import { verifyHeader } from './signed.ts';

/** What repository metadata says of a file. */
export type Claim = Pick<Package, 'name' | 'version' | 'arch' | 'size' | 'stanza'> & { digest: Digest };

/** By whom it is to be signed, and who has to read it. */
export interface Trust {
  keys: Keys;
  abilities: Abilities;
}

/** A package that may be believed. */
export interface Verified extends Omit<Signed, 'text'> {
  head: Head;
}

/**
 * The one way to a package file, whose whole content is already known to be what the metadata names: the header by a trusted
 * key, the payload by the header; then the header must say what the metadata says, and ask nothing that the target's rpm
 * cannot do. Nothing switches a part of it off. `within` says where in the file at `path` it lies, when it is not all of it. @throws Fault untrusted, or unsatisfiable for what rpm cannot do
 */
export async function verifyPackage(path: string, claim: Claim, { keys, abilities }: Trust, within?: Extent): Promise<Verified> {
  const what = `${claim.name} ${claim.version} ${claim.arch}`;
  const head = readHeadOf(path, what, within);
  const signed = await verifyHeader(path, head, keys, what, within);
  await verifyPayload(path, head, what, within);
  const metadata = metadataOf(head, what);
  const differing = disagreementsOf(metadata, claim, within?.size ?? (await stat(path)).size);
  if (differing.length > 0) throw new Fault('untrusted', `${what}: its file is not what the metadata says`, { details: differing, hint: 'the repository is in the middle of a change, or was tampered with; try again later, or another mirror' });
  const lacked = lackedOf(metadata.dependencies.requires, metadata.payload.compressor, abilities);
  if (lacked.length > 0) throw new Fault('unsatisfiable', `${what} is too new for ${abilities.rpm}`, { details: lacked.map((each) => `it needs ${each}`), hint: 'an older version of it may do: a source of its own, or `without: [NAME]` in its manifest, leaves this one out' });
  return { ...signed, head };
}
