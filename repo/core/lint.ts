import type * as openpgp from 'openpgp';
import { Fault } from './fault.ts';
import { type Fingerprint, fingerprintOf } from './signature.ts';

/** What a system asks of the keys that it verifies packages with. */
export interface KeyPolicy {
  /** How a sentence calls it. */
  name: string;
  refusesSha1: boolean;
  /** The fewest bits of a key, by kind; a kind that is refused is not there. */
  rsa: number;
  dsa: number | undefined;
  /** The kinds with elliptic curves that it can read. */
  curves: readonly string[];
}

/**
 * EL 8: rpm 4.14 looks at neither, and has no curves; EdDSA came with 4.16, ECDSA after that. EL 9: crypto-policies, DEFAULT (no SHA-1 in signatures, RSA from 2048 bits, no DSA), and rpm
 * has verified the bindings of keys since 4.16.1.3-11 (CVE-2021-3521). EL 10: rpm-sequoia, by the same policy.
 */
export const keyPolicies: Readonly<Record<'8' | '9' | '10', KeyPolicy>> = {
  8: { name: 'EL 8', refusesSha1: false, rsa: 1024, dsa: 1024, curves: [] },
  9: { name: 'EL 9', refusesSha1: true, rsa: 2048, dsa: undefined, curves: ['eddsaLegacy'] },
  10: { name: 'EL 10', refusesSha1: true, rsa: 2048, dsa: undefined, curves: ['eddsaLegacy', 'ed25519', 'ecdsa'] },
};

export interface KeyConcern {
  fingerprint: Fingerprint;
  kind: 'sha1' | 'short' | 'refused' | 'expired' | 'expiring' | 'revoked';
  sentence: string;
}

/** What there is to be said against the public keys in a file, armoured or binary. @throws Fault invalid when it holds none */
export async function lintKeys(material: Uint8Array, policy: KeyPolicy, now: Date, what: string): Promise<KeyConcern[]> {
  const library = await import('openpgp');
  const keys = await parse(material, library).catch((cause: unknown) => {
    throw new Fault('invalid', `${what} holds no public key`, { cause });
  });
  return (await Promise.all(keys.map((key) => concernsOf(key, policy, now, library.enums.hash.sha1)))).flat();
}

/** Time to put another key in its place. */
const days = 90;

async function concernsOf(key: openpgp.Key, policy: KeyPolicy, now: Date, weak: openpgp.enums.hash): Promise<KeyConcern[]> {
  const found = [...strengthOf(key, policy), ...(policy.refusesSha1 && restsOn(weak, key) ? [sha1(policy)] : []), ...(await timeOf(key, now))];
  return found.map((each) => ({ fingerprint: fingerprintOf(key), ...each }));
}

type Concern = Omit<KeyConcern, 'fingerprint'>;

const sha1 = ({ name }: KeyPolicy): Concern => ({ kind: 'sha1', sentence: `it is bound to its own name or subkeys with SHA-1, and ${name} will not import it` });

function strengthOf(key: openpgp.Key, policy: KeyPolicy): Concern[] {
  const { algorithm, bits } = key.getAlgorithmInfo();
  const least = algorithm.startsWith('rsa') ? policy.rsa : algorithm === 'dsa' ? policy.dsa : policy.curves.includes(algorithm) ? 0 : undefined;
  if (least === undefined) return [{ kind: 'refused', sentence: `it is a key of the kind ${spelled[algorithm] ?? algorithm}, which ${policy.name} does not take` }];
  if ((bits ?? least) >= least) return [];
  return [{ kind: 'short', sentence: `it has ${bits} bits, and ${policy.name} asks for ${least}` }];
}

const spelled: Record<string, string> = { dsa: 'DSA', ecdsa: 'ECDSA', eddsaLegacy: 'EdDSA', ed25519: 'Ed25519' };

/** The newest self-signature of each name and of each subkey is the one that counts. */
function restsOn(weak: openpgp.enums.hash, key: openpgp.Key): boolean {
  const bindings = [...key.users.map((user) => user.selfCertifications), ...key.subkeys.map((subkey) => subkey.bindingSignatures)];
  return bindings.some((signatures) => newest(signatures)?.hashAlgorithm === weak);
}

const newest = (signatures: readonly openpgp.SignaturePacket[]): openpgp.SignaturePacket | undefined => signatures.toSorted((a, b) => (a.created?.getTime() ?? 0) - (b.created?.getTime() ?? 0)).at(-1);

async function timeOf(key: openpgp.Key, now: Date): Promise<Concern[]> {
  if (await key.isRevoked(undefined, undefined, now)) return [{ kind: 'revoked', sentence: 'its owner has revoked it' }];
  const end = await key.getExpirationTime();
  if (!(end instanceof Date)) return [];
  const left = Math.floor((end.getTime() - now.getTime()) / 86_400_000);
  const day = end.toISOString().slice(0, 10);
  if (left < 0) return [{ kind: 'expired', sentence: `it expired on ${day}` }];
  return left < days ? [{ kind: 'expiring', sentence: `it expires on ${day}, in ${left} days` }] : [];
}

async function parse(material: Uint8Array, library: typeof openpgp): Promise<openpgp.Key[]> {
  const armoured = material[0] === 0x2d;
  return armoured ? library.readKeys({ armoredKeys: Buffer.from(material).toString('utf8') }) : library.readKeys({ binaryKeys: material });
}
