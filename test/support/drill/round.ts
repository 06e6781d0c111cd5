import { setTimeout as sleep } from 'node:timers/promises';
import { loadavg } from 'node:os';
import { until } from '../deploy.ts';
import type { Drill, Struck } from './drills.ts';
import { etcdLeader, psql, service, timelineOf, whole, type Field, type Member } from './field.ts';
import { record, type Recorder } from './recorder.ts';
import { readReader, readWatcher, readWriter, type Commit, type Refusal } from './told.ts';
import { late, lost, outage, served, type Served } from './verdict.ts';

/** What came of a drill. Times are seconds. */
export interface Round {
  drill: string;
  plan: string;
  /** The number by which its rows are known. */
  number: number;
  /** When it began, and how busy the machine was: the load of the last minute. */
  began: string;
  load: number;
  leader: { before: string; after: string; etcd: string };
  timeline: { before: number; after: number };
  /** The longest pause that a client on a host that was not struck itself had, and that of each. */
  outage: number;
  outages: Record<string, number>;
  /** From the strike until all members streamed again. */
  whole: number;
  commits: number;
  /** Acknowledged commits that are not there, of clients that could reach the rest, and of those on the struck host. */
  lost: number;
  lostThere: number;
  /** For how long the struck host went on to acknowledge what is lost. */
  alone: number;
  /** Writes on a member that began when a later timeline had taken some. */
  twoPrimaries: number;
  /** Tries to write that a member that follows turned down. */
  strayed: number;
  served: Served[];
  reasons: Record<string, number>;
}

const readPorts = [5434, 5436, 5438];

/** Observes for this long at least after the strike: some of what it does comes late. */
const watching = 15;

interface Recorders {
  writers: Map<Member, Recorder>;
  watchers: Map<Member, Recorder>;
  readers: Map<Member, Recorder>;
}

/** One drill on a cluster that is whole, until it is whole again. */
export async function play(field: Field, drill: Drill, { plan, number }: { plan: string; number: number }): Promise<Round> {
  const leader = await whole(field);
  await drill.prepare?.(field, leader);
  const before = { leader: leader.name, etcd: (await etcdLeader(field)).name, timeline: await timelineOf(leader) };
  const recorders = await recordAll(field, number);
  try {
    await until(60, 'every client writes', async () => ([...recorders.writers.values()].every(({ lines }) => lines.filter(isAcknowledged).length > 20) ? true : undefined));
    await sleep(2000);
    const [began, load] = [new Date(), loadavg()[0]!];
    const struck = await drill.strike(field, leader);
    await observe(recorders, struck);
    await struck.heal();
    const after = await whole(field);
    const [end, timeline] = [Date.now(), await timelineOf(after)];
    await sleep(2000);
    await stopAll(recorders);
    const there = await rowsOf(after, number);
    const facts = { drill: drill.name, plan, number, began: began.toISOString(), load: rounded(load), leader: { before: before.leader, after: after.name, etcd: before.etcd }, timeline: { before: before.timeline, after: timeline } };
    return { ...facts, whole: rounded((end - began.getTime()) / 1000), ...judge(recorders, struck, began.getTime() / 1000, there) };
  } finally {
    await stopAll(recorders);
  }
}

const isAcknowledged = (line: string): boolean => line.startsWith('acknowledged');

async function recordAll(field: Field, round: number): Promise<Recorders> {
  const recorders: Recorders = { writers: new Map(), watchers: new Map(), readers: new Map() };
  for (const member of field.members) {
    recorders.watchers.set(member, await record(member.host, 'watcher', { socket: 'host=/var/run/postgresql dbname=app', pause: 0.1 }, 'postgres'));
    recorders.readers.set(member, await record(member.host, 'reader', { service: service(field.password), ports: readPorts, pause: 0.5 }));
    recorders.writers.set(member, await record(member.host, 'writer', { service: `${service(field.password)} port=5433`, round, writer: member.name, pause: 0.005 }));
  }
  return recorders;
}

async function stopAll({ writers, watchers, readers }: Recorders): Promise<void> {
  await Promise.all([writers, watchers, readers].flatMap((each) => [...each.values()].map((recorder) => recorder.stop())));
}

/** Until every client that is not on the struck host has written for some seconds. */
async function observe({ writers }: Recorders, { down }: Struck): Promise<void> {
  const from = Date.now() / 1000;
  const wrote = ([member, { lines }]: [Member, Recorder]): boolean => {
    const times = readWriter(member.name, lines.slice(-400)).commits.map(({ at }) => at);
    return times.filter((at) => at > Math.max(from, Date.now() / 1000 - 3)).length > 20;
  };
  await sleep(watching * 1000);
  await until(120, 'every client writes again', async () => ([...writers].filter(([member]) => member !== down).every(wrote) ? true : undefined));
}

async function rowsOf(leader: Member, round: number): Promise<Set<string>> {
  const text = await psql(leader, `SELECT writer || ' ' || number FROM drill.kept WHERE round = ${round};`);
  return new Set(text.split('\n'));
}

type Judgement = Pick<Round, 'outage' | 'outages' | 'commits' | 'lost' | 'lostThere' | 'alone' | 'twoPrimaries' | 'strayed' | 'served' | 'reasons'>;

function judge({ writers, watchers, readers }: Recorders, { down }: Struck, from: number, there: ReadonlySet<string>): Judgement {
  const told = [...writers].map(([member, { lines }]) => ({ member, ...readWriter(member.name, lines) }));
  const commits = told.flatMap((each) => each.commits);
  const gone = lost(commits, there);
  const outages = Object.fromEntries(told.filter(({ member }) => member !== down).map(({ member, commits }) => [member.name, rounded(outage(commits.map(({ at }) => at), from))]));
  const answers = [...readers].filter(([member]) => member !== down).map(([, { lines }]) => readReader(lines));
  return {
    outage: Math.max(...Object.values(outages)),
    outages,
    commits: commits.length,
    lost: gone.filter((commit) => !isOf(commit, down)).length,
    lostThere: gone.filter((commit) => isOf(commit, down)).length,
    alone: rounded(Math.max(0, ...gone.filter((commit) => isOf(commit, down)).map(({ at }) => at - from))),
    twoPrimaries: late([...watchers].flatMap(([member, { lines }]) => readWatcher(member.name, lines))).length,
    strayed: told.flatMap(({ refusals }) => refusals).filter(({ strayed }) => strayed).length,
    served: readPorts.map((port) => served(port, answers)),
    reasons: counted(told.flatMap(({ refusals }) => refusals)),
  };
}

const isOf = ({ writer }: Commit, member: Member | undefined): boolean => writer === member?.name;

function counted(refusals: readonly Refusal[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of refusals) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

