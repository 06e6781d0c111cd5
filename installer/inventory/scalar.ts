import { isIP } from 'node:net';
import { z } from 'zod';
import { Secret } from '../../repo/core/secret.ts';

/** The kinds of values that parameters have. Strings are checked once their placeholders are resolved. */

/** The name of a cluster, a role, a database … that also becomes part of paths and host names. */
export const identifier = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}$/, 'must be a name: letters, digits, "_", "-", ".", at most 63');

/** The name of a cluster; it becomes a part of host names (RFC 1123: no underscore). */
export const clusterName = z.string().regex(/^[a-z][a-z0-9-]{0,50}$/, 'must be a cluster name: lower-case letters, digits and "-", beginning with a letter');

/** The name of an account of the operating system (useradd(8)). */
export const username = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a user name: lower-case letters, digits, "_", "-", at most 32');

/** A role of PostgreSQL. */
export const roleName = z.string().regex(/^[a-z_][a-z0-9_@.-]{0,62}$/, 'must be the name of a role: lower-case letters, digits, "_", "-", "@", ".", at most 63');

/** A host name or a domain name, without a port. */
export const domain = z.string().regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i, 'must be a host or domain name');

export const address = z.string().refine((text) => isIP(text) > 0, 'must be an IP address');

/** `10.0.0.0/8`, `fd00::/8` */
export const network = z.string().refine((text) => isNetwork(text), 'must be a network in CIDR notation: 10.0.0.0/8');

/** An address with the length of its network: `10.10.10.2/24`. */
export const addressInNetwork = z.string().refine((text) => isNetwork(text), 'must be an address with the length of its network: 10.10.10.2/24');

/** A network interface, or `auto`: the one that leads to the network of the address. */
export const interfaceName = z.string().regex(/^[\w.@-]{1,15}$/, 'must be the name of a network interface, or auto');

/** What is put behind a name: `.db`, `-vip`; may be empty. */
export const nameSuffix = z.string().regex(/^([a-z0-9.-]*[a-z0-9])?$/i, 'must be the end of a host name');

export const port = z.int('must be a port number').min(1, 'must be a port number').max(65_535, 'must be a port number');

export const sequence = z.int('must be a whole number').min(0, 'must be 0 or more');

/** Absolute, without `..`. */
export const path = z.string().refine((text) => text.startsWith('/') && !text.split('/').includes('..') && !/[\s'"\\]/.test(text), 'must be an absolute path without spaces, quotes and ".."');

/** `90s`, `24h`, `15d`; what is none is not looked at any further. */
export const interval = z.string().regex(/^\d+(ms|s|m|min|h|d|w|y)$/, { error: 'must be a span of time with its unit: 10s, 24h, 15d', abort: true });

/** A span as PostgreSQL reads it: `1h`, `30min`, `1d`, 0. */
export const delay = z.union([z.literal(0), z.string()]).transform(String).refine((text) => /^(0|\d+\s?(ms|s|min|h|d))$/.test(text), 'must be a span of time as PostgreSQL takes it: 30min, 1h, 1d');

/** `64MB`, `1GiB` */
export const size = z.string().regex(/^\d+(\.\d+)?\s?([kMGT]i?B?)$/i, 'must be a size with its unit: 64MB, 1GiB');

/** A share of a whole. */
export const ratio = z.number().min(0, 'must be between 0 and 1').max(1, 'must be between 0 and 1');

/** A PostgreSQL major. People write `pg_version: 17`; a fraction is a mistake, since 17.10 without quotes is read as 17.1. */
export const major = z.union([z.int(), z.string()], 'must be a major version of PostgreSQL: 17').transform(String).refine((text) => /^\d{1,2}$/.test(text), 'must be a major version of PostgreSQL, without a minor: 17');

/** The value of a setting that is passed on as it is: `on`, 0.9, true, `64MB`. */
export const setting = z.union([z.string(), z.number(), z.boolean()], 'must be a string, a number or true/false');

/**
 * A password or a key. Left out or empty, one is generated and kept in the vault.
 * Passwords that other products publish as their defaults are refused: everybody knows them.
 */
export const secret = z
  .union([z.instanceof(Secret), z.string().transform((text) => new Secret(text))], 'must be a string')
  .refine((value) => !published.has(value.reveal()), 'is a password that everybody can look up; leave it out to have one generated')
  .transform((value) => (value.reveal() === '' ? undefined : value))
  .optional();

const published = new Set([
  'DBUser.DBA', 'DBUser.Monitor', 'DBUser.Replicator', 'DBUser.Meta', 'DBUser.Viewer', 'DBUser.Supa', 'Patroni.API', 'Etcd.Root',
  'pigsty', 'pgBackRest', 'S3User.MinIO', 'S3User.Backup', 'S3User.Meta', 'S3User.Data', 'Vibe.Coding', 'minioadmin', 'postgres', 'password', 'admin',
]);

function isNetwork(text: string): boolean {
  const [base, bits, ...rest] = text.split('/');
  const family = isIP(base ?? '');
  return family > 0 && rest.length === 0 && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Days in an interval, rounded up: `397d` → 397, `36h` → 2. */
export function days(text: string): number {
  const [, count, unit] = /^(\d+)(\w+)$/.exec(text)!;
  return Math.ceil((Number(count) * unitSeconds[unit!]!) / 86_400);
}

/** Seconds in an interval: `8s` → 8, `1500ms` → 1.5. */
export function seconds(text: string): number {
  const [, count, unit] = /^(\d+)(\w+)$/.exec(text)!;
  return Number(count) * unitSeconds[unit!]!;
}

const unitSeconds: Record<string, number> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
