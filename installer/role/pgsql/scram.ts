import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { sealed, type Secret } from '../../../repo/core/secret.ts';

const iterations = 4096;

/**
 * What PostgreSQL keeps of a password (RFC 5803, as in pg_authid.rolpassword). The salt follows from the deployment's own
 * secret and the role, so that the same password always gives the same verifier: PgBouncer can then log in to
 * PostgreSQL with what a client proved to it, and a second apply finds nothing to do.
 */
export function verifier(role: string, password: Secret, seed: Secret): Secret {
  return sealed((reveal) => {
    const salt = createHmac('sha256', reveal(seed)).update(`scram salt of ${role}`).digest().subarray(0, 16);
    return once(reveal(password), salt);
  });
}

/** It is slow on purpose, and the same on every member of a cluster. */
function once(password: string, salt: Buffer): string {
  const key = createHash('sha256').update(salt).update(password).digest('hex');
  const found = made.get(key) ?? verifierOf(password, salt);
  made.set(key, found);
  return found;
}

const made = new Map<string, string>();

/** RFC 5802, 3: StoredKey = H(HMAC(SaltedPassword, "Client Key")), ServerKey = HMAC(SaltedPassword, "Server Key"). */
export function verifierOf(password: string, salt: Buffer): string {
  // RFC 4013, reduced to the part that matters for passwords people type: compatibility normalisation.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest();
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored.toString('base64')}:${keyed('Server Key').toString('base64')}`;
}
