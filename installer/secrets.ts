import type { Draft } from './inventory/draft.ts';
import type { Inventory } from './inventory/inventory.ts';
import type { Role } from './role/role.ts';
import { clustersOf, etcdPassword } from './role/etcd/client.ts';
import type { Vault } from './vault/vault.ts';

/** A secret in the vault, and what may be done with it; never its value. */
export interface SecretRow {
  name: string;
  /** The roles of the installer that ask for it, or who logs in with it. */
  users: readonly string[];
  rotation: 'with all' | 'by name' | 'never';
  /** Why not with all of them. */
  because?: string;
  /** When it last got a new value, RFC 3339. */
  rotated?: string;
  /** Some host may still have the former value. */
  underWay: boolean;
}

export interface Known {
  draft: Draft;
  inventory: Inventory;
  roles: readonly Role[];
}

/** Every secret of the vault, in the order of their names. */
export function secretRows(vault: Vault, known: Known): SecretRow[] {
  const asked = askedFor(known);
  return vault.names().map((name) => {
    const rotation = vault.rotation(name);
    return { name, users: usersOf(name, asked, known), ...rule(name, vault, asked, known), ...(rotation && { rotated: rotation.at }), underWay: rotation?.former !== undefined };
  });
}

/** By name, the roles of the installer that ask for a secret. */
function askedFor({ inventory, roles }: Known): Map<string, string[]> {
  const pairs = inventory.hosts.flatMap((host) => roles.filter((role) => role.plays(host, inventory)).flatMap((role) => (role.secrets?.(host, inventory) ?? []).map((name) => ({ name, role: role.name }))));
  return new Map([...Map.groupBy(pairs, ({ name }) => name)].map(([name, rows]) => [name, [...new Set(rows.map(({ role }) => role))]]));
}

function rule(name: string, vault: Vault, asked: ReadonlyMap<string, string[]>, { draft, inventory }: Known): Pick<SecretRow, 'rotation' | 'because'> {
  const fixed = Object.entries(never).find(([ending]) => name.endsWith(ending));
  if (fixed) return { rotation: 'never', because: fixed[1] };
  if (draft.secrets.includes(name)) return holdsEtcd(name, vault, inventory) ? { rotation: 'never', because: 'the inventory gives it to etcd: take pg_etcd_password and etcd_root_password out of it' } : { rotation: 'by name', because: 'whoever logs in with it has to be told' };
  if (!asked.has(name)) return { rotation: 'never', because: 'nothing in the inventory uses it' };
  // What the inventory gives goes before the vault.
  if (inventory.secret(name) !== vault.secret(name)) return { rotation: 'never', because: 'the inventory gives another one: change it there' };
  return { rotation: 'with all' };
}

/** By the end of its name. */
const never: Readonly<Record<string, string>> = {
  '.pgbackrest_cipher_pass': 'the backups that exist were encrypted with it',
  '.pg_scram_salt': 'it is no password; what is made with it changes with the passwords',
  password_salt: 'it is no password; what is made with it changes with the passwords',
};

/** etcd has one password for a user: its rotation takes another user, which an inventory that gives the password does not say. */
function holdsEtcd(name: string, vault: Vault, inventory: Inventory): boolean {
  const value = vault.secret(name).reveal();
  return ['etcd_root_password', ...clustersOf(inventory).map(etcdPassword)].some((each) => vault.has(each) && inventory.secret(each) !== vault.secret(each) && inventory.secret(each).reveal() === value);
}

/** `role app of pg-test`, where a role of a cluster logs in with it. */
function usersOf(name: string, asked: ReadonlyMap<string, string[]>, { draft }: Known): string[] {
  const own = asked.get(name) ?? [];
  const logins = draft.hosts.flatMap(({ vars }) => (Array.isArray(vars['pg_users']) ? (vars['pg_users'] as { name?: unknown; password?: unknown }[]) : []).map((user) => ({ user, cluster: vars['pg_cluster'] })));
  const named = logins.filter(({ user }) => String(user.password).includes(`\${secret.${name}}`)).map(({ user, cluster }) => `role ${String(user.name)} of ${String(cluster)}`);
  return [...new Set([...own, ...named])];
}
