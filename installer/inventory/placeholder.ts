import { Secret } from '../../repo/core/secret.ts';

/** What the placeholders in an inventory stand for. */
export interface Meaning {
  /** `${admin_ip}`, `${pg_cluster}` … */
  value(name: string): string | undefined;
  /** `${secret.NAME}`; undefined where the name cannot be one. */
  secret(name: string): Secret | undefined;
}

export type Unresolved = (path: readonly PropertyKey[], message: string) => void;

/**
 * Replaces the placeholders in every string of a value. A string with a secret in it becomes a Secret, which only
 * parameters that take one accept. Names in upper case are left alone: they belong to the shell (`${HOME}` in a crontab).
 */
export function resolve(value: unknown, meaning: Meaning, unresolved: Unresolved, path: readonly PropertyKey[] = []): unknown {
  if (typeof value === 'string') return resolveText(value, meaning, (message) => unresolved(path, message));
  if (Array.isArray(value)) return value.map((each, index) => resolve(each, meaning, unresolved, [...path, index]));
  if (value === null || typeof value !== 'object' || value instanceof Secret) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, meaning, unresolved, [...path, key])]));
}

// Whatever begins like a name is taken for one: a mistyped placeholder must not become a password as it stands.
const pattern = /\$\{([a-z][^}]*)\}/g;

const secretName = (name: string): string | undefined => (name.startsWith('secret.') ? name.slice('secret.'.length) : undefined);

function resolveText(text: string, meaning: Meaning, unresolved: (message: string) => void): string | Secret {
  let holdsSecret = false;
  const resolved = text.replaceAll(pattern, (placeholder, name: string) => {
    const secret = secretName(name);
    const found = secret === undefined ? meaning.value(name) : meaning.secret(secret)?.reveal();
    if (found === undefined) unresolved(`there is nothing that ${placeholder} stands for`);
    holdsSecret ||= secret !== undefined;
    return found ?? placeholder;
  });
  return holdsSecret ? new Secret(resolved) : resolved;
}

/** The names of all secrets that a value speaks of. */
export function secretsIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(pattern)].map((match) => secretName(match[1]!)).filter((name) => name !== undefined);
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(secretsIn);
}

/**
 * The meaning of placeholders on one host: its address, names of accounts, and every parameter of it that is a plain value.
 */
export function meaningOn(address: string, vars: Readonly<Record<string, unknown>>, secret: Meaning['secret']): Meaning {
  const aliases: Record<string, string> = { dbsu: 'pg_dbsu', repl: 'pg_replication_username', monitor: 'pg_monitor_username', admin: 'pg_admin_username' };
  const value = (name: string, depth = 0): string | undefined => {
    if (name === 'ip') return address;
    if (name === 'lo') return '127.0.0.1';
    if (name === 'vip') return value('pg_vip_address', depth)?.split('/')[0];
    const found = vars[aliases[name] ?? name];
    if (typeof found === 'number') return String(found);
    if (typeof found !== 'string' || depth > 4) return undefined;
    return found.replaceAll(pattern, (placeholder, inner: string) => (secretName(inner) === undefined ? value(inner, depth + 1) : undefined) ?? placeholder);
  };
  return { value, secret };
}
