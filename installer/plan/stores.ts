import type { Host } from '../inventory/inventory.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** An object store elsewhere that a cluster is to be backed up to, and where it is found. */
interface Store {
  repository: string;
  name: string;
  port: string;
  /** What `node_etc_hosts` says of the name, which the host does not know yet. */
  address: string | undefined;
}

/**
 * Tries the port of every object store that a host does not use yet: an outage later on is for archiving to bear, and stops no run. Stores of this
 * inventory are not there before it.
 */
export const probeStores = (host: Host): Command => ({ argv: shell(probing, ...storesOf(host).flatMap(({ repository, name, port, address }) => [repository, name, port, address ?? name])) });

export const storeFindings = ({ name: host }: Pick<Host, 'name'>, { stdout }: Completed): Finding[] =>
  stdout.split('\n').filter(Boolean).map((line) => {
    const [repository, name, port] = line.split(' ');
    return { host, code: 'store-unreachable', message: `${name}:${port} (pgbackrest_repo.${repository}) does not answer`, remedy: 'see whether the object store runs, and whether a firewall is between; or take it out of pgbackrest_method for now' };
  });

function storesOf({ vars }: Host): Store[] {
  if (vars.pg_cluster === undefined || !vars.pgbackrest_enabled) return [];
  const records = [...vars.node_default_etc_hosts, ...vars.node_etc_hosts].map((line) => line.trim().split(/\s+/));
  return vars.pgbackrest_method.flatMap((repository) => {
    const { options, secrets } = vars.pgbackrest_repo[repository] ?? { options: {}, secrets: {} };
    if (options['type'] !== 's3' || secrets.s3_key_secret === undefined) return [];
    const [, name = '', port] = /^(?:https?:\/\/)?([^:/]+)(?::(\d+))?/.exec(String(options['s3_endpoint'])) ?? [];
    return [{ repository, name: String(options['storage_host'] ?? name), port: String(options['storage_port'] ?? port ?? 443), address: records.find(([, ...names]) => names.includes(name))?.[0] }];
  });
}

// A name that nobody knows yet may be one of a name server that comes with the deployment. Bash opens connections, where the host has bash.
const probing = `
while [ $# -ge 4 ]; do
  if grep -qsF "s3-endpoint=$2" /etc/pgbackrest/pgbackrest.conf; then shift 4; continue; fi
  if command -v bash >/dev/null && getent ahosts "$4" >/dev/null; then
    timeout 5 bash -c ': <"/dev/tcp/$1/$2"' bash "$4" "$3" 2>/dev/null || echo "$1 $2 $3"
  fi
  shift 4
done
`;
