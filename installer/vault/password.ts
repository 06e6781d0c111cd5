import { randomInt } from 'node:crypto';
import { Secret } from '../../repo/core/secret.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const alphabet = `${letters}0123456789`;

/**
 * A new password: 32 letters and digits, 190 bits. The alphabet means nothing to URLs, connection strings, INI, YAML and
 * shells, and a letter comes first, so that no reader takes it for a number.
 */
export function makePassword(length = 32): Secret {
  const rest = Array.from({ length: length - 1 }, () => pick(alphabet));
  return new Secret([pick(letters), ...rest].join(''));
}

const pick = (from: string): string => from[randomInt(from.length)]!;
