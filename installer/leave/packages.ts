import type { Host, Inventory } from '../inventory/inventory.ts';
import { want } from '../plan/wanted.ts';
import type { ConditionResource } from '../resource/resource.ts';
import { isPostgres } from '../role/instance.ts';
import type { Role } from '../role/role.ts';
import { shell } from '../transport/command.ts';

/** The packages that only the instance asked for are removed; what they have brought along stays. Nothing is removed that something else needs. */
export function unneeded(host: Host, { before, after, roles }: { before: Inventory; after: Inventory; roles: readonly Role[] }): ConditionResource[] {
  const later = after.hosts.find(({ address }) => address === host.address);
  const others = roles.filter((role) => !isOfInstance(role, host, before));
  const kept = new Set([...namesIn(want(before, others, [host])), ...(later ? namesIn(want(after, roles, [later])) : [])]);
  const names = namesIn(want(before, roles, [host])).filter((name) => !kept.has(name));
  return names.length > 0 ? [removed(names, host)] : [];
}

/** A role that a host plays for its PostgreSQL: without that it would not. */
function isOfInstance(role: Role, host: Host, inventory: Inventory): boolean {
  const { pg_cluster: _cluster, pg_seq: _seq, ...vars } = host.vars;
  const plain = { ...host, vars } as Host;
  return isPostgres(host) && role.plays(host, inventory) && !role.plays(plain, inventory);
}

const namesIn = (wanted: ReturnType<typeof want>): readonly string[] => wanted.flatMap(({ items }) => items.flatMap(({ resource }) => (resource.kind === 'packages' ? resource.names : [])));

export const removed = (names: readonly string[], { platform }: { platform: Pick<Host['platform'], 'packageManager'> }): ConditionResource => ({ kind: 'condition', name: `without the packages ${names.join(' ')}`, check: checks[platform.packageManager](names), act: [acts[platform.packageManager](names)] });

const checks = {
  apt: (names: readonly string[]) => ({ argv: shell("! dpkg-query -W -f '${db:Status-Abbrev}\\n' -- \"$@\" 2>/dev/null | grep -q '^.i'", ...names) }),
  dnf: (names: readonly string[]) => ({ argv: shell('! rpm -q -- "$@" | grep -qv "is not installed$"', ...names) }),
} as const;

// dpkg and rpm refuse to remove what others need, where apt and dnf would remove those too. What they refuse stays; the rest goes, one by one if it must.
const removing = `
[ -n "$there" ] || exit 0
if remove $there >/dev/null 2>&1; then exit 0; fi
for pass in 1 2 3; do
  for name in $there; do remove "$name" >/dev/null 2>&1 || :; done
done`;

const acts = {
  apt: (names: readonly string[]) => ({ argv: shell(`remove() { dpkg --remove "$@"; }
there=$(dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' -- "$@" 2>/dev/null | sed -n 's/^.i *//p')${removing}`, ...names), timeout: 1800 }),
  dnf: (names: readonly string[]) => ({ argv: shell(`remove() { rpm -e "$@"; }
there=$(for name; do rpm -q --queryformat '%{NAME}\\n' -- "$name" | grep -v 'is not installed$' || :; done)${removing}`, ...names), timeout: 1800 }),
} as const;
