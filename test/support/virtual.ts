import type { Host } from '../../vagrant/host.ts';

/** The names of the hosts that have an address at this moment. */
export async function holdersOf(address: string, hosts: readonly Host[]): Promise<string[]> {
  const found = await Promise.all(hosts.map(async (host) => ((await host.must(['ip', '-o', 'address', 'show', 'to', address])) === '' ? [] : [host.name])));
  return found.flat();
}

/** One answer to SQL as the administrator, by an address whose certificate must be of the deployment and for it. On the admin node, where the vault is. */
export async function through(admin: Host, address: string, port: number, text: string): Promise<string> {
  const answer = await admin.must(
    `PGPASSWORD=$(sed -n 's/.*"pg_admin_password": *"\\([^"]*\\)".*/\\1/p' /etc/pgark/vault/secrets.json)
     export PGPASSWORD PGCONNECT_TIMEOUT=5 PGSSLMODE=verify-full PGSSLROOTCERT=/etc/pki/ca.crt
     exec psql -X -A -t -v ON_ERROR_STOP=1 -h ${address} -p ${port} -U dbuser_dba postgres`,
    { stdin: text },
  );
  return answer.trim().split('\n')[0]!;
}
