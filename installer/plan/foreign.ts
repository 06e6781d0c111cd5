import { target } from '../../repo/bundle/paths.ts';
import type { Host } from '../inventory/inventory.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** Looks for databases that no run of ours has made (clusters of Debian's packages, data where ours shall lie), for the server of EL's own packages, and for data of ours that are gone. */
export const probeForeign = ({ vars }: Host): Command => ({ argv: shell(probing, target.receipts, vars.pg_data, vars.pg_fs_main) });

export function foreignPostgres(host: Host, { stdout }: Completed): Finding[] {
  if (host.vars.pg_cluster === undefined) return [];
  const lines = stdout.split('\n').filter((line) => line !== '');
  return [...lines.filter(isGone).map((line) => gone(host, line)), ...lines.filter((line) => !isGone(line)).map((place) => present(host, place))];
}

const isGone = (line: string): boolean => line.startsWith('gone ');

/** A disk that is not mounted looks like a host with nothing on it; what would be made there would hide the data. */
function gone(host: Host, line: string): Finding {
  const [, link, place] = line.split(' ');
  return { host: host.name, code: 'data-gone', message: `PostgreSQL was installed here, and ${link} leads to ${place}, which is not there`, remedy: `mount the disk that holds it; or, when the data are lost for good, remove the link: rm ${link}` };
}

function present(host: Host, place: string): Finding {
  return {
    host: host.name,
    code: 'postgresql-present',
    message: `there is a PostgreSQL already: ${place}`,
    remedy: `keep it and use another host; or dump it, then remove it (${removal[host.platform.family]}), and come back`,
  };
}

const removal = {
  debian: 'pg_dropcluster',
  el: 'systemctl disable --now its unit, postgresql or postgresql-NN; dnf remove its package; move its data out of /var/lib/pgsql',
};

// A receipt says that a run of ours has been here, so what it left is ours, whole or half done.
const probing = `
link=\${2%/*}
if [ -L "$link" ] && [ ! -e "$link" ]; then
  printf 'gone %s %s\\n' "$link" "$(readlink "$link")"
  exit 0
fi
for receipt in "$1"/*.json; do
  if [ -e "$receipt" ]; then exit 0; fi
done
for place in /etc/postgresql/*/*/postgresql.conf; do
  if [ -e "$place" ]; then printf '%s\\n' "\${place%/postgresql.conf}"; fi
done
for place in "$2" "$3"/*/data /var/lib/postgresql/*/* /var/lib/pgsql/data /var/lib/pgsql/*/data; do
  if [ -e "$place/PG_VERSION" ] || { [ "$place" = "$2" ] && [ -n "$(ls -A -- "$place" 2>/dev/null)" ]; }; then printf '%s\\n' "$place"; fi
done
if command -v rpm >/dev/null; then rpm -q --queryformat 'the package %{NAME}-%{VERSION}-%{RELEASE}\\n' postgresql-server | grep '^the ' || :; fi
`;
