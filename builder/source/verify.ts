import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readKeys, verifyDetached, verifyInline, type Fingerprint } from '../../repo/core/signature.ts';
import { readRelease, type Release } from '../../repo/deb/release.ts';
import type { Drawn, DrawnSuite } from '../manifest/manifest.ts';

/** A Release as it was fetched, or as it lies in the store: signed within itself, or beside. */
export type SignedDocument = { inline: Uint8Array } | { release: Uint8Array; signature: Uint8Array };

/** A Release that may be believed. */
export interface Verified {
  release: Release;
  signer: Fingerprint;
  /** Of the text that is signed: the digest of the file `Release`, however it was fetched. */
  digest: Digest;
}

export type Keyring = Readonly<Record<Fingerprint, Uint8Array>>;

/**
 * The one way to a Release: its signature by a key that the manifest pins for the suite, then its name, then its dates.
 * Nothing switches a part of it off. @throws Fault untrusted
 */
export async function verifyRelease(document: SignedDocument, drawn: DrawnSuite, keyring: Keyring, now: Date): Promise<Verified> {
  const what = nameOf(drawn);
  const { text, signer } = await checkSignature(document, drawn, keyring, what);
  const release = readRelease(text, what);
  checkName(release, drawn, what);
  checkDates(release, now, what);
  return { release, signer, digest: digestOf(`${text.replaceAll('\r\n', '\n').trimEnd()}\n`) };
}

/** `debian/bookworm`: how a suite is called in locks and messages. */
export const nameOf = ({ source, suite }: Drawn): string => `${source.name}/${suite.suite}`;

async function checkSignature(document: SignedDocument, { suite }: Drawn, keyring: Keyring, what: string): Promise<{ text: string; signer: Fingerprint }> {
  const material = suite.keys.flatMap((fingerprint) => keyring[fingerprint] ?? []);
  const keys = await readKeys(material, suite.keys, what);
  if ('inline' in document) return verifyInline(Buffer.from(document.inline).toString('utf8'), keys, what).catch(namingKeys);
  const { signer } = await verifyDetached(document.release, document.signature, keys, what).catch(namingKeys);
  return { text: Buffer.from(document.release).toString('utf8'), signer };
}

/** Who names a mirror that signs anew, but not its key, meets a signature by nobody that is trusted. */
export function namingKeys(error: unknown): never {
  if (!(error instanceof Fault) || error.hint !== undefined) throw error;
  throw new Fault(error.code, error.message, { details: error.details, hint: 'a mirror that signs its index anew has a key of its own, which `keys` names in the file for --mirrors', cause: error });
}

/** A good signature over another suite is how a mirror would serve yesterday's release as today's. */
function checkName(release: Release, drawn: DrawnSuite, what: string): void {
  const { codename } = drawn.suite;
  if (release.codename === codename && namesOf(drawn).has(release.suite)) return;
  throw new Fault('untrusted', `${what}: the Release there is for "${release.codename || release.suite}"${release.codename === codename ? `, suite "${release.suite}"` : ''}, not for "${codename}"`, {
    hint: 'the mirror serves another suite under this name; another one is named with --mirror NAME=URL',
  });
}

/** What a suite may call itself: its own name, or one that moves from release to release, with the same ending (`oldstable-updates`); some Releases do not say. */
function namesOf({ source, suite }: DrawnSuite): Set<string> {
  const ending = /-.*$/.exec(suite.codename)?.[0] ?? '';
  const moving = source.archives[suite.archive]!.seen;
  return new Set(['', suite.suite, suite.codename, ...moving, ...moving.map((name) => name + ending)]);
}

/** How far a clock may lag behind that of the archive. */
const drift = 10 * 60_000;

function checkDates({ date, validUntil }: Release, now: Date, what: string): void {
  if (validUntil && validUntil < now) {
    throw new Fault('untrusted', `${what}: its Release expired on ${validUntil.toISOString()}`, {
      details: [`it is dated ${date.toISOString()}; this machine's clock says ${now.toISOString()}`],
      hint: 'the mirror has stopped being updated, or the clock is wrong; another mirror is named with --mirror NAME=URL',
    });
  }
  if (date.getTime() > now.getTime() + drift) {
    throw new Fault('untrusted', `${what}: its Release is dated ${date.toISOString()}, which is still to come`, { hint: `this machine's clock says ${now.toISOString()}` });
  }
}
