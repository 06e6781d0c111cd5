import { createHash } from 'node:crypto';
import { Secret } from '../../repo/core/secret.ts';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const rounds = 5000;

/**
 * `$6$salt$…`, what crypt(3) and `openssl passwd -6` make of a password, for programs that keep password files.
 * Written after "Unix crypt using SHA-256 and SHA-512", Ulrich Drepper, version 0.6; the letters in comments are its steps.
 */
export function cryptSha512(password: Secret, salt: string): Secret {
  const key = Buffer.from(password.reveal());
  const salted = Buffer.from(salt.slice(0, 16));
  return once(sha512(salted, key).toString('hex'), () => new Secret(`$6$${salted}$${encode(stretch(key, salted))}`));
}

/** It is slow on purpose, and the same for many hosts. */
function once(key: string, make: () => Secret): Secret {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

const made = new Map<string, Secret>();

/** Sixteen letters of salt out of a secret that is made once: the same file comes out of every run. */
export function saltOf(secret: Secret, use: string): string {
  const bytes = createHash('sha256').update(use).update('\0').update(secret.reveal()).digest();
  return [...bytes.subarray(0, 16)].map((byte) => alphabet[byte & 63]).join('');
}

const sha512 = (...parts: readonly Buffer[]): Buffer => createHash('sha512').update(Buffer.concat(parts)).digest();

function stretch(key: Buffer, salt: Buffer): Buffer {
  let digest = mix(key, salt);
  const p = filled(sha512(...Array.from(key, () => key)), key.length); // 13–16
  const s = filled(sha512(...Array.from({ length: 16 + digest[0]! }, () => salt)), salt.length); // 17–20
  for (let round = 0; round < rounds; round++) {
    digest = sha512(...(round % 2 ? [p] : [digest]), ...(round % 3 ? [s] : []), ...(round % 7 ? [p] : []), ...(round % 2 ? [digest] : [p])); // 21
  }
  return digest;
}

/** 1–12: digest A, with digest B mixed in by the bits of the key's length. */
function mix(key: Buffer, salt: Buffer): Buffer {
  const b = sha512(key, salt, key);
  const bits: Buffer[] = [];
  for (let length = key.length; length > 0; length >>= 1) bits.push(length & 1 ? b : key);
  return sha512(key, salt, filled(b, key.length), ...bits);
}

const filled = (block: Buffer, length: number): Buffer => Buffer.alloc(length, block);

/** 22: three bytes a group, in an order of its own, six bits a letter, the lowest first. */
function encode(digest: Buffer): string {
  const groups: number[][] = [];
  for (let index = 0, order = [0, 21, 42]; index < 21; index++, order = order.slice(1).concat(order[0]!).map((each) => each + 1)) groups.push(order);
  const letters = groups.map(([a, b, c]) => sextets((digest[a!]! << 16) | (digest[b!]! << 8) | digest[c!]!, 4));
  return letters.join('') + sextets(digest[63]!, 2);
}

const sextets = (value: number, count: number): string => Array.from({ length: count }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
