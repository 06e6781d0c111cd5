import { createCipheriv, createPrivateKey, randomBytes, scryptSync, type KeyObject } from 'node:crypto';
import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';

/** Whether it takes a passphrase to use this private key, PEM. */
export const isLocked = (key: Secret): boolean => key.reveal().includes('ENCRYPTED');

/** The same key under a passphrase: PKCS #8 (RFC 5958) with PBES2 (RFC 8018), scrypt (RFC 7914) and AES-256. OpenSSL reads it. */
export function lock(key: Secret, passphrase: Secret): Secret {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const derived = scryptSync(passphrase.reveal(), salt, 32, { N: cost.n, r: cost.r, p: cost.p });
  const cipher = createCipheriv('aes-256-cbc', derived, iv);
  const plain = createPrivateKey(key.reveal()).export({ type: 'pkcs8', format: 'der' });
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  const kdf = sequence(oid.scrypt, sequence(octets(salt), ...[cost.n, cost.r, cost.p].map(integer)));
  return new Secret(pem(sequence(sequence(oid.pbes2, sequence(kdf, sequence(oid.aes256cbc, octets(iv)))), octets(text))));
}

/** The same key without one. @throws Fault untrusted when it is another passphrase */
export function unlock(key: Secret, passphrase: Secret, where: string): Secret {
  return new Secret(open(key, passphrase, where).export({ type: 'pkcs8', format: 'pem' }) as string);
}

function open(key: Secret, passphrase: Secret, where: string): KeyObject {
  try {
    return createPrivateKey({ key: key.reveal(), passphrase: passphrase.reveal() });
  } catch {
    // What OpenSSL says of it tells nobody more.
    throw new Fault('untrusted', `${where}: the passphrase does not open it`);
  }
}

/** What OWASP asks for at the least, within the 32 MiB that OpenSSL gives to scrypt. */
const cost = { n: 16_384, r: 8, p: 5 };

/** X.690, the part of DER that such a key is made of. */
const value = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag]), length(content.length), content]);

const sequence = (...parts: readonly Buffer[]): Buffer => value(0x30, Buffer.concat(parts));

const octets = (content: Buffer): Buffer => value(0x04, content);

function integer(number: number): Buffer {
  const digits = number.toString(16);
  const bytes = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
  return value(0x02, bytes[0]! < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}

function length(count: number): Buffer {
  return count < 0x80 ? Buffer.from([count]) : count < 0x100 ? Buffer.from([0x81, count]) : Buffer.from([0x82, count >> 8, count & 0xff]);
}

const oid = {
  pbes2: value(0x06, Buffer.from('2a864886f70d01050d', 'hex')),
  scrypt: value(0x06, Buffer.from('2b06010401da47040b', 'hex')),
  aes256cbc: value(0x06, Buffer.from('60864801650304012a', 'hex')),
};

const pem = (der: Buffer): string => `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trim()}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
