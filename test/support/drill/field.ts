import type { Host } from '../../../vagrant/host.ts';
import type { Cluster } from '../cluster.ts';
import { until } from '../deploy.ts';

export interface Member {
  name: string;
  host: Host;
  address: string;
}

/** Three installed hosts with a member of pg-test and of etcd each, and a table to write to. */
export interface Field {
  members: readonly Member[];
  admin: Host;
  /** Of the user `app`. */
  password: string;
  /** Whether a commit has to wait for a replica. */
  waits?: boolean;
}

export async function fieldOf({ hosts, addresses, admin }: Pick<Cluster, 'hosts' | 'addresses' | 'admin'>, waits = false): Promise<Field> {
  const members = hosts.map((host, index) => ({ name: `pg-test-${index + 1}`, host, address: addresses[index]! }));
  const { app } = JSON.parse(await admin.must(['cat', '/etc/pgark/vault/secrets.json'])) as { app: string };
  const field = { members, admin, password: app, waits };
  const leader = await whole(field);
  await psql(leader, tables);
  return field;
}

const tables = `
  CREATE SCHEMA IF NOT EXISTS drill AUTHORIZATION app;
  CREATE TABLE IF NOT EXISTS drill.kept (round integer, writer text, number bigint);
  CREATE TABLE IF NOT EXISTS drill.touched (at timestamptz DEFAULT now());
  ALTER TABLE drill.kept OWNER TO app;
`;

/** The connection of an application. */
export const service = (password: string): string => `host=127.0.0.1 dbname=app user=app password=${password}`;

/** By its own socket, as the superuser: past every proxy, and without a network. */
export const psql = ({ host }: Member, text: string): Promise<string> => host.must(['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', 'app'], { as: 'postgres', stdin: text });

/** Waits until one member leads and all others stream from it, of which it waits for one where it is to; answers with the leader. */
export function whole({ members, waits = false }: Pick<Field, 'members' | 'waits'>, patience = 240): Promise<Member> {
  return until(patience, 'one member leads, and the others stream from it', async () => {
    const states = await Promise.all(members.map(standing));
    const leaders = members.filter((_, index) => states[index]?.leads);
    const { streaming, waitsFor } = states.find((state) => state?.leads) ?? { streaming: 0, waitsFor: 0 };
    const isWhole = leaders.length === 1 && !states.includes(undefined) && streaming === members.length - 1 && waits === waitsFor > 0;
    return isWhole ? leaders[0] : undefined;
  });
}

interface Standing {
  leads: boolean;
  streaming: number;
  waitsFor: number;
}

async function standing(member: Member): Promise<Standing | undefined> {
  const text = `SELECT json_build_object('leads', NOT pg_is_in_recovery(), 'streaming', count(*), 'waitsFor', count(*) FILTER (WHERE sync_state IN ('sync', 'quorum'))) FROM pg_stat_replication WHERE application_name LIKE 'pg-test-%' AND state = 'streaming';`;
  return psql(member, text).then((answer) => JSON.parse(answer) as Standing, () => undefined);
}

export async function timelineOf(leader: Member): Promise<number> {
  return Number.parseInt(await psql(leader, `SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8);`), 16);
}

/** The member of etcd that leads, as the first host that knows tells. */
export async function etcdLeader({ members }: Field): Promise<Member> {
  const endpoints = members.map(({ address }) => `https://${address}:2379`).join(',');
  return until(60, 'etcd tells who leads it', async () => {
    for (const { host } of members) {
      const { code, stdout } = await host.run(`set -a; . /etc/etcd/etcdctl.env; unset ETCDCTL_ENDPOINTS; etcdctl --endpoints=${endpoints} endpoint status --write-out=json`, { timeout: 20 });
      const found = code === 0 ? leading(JSON.parse(stdout) as Status[]) : undefined;
      if (found) return members.find(({ address }) => found.includes(`//${address}:`));
    }
    return undefined;
  });
}

interface Status {
  Endpoint: string;
  Status: { leader: number; header: { member_id: number } };
}

// Their numbers have 64 bits, of which JSON.parse loses the last ones for both alike.
const leading = (all: readonly Status[]): string | undefined => all.find(({ Status }) => Status.leader === Status.header.member_id)?.Endpoint;
