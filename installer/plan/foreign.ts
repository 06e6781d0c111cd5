import { target } from '../../repo/bundle/paths.ts';
import type { Host } from '../inventory/inventory.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** Looks for databases that no run of ours has made: clusters of Debian's packages, and data where ours shall lie. */
export const probeForeign = ({ vars }: Host): Command => ({ argv: shell(probing, target.receipts, vars.pg_data, vars.pg_fs_main) });

export function foreignPostgres(host: Host, { stdout }: Completed): Finding[] {
  if (host.vars.pg_cluster === undefined) return [];
  const places = stdout.split('\n').filter((line) => line !== '');
  return places.map((place) => ({
    host: host.name,
    code: 'postgresql-present',
    message: `there is a PostgreSQL already: ${place}`,
    remedy: 'keep it and use another host; or dump it, then remove it with pg_dropcluster, and come back',
  }));
}

// A receipt says that a run of ours has been here, so what it left is ours, whole or half done.
const probing = `
for receipt in "$1"/*.json; do
  if [ -e "$receipt" ]; then exit 0; fi
done
for place in /etc/postgresql/*/*/postgresql.conf; do
  if [ -e "$place" ]; then printf '%s\\n' "\${place%/postgresql.conf}"; fi
done
for place in "$2" "$3"/*/data /var/lib/postgresql/*/* /var/lib/pgsql/data /var/lib/pgsql/*/data; do
  if [ -e "$place/PG_VERSION" ] || { [ "$place" = "$2" ] && [ -n "$(ls -A -- "$place" 2>/dev/null)" ]; }; then printf '%s\\n' "$place"; fi
done
`;
