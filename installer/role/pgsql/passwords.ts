import type { Secret } from '../../../repo/core/secret.ts';
import type { PgUser } from '../../inventory/access.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { instanceOf } from '../instance.ts';
import { verifier } from './scram.ts';
import { sourceOf } from './upstream.ts';

/** The roles of a cluster: those that every cluster has, then those of its users. */
export function rolesOf({ vars }: Host): readonly PgUser[] {
  return [...(vars.pg_provision ? vars.pg_default_roles : []), ...vars.pg_users];
}

/** The names of the secrets that the passwords of a cluster's roles stand on. */
export function passwordSecrets(host: Host, inventory: Inventory): string[] {
  return [saltOf(host, inventory), lockOf(host), 'pg_replication_password', 'pg_admin_password', 'pg_monitor_password'];
}

/** The password of a role, undefined where it has none and comes in by peer or not at all. */
export function passwordOf(user: PgUser, { vars }: Host, inventory: Inventory): Secret | undefined {
  switch (user.name) {
    case vars.pg_replication_username:
      return inventory.secret('pg_replication_password');
    case vars.pg_admin_username:
      return inventory.secret('pg_admin_password');
    case vars.pg_monitor_username:
      return inventory.secret('pg_monitor_password');
    case vars.pg_dbsu:
      return vars.pg_dbsu_password;
  }
  return user.password;
}

/** What PostgreSQL and PgBouncer both keep of the password of a role. */
export function verifierOfRole(user: PgUser, host: Host, inventory: Inventory): Secret | undefined {
  const password = passwordOf(user, host, inventory);
  return password && verifier(user.name, password, inventory.secret(saltOf(host, inventory)));
}

/** A verifier for an account that comes in by peer only, and yet has to be on a list: of a password that nobody is told. */
export function closedVerifier(name: string, host: Host, inventory: Inventory): Secret {
  return verifier(name, inventory.secret(lockOf(host)), inventory.secret(saltOf(host, inventory)));
}

const lockOf = (host: Host): string => `${instanceOf(host).cluster}.pgbouncer_lock`;

/** A standby cluster has the verifiers of the one that it follows. */
const saltOf = (host: Host, inventory: Inventory): string => `${instanceOf(sourceOf(host, inventory)).cluster}.pg_scram_salt`;
