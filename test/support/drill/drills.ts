import { etcdLeader, type Field, type Member } from './field.ts';

/** What a drill has done: who is out of reach of the others, and how that ends. */
export interface Struck {
  down?: Member;
  heal(): Promise<void>;
}

export interface Drill {
  name: string;
  /** The primary is gone with what it has not sent, or goes on alone: without waiting for a replica commits can be lost. */
  loses?: true;
  /** Brings about what the drill wants to find, before anything is measured. */
  prepare?(field: Field, leader: Member): Promise<void>;
  strike(field: Field, leader: Member): Promise<Struck>;
}

export const drills: readonly Drill[] = [
  { name: 'kill -9 of the postmaster', strike: (_field, leader) => killed(leader, 'kill -9 "$pid"') },
  { name: 'kill -9 of all of postgres', strike: (_field, leader) => killed(leader, 'kill -9 "$pid" $(cat "/proc/$pid/task/$pid/children")') },
  { name: 'kill -9 of Patroni', strike: (_field, leader) => done(leader, 'kill -9 "$(systemctl show --property MainPID --value patroni)"') },
  { name: "power-off of the primary's host", loses: true, strike: (_field, leader) => poweredOff(leader) },
  { name: "network cut of the primary's host", loses: true, strike: (_field, leader) => cutOff(leader) },
  { name: "power-off of the etcd leader's host", prepare: apart, strike: async (field) => poweredOff(await etcdLeader(field)) },
  { name: 'switchover', strike: ({ admin }) => ordered(admin, 'switchover') },
  { name: 'rolling restart', strike: ({ admin }) => ordered(admin, 'restart') },
];

/** The drills whose name contains one of these words, each of which must be one's. */
export function drillsOf(...words: readonly string[]): Drill[] {
  return words.map((word) => {
    const found = drills.find(({ name }) => name.includes(word));
    if (found === undefined) throw new Error(`there is no drill "${word}"`);
    return found;
  });
}

const nothing = async (): Promise<void> => {};

const killed = (leader: Member, kill: string): Promise<Struck> => done(leader, `pid=$(head -n 1 /pg/data/postmaster.pid); ${kill}`);

async function done({ host }: Member, script: string): Promise<Struck> {
  await host.must(script);
  return { heal: nothing };
}

async function poweredOff(down: Member): Promise<Struck> {
  await down.host.powerOff();
  return { down, heal: () => down.host.start() };
}

async function cutOff(down: Member): Promise<Struck> {
  await down.host.unplug();
  return { down, heal: () => down.host.plug() };
}

/** By our own command, on the admin node. */
async function ordered(admin: Field['admin'], verb: 'switchover' | 'restart'): Promise<Struck> {
  await admin.must(['pgark', 'pg', verb, 'pg-test', '--yes'], { timeout: 600 });
  return { heal: nothing };
}

/** Has etcd led by a host that the primary is not on; both at once is what the power-off of the primary's host meets by chance. */
async function apart(field: Field, leader: Member): Promise<void> {
  if ((await etcdLeader(field)).name !== leader.name) return;
  const other = field.members.find(({ name }) => name !== leader.name)!;
  await leader.host.must(
    `set -a; . /etc/etcd/etcdctl.env; unset ETCDCTL_ENDPOINTS
     id=$(etcdctl --endpoints=https://127.0.0.1:2379 member list | sed -n 's|^\\([0-9a-f]*\\),.*https://${other.address}:2379.*|\\1|p')
     etcdctl --endpoints=https://127.0.0.1:2379 move-leader "$id"`,
  );
}
