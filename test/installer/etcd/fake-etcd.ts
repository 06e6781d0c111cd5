import type { Acting } from '../../../installer/cluster/clock.ts';
import type { Seat } from '../../../installer/etcd/etcd.ts';
import type { Command, Transport } from '../../../installer/transport/command.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';

export interface FakeMember {
  id: number;
  name: string;
  /** The last number of its address, 10.10.10.N. */
  at: number;
  learner?: boolean;
  /** It runs, and its host can be reached. */
  up: boolean;
  /** Its host can be reached. */
  reachable?: boolean;
  data?: 'none' | 'whole';
}

export interface FakeEtcd {
  seats: Seat[];
  members: Map<number, FakeMember>;
  /** `remove 2 by 10.10.10.11`, `rest 10.10.10.12` */
  told: string[];
  refuse?: string;
}

/** An etcd whose members answer as real ones do; `strangers` have no seat in the inventory. */
export function fakeEtcd(all: readonly FakeMember[], { strangers = [], ...seat }: Partial<Seat> & { strangers?: readonly FakeMember[] } = {}): FakeEtcd {
  const fake: FakeEtcd = { seats: [], members: new Map([...all, ...strangers].map((member) => [member.id, member])), told: [] };
  fake.seats = all.map((member) => ({
    member: member.name || `etcd-${member.id}`,
    address: `10.10.10.${member.at}`,
    transport: transportOf(member, fake),
    data: '/data/etcd',
    peer: peerOf(member),
    client: clientOf(member),
    isSafeguarded: false,
    losesData: true,
    ...seat,
  }));
  return fake;
}

/** Whose time passes at once. */
export function acting(): Acting {
  let now = 0;
  return { progress: silent, signal: new AbortController().signal, clock: { now: () => now, sleep: async (milliseconds) => void (now += milliseconds) } };
}

const peerOf = ({ at }: FakeMember): string => `https://10.10.10.${at}:2380`;
const clientOf = ({ at }: FakeMember): string => `https://10.10.10.${at}:2379`;

function transportOf(member: FakeMember, fake: FakeEtcd): Transport {
  const host = `10.10.10.${member.at}`;
  const probe = async (commands: readonly Command[]) => {
    if (member.reachable === false) throw new Fault('unreachable', `${host}: no root shell`);
    return commands.map((command) => ({ code: 0, stdout: '', stderr: '', ...answer(command, member, fake) }));
  };
  return { host, probe, run: probe };
}

function answer({ argv }: Command, member: FakeMember, fake: FakeEtcd): { code?: number; stdout?: string; stderr?: string } {
  const text = argv.join(' ');
  if (text.includes('member remove')) return removed(Number.parseInt(argv.at(-1)!, 16), member, fake);
  if (text.includes('disable --now')) {
    fake.told.push(`rest 10.10.10.${member.at} ${argv.at(-1)}`);
    return {};
  }
  if (text.startsWith('sh -ec clients=')) return { stdout: JSON.stringify([...fake.members.values()].filter((each) => each.up && argv[4]!.includes(clientOf(each))).map((each) => statusOf(each, fake))) };
  return { stdout: sightOf(member, fake) };
}

function removed(id: number, by: FakeMember, fake: FakeEtcd): { code: number; stderr?: string } {
  if (fake.refuse !== undefined) return { code: 1, stderr: `{"level":"warn"}\nError: etcdserver: ${fake.refuse}\n` };
  fake.told.push(`remove ${id} by 10.10.10.${by.at}`);
  fake.members.delete(id);
  return { code: 0 };
}

function leaderOf({ members }: FakeEtcd): number | undefined {
  const voters = [...members.values()].filter(({ learner }) => !learner);
  const up = voters.filter((each) => each.up);
  return up.length * 2 > voters.length ? up[0]!.id : undefined;
}

function sightOf(member: FakeMember, fake: FakeEtcd): string {
  const runs = member.up && fake.members.has(member.id);
  const lines = [`data=${member.data ?? 'whole'}`, `unit=${runs ? 'active' : 'inactive'}`];
  if (!runs) return lines.join('\n');
  const list = { members: [...fake.members.values()].map((each) => ({ ID: each.id, name: each.name, peerURLs: [peerOf(each)], clientURLs: each.name === '' ? [] : [clientOf(each)], isLearner: each.learner ?? false })) };
  return [...lines, `status=${JSON.stringify([statusOf(member, fake)])}`, `members=${JSON.stringify(list)}`].join('\n');
}

function statusOf(member: FakeMember, fake: FakeEtcd): object {
  const leader = leaderOf(fake);
  const Status = { header: { member_id: member.id }, version: '3.4.23', dbSize: 20480, ...(leader !== undefined && { leader }), raftIndex: 9, raftAppliedIndex: 9, isLearner: member.learner ?? false, errors: leader === undefined ? ['etcdserver: no leader'] : [] };
  return { Endpoint: clientOf(member), Status };
}
