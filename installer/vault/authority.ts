import './reflect.ts';
import { BasicConstraintsExtension, AuthorityKeyIdentifierExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, SubjectKeyIdentifierExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import { createPrivateKey, KeyObject, type webcrypto, X509Certificate as Reader } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';
import type { CertificateRequest } from './certificate.ts';

/** A certificate and its key, PEM; the key as PKCS #8. */
export interface KeyPair {
  certificate: string;
  key: Secret;
}

// ECDSA on P-256 is read by everything that gets a certificate here (OpenSSL, Go, libpq) and makes the cheapest handshakes.
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const day = 86_400_000;
const authorityDays = 3650;

// Hosts without a time source disagree: a certificate holds from the day before it is made.
const slack = day;

/** Days before its end from which a certificate is made anew; a short-lived one lives two thirds of its days. */
export const renewedWithin = 30;

const renewBefore = (days: number): number => Math.min(renewedWithin, days / 3);

/** A self-signed authority that may sign certificates of servers and clients, and no other authority (RFC 5280 4.2.1.9). */
export async function makeAuthority(name: string, now: Date): Promise<KeyPair> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    notBefore: new Date(now.getTime() - slack),
    notAfter: new Date(now.getTime() + authorityDays * day),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: exportKey(keys.privateKey) };
}

/** A certificate for both sides of mutual TLS, signed by the authority, that never outlives it. */
export async function issue(authority: KeyPair, request: CertificateRequest, now: Date): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: [request.commonName === '' ? { OU: [request.name] } : { CN: [request.commonName] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: importKey(authority.key),
    notBefore: new Date(Math.max(now.getTime() - slack, issuer.notBefore.getTime())),
    notAfter: endOf(issuer.notAfter, request, now),
    signingAlgorithm: signingAlgorithm(authority.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([
        ...request.dns.map((value) => ({ type: 'dns' as const, value })),
        ...request.addresses.map((value) => ({ type: 'ip' as const, value })),
        // RFC 5280 4.1.2.6: where the subject is empty, the names are critical.
      ], request.commonName === ''),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: exportKey(keys.privateKey) };
}

/** Whether a certificate still answers the request: same authority, same names, its own key, and not near its end. */
export function answers(pair: KeyPair, authority: string, request: CertificateRequest, now: Date): boolean {
  try {
    const reader = new Reader(pair.certificate);
    const left = (reader.validToDate.getTime() - now.getTime()) / day;
    return reader.verify(new Reader(authority).publicKey) && reader.checkPrivateKey(privateKey(pair.key)) && left > renewBefore(request.days) && left <= request.days + 1 && bears(reader, request);
  } catch {
    // Not readable as a certificate and its key: it answers nothing.
    return false;
  }
}

/** @throws Fault untrusted when it signs no certificates, or not for much longer */
export function checkAuthority(certificate: string, now: Date, where: string): void {
  const reader = read(certificate, where);
  if (!reader.ca) throw new Fault('untrusted', `${where}: is not the certificate of an authority`);
  if (reader.validToDate.getTime() - now.getTime() < 30 * day) {
    throw new Fault('untrusted', `${where}: the authority ends on ${reader.validToDate.toISOString().slice(0, 10)}`, {
      hint: 'move authority.crt and authority.key away; a new authority is made, and every certificate with it',
    });
  }
}

/** @throws Fault untrusted when certificate and key do not belong together */
export function belongs(authority: KeyPair, where: string): void {
  const reader = read(authority.certificate, where);
  try {
    if (reader.checkPrivateKey(privateKey(authority.key))) return;
  } catch (cause) {
    throw new Fault('untrusted', `${where}: the key of the authority cannot be read`, { cause });
  }
  throw new Fault('untrusted', `${where}: the key of the authority does not belong to its certificate`);
}

function read(certificate: string, where: string): Reader {
  try {
    return new Reader(certificate);
  } catch (cause) {
    throw new Fault('untrusted', `${where}: the authority cannot be read`, { cause });
  }
}

function endOf(authorityEnd: Date, request: CertificateRequest, now: Date): Date {
  return new Date(Math.min(now.getTime() + request.days * day, authorityEnd.getTime()));
}

/** Whether these names are in it, and no others. Node.js reads them much faster than a parser of ASN.1 does. */
function bears(reader: Reader, { commonName, dns, addresses }: CertificateRequest): boolean {
  const names = new Set(reader.subjectAltName?.split(', '));
  const isNamed = dns.every((name) => reader.checkHost(name, { subject: 'never', wildcards: false }) !== undefined) && addresses.every((address) => reader.checkIP(address) !== undefined);
  return isNamed && names.size === new Set([...dns, ...addresses.map(canonical)]).size && commonNameIn(reader) === commonName;
}

const commonNameIn = ({ subject }: Reader): string => /^CN=(.*)$/m.exec(subject)?.[1] ?? '';

/** The one spelling of an IPv6 address (RFC 5952). */
const canonical = (name: string): string => (isIPv6(name) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name);

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;

const privateKey = (key: Secret): KeyObject => createPrivateKey(key.reveal());

const exportKey = (key: webcrypto.CryptoKey): Secret => new Secret(KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }) as string);

const importKey = (key: Secret): webcrypto.CryptoKey => privateKey(key).toCryptoKey(signingAlgorithm(key), false, ['sign']);

/** An authority that was brought along may have another kind of key than the ones made here. */
function signingAlgorithm(key: Secret): { name: string; hash: string; namedCurve?: string } {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKey(key);
  if (type === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (type === 'ec' && details?.namedCurve === 'secp384r1') return { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return algorithm;
  throw new Fault('untrusted', `the key of the authority is of a kind that cannot sign here: ${details?.namedCurve ?? type}`, { hint: 'RSA, or ECDSA on P-256 or P-384' });
}

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem').trim()}\n`;
