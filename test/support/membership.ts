import type { Host } from '../../vagrant/host.ts';

/** When the PostgreSQL of each host was started: nobody else's business may restart it. */
export const startsOf = (hosts: readonly Host[]): Promise<string[]> => Promise.all(hosts.map((host) => askPostgres(host, 'SELECT pg_postmaster_start_time()')));

/** By way of its socket, as the superuser. */
export const askPostgres = async (host: Host, statement: string): Promise<string> => (await host.must(['psql', '-XAtq', '-d', 'postgres', '-c', statement], { as: 'postgres' })).trim();

/** The files in which a host is still spoken of: server lists, rules, targets, names. */
export async function filesNaming(address: string, hosts: readonly Host[]): Promise<string[]> {
  const found = await Promise.all(hosts.map(async (host) => (await host.run(['grep', '-rlF', '--', address, '/etc/haproxy', '/etc/pgbouncer', '/etc/patroni', '/etc/hosts', '/data/infra/targets'])).stdout.split('\n').filter(Boolean).map((path) => `${host.name}:${path}`)));
  return found.flat().sort();
}

/** Who Patroni says the members are, `pg-test-1 Leader`, when all of them run and have no lag. */
export async function wholeCluster(admin: Host, name: string): Promise<string[] | undefined> {
  const { code, stdout } = await admin.run(['pgark', 'pg', 'list', name, '--json'], { timeout: 120 });
  if (code !== 0) return undefined;
  const [{ members }] = (JSON.parse(stdout) as { clusters: [{ members: { name: string; role?: string; lag?: number }[] }] }).clusters;
  const isWhole = members.every(({ role, lag }) => role?.endsWith('Leader') || lag === 0);
  return isWhole ? members.map((each) => `${each.name} ${each.role}`) : undefined;
}

/** The units of a deployment that run on a host. */
export async function runningOn(host: Host): Promise<string[]> {
  const units = ['patroni', 'pgbouncer', 'haproxy', 'etcd', 'prometheus-node-exporter', 'prometheus-postgres-exporter', 'prometheus-pgbouncer-exporter'];
  const { stdout } = await host.run(['systemctl', 'is-active', ...units]);
  return stdout.split('\n').flatMap((state, index) => (state === 'active' ? [units[index]!] : []));
}
