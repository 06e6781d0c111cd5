import type { Acting } from '../../../installer/cluster/clock.ts';
import type { Cluster, Seat } from '../../../installer/cluster/cluster.ts';
import type { Met } from '../../../installer/cluster/sight.ts';
import type { Completed, Command, Transport } from '../../../installer/transport/command.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';

/** Replicas are `running` to 3.0 and `streaming` to later ones; 4.1 tells two lags. */
export type Version = '3.0' | '4.0' | '4.1';

export interface FakeMember {
  state: string;
  lag?: number | 'unknown';
  pending?: boolean;
  nofailover?: boolean;
  synchronous?: boolean;
  /** Whether its own server receives from the leader. */
  receives: boolean;
  /** Of its data directory. */
  birth: number;
}

export interface FakePatroni {
  met: Met;
  members: Map<string, FakeMember>;
  leader: string | undefined;
  /** What patronictl was told to do, without `list`, and the looks at servers left out. */
  told: string[];
  /** What a command answers instead of doing what it says. */
  refuse: Map<string, Partial<Completed>>;
  /** What happens at the next looks, one each; what Patroni says of it comes in its own time. */
  soon: (() => void)[];
}

const healthy = (): FakeMember => ({ state: '', lag: 0, receives: true, birth: 1 });

/** A cluster `pg-test` of three, led by the first. Its hosts answer as real ones with that version of Patroni do. */
export function fakePatroni(version: Version = '4.0', { lost = [], size = 3, seats = {} }: { lost?: readonly number[]; size?: number; seats?: Partial<Seat> } = {}): FakePatroni {
  const names = Array.from({ length: size }, (_, index) => `pg-test-${index + 1}`);
  const fake: FakePatroni = { met: undefined as unknown as Met, members: new Map(names.map((name) => [name, healthy()])), leader: names[0], told: [], refuse: new Map(), soon: [] };
  const all = names.map((member, index): Seat => ({ member, address: `10.10.21.1${index + 1}`, transport: hostOf(member, fake, version), dbsu: 'postgres', data: '/pg/data', port: '5432', isOffline: false, isSafeguarded: false, ...(index === size - 1 && seats) }));
  const isLost = (seat: Seat): boolean => lost.includes(Number(seat.member.at(-1)));
  const cluster: Cluster = { name: 'pg-test', seats: all, rpo: 1_048_576 };
  fake.met = { cluster, here: all.filter((seat) => !isLost(seat)), lost: all.filter(isLost).map((seat) => ({ seat, because: new Fault('unreachable', `${seat.address}: no root shell`, { hint: 'check the network' }) })) };
  return fake;
}

/** Time that passes only when somebody waits. */
export function acting(signal = new AbortController().signal): Acting {
  let now = 0;
  return { progress: silent, signal, clock: { now: () => now, sleep: async (milliseconds) => void (now += milliseconds) } };
}

const fine = (stdout = ''): Completed => ({ code: 0, stdout, stderr: '' });

const hostOf = (member: string, fake: FakePatroni, version: Version): Transport => ({
  host: member,
  probe: async (commands) => commands.map((command) => answer(command, member, fake, version)),
  run: async (commands) => commands.map(() => fine()),
});

function answer({ argv, as }: Command, member: string, fake: FakePatroni, version: Version): Completed {
  const [program, ...words] = argv;
  const self = fake.members.get(member)!;
  if (program === 'psql') return fine(words.at(-1)!.includes('wal_receiver') ? (self.receives && fake.leader !== member ? 'streaming\n' : '') : fake.leader === member && self.state !== 'starting' ? 'f\n' : 't\n');
  if (program === 'sh') return fine(`${self.birth}\n`);
  if (program !== 'patronictl') return fine();
  if (as !== 'postgres' || words.splice(0, 2).join(' ') !== '-c /etc/patroni/patroni.yml') return { code: 1, stdout: '', stderr: 'Error: no read rights' };
  return words[0] === 'list' ? told(fake, version) : act(words.filter((word) => word !== '--force'), fake);
}

function told(fake: FakePatroni, version: Version): Completed {
  const refused = fake.refuse.get('list');
  if (refused) return { ...fine(), code: 1, ...refused };
  fake.soon.shift()?.();
  return fine(JSON.stringify([...fake.members].map(([name, member]) => row(name, member, fake, version))));
}

function row(name: string, { state, lag, pending, nofailover, synchronous }: FakeMember, { leader }: FakePatroni, version: Version): object {
  const leads = leader === name;
  const known = lag !== undefined && !leads;
  return {
    Cluster: 'pg-test',
    Member: name,
    Host: `10.10.21.1${name.at(-1)}`,
    Role: leads ? 'Leader' : synchronous ? 'Sync Standby' : 'Replica',
    State: state || (leads || version === '3.0' ? 'running' : 'streaming'),
    TL: 1,
    ...(known && version !== '4.1' && { 'Lag in MB': lag }),
    ...(known && version === '4.1' && lag !== 'unknown' && { 'Receive LSN': '0/5000060', 'Receive Lag': lag, 'Replay LSN': '0/5000060', 'Replay Lag': lag }),
    ...(pending && { 'Pending restart': '*' }),
    Tags: { clonefrom: true, version: '17', ...(nofailover && { nofailover }) },
  };
}

function act(words: readonly string[], fake: FakePatroni): Completed {
  const [action, , name] = words;
  fake.told.push(words.join(' '));
  const refused = fake.refuse.get(action!);
  if (refused) return { ...fine(), ...refused };
  const to = words[words.indexOf('--candidate') + 1]!;
  if (action === 'restart') restart(fake.members.get(name!)!, fake);
  else if (action === 'reinit') reinit(fake.members.get(name!)!, fake);
  else if (!words.includes('--scheduled')) handOver(to, fake);
  return fine();
}

/** The server is back at once, and receives a moment later. */
function restart(member: FakeMember, fake: FakePatroni): void {
  member.pending = false;
  member.receives = false;
  fake.soon.push(() => {}, () => (member.receives = true));
}

/** What Patroni says of it stays as it was for some looks. */
function reinit(member: FakeMember, fake: FakePatroni): void {
  const { state } = member;
  fake.soon.push(
    () => (member.receives = false),
    () => {
      member.birth++;
      member.state = 'creating replica';
    },
    () => (member.state = state),
    () => (member.receives = true),
  );
}

function handOver(to: string, fake: FakePatroni): void {
  const before = fake.leader === undefined ? undefined : fake.members.get(fake.leader);
  const after = fake.members.get(to)!;
  const { state } = after;
  fake.leader = to;
  after.state = 'starting';
  if (before) Object.assign(before, { state: 'stopped', lag: 'unknown', receives: false, pending: false });
  fake.soon.push(
    () => (after.state = state),
    () => before && Object.assign(before, healthy()),
  );
}
