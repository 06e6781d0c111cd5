import { table } from '../../repo/console/print.ts';
import type { EtcdMember } from '../inventory/etcd-sight.ts';
import { seatOf, type EtcdMet, type Met } from '../etcd/sight.ts';

/** A member of etcd as it is shown. */
export interface EtcdRow {
  /** Its name; its id where it never started. */
  name: string;
  id?: string;
  /** The key of its host in the inventory, or where the others reach it. */
  address: string;
  state: 'leads' | 'follows' | 'learns' | 'never started' | 'no leader' | 'no answer' | 'host cannot be reached' | 'data is gone' | 'no member' | 'nobody knows';
  version?: string;
  /** How far its log goes, and how many entries it is behind the furthest. */
  index?: number;
  lag?: number;
  /** Bytes. */
  size?: number;
  /** `NOSPACE`, `CORRUPT` */
  alarms: readonly string[];
  /** What stands in the way of believing the rest. */
  remark?: string;
}

export interface EtcdRows {
  quorum: boolean;
  leader?: string;
  members: readonly EtcdRow[];
}

/** Members as etcd lists them, in the order of the inventory; then hosts of the inventory that are none; then members that it does not have. */
export function etcdRows(met: EtcdMet): EtcdRows {
  const { members = [], leader } = met;
  const furthest = Math.max(0, ...[...met.statuses.values()].map(({ index }) => index));
  const seated = met.seats.map((each) => {
    const member = members.find((one) => seatOf(one, met) === each);
    return member ? rowOf(member, met, furthest, each) : outside(each, met);
  });
  const strangers = members.filter((member) => seatOf(member, met) === undefined).map((member) => ({ ...rowOf(member, met, furthest), remark: 'not in the inventory' }));
  const leading = members.find(({ id }) => id === leader)?.name;
  return { quorum: leader !== undefined, ...(leading !== undefined && { leader: leading }), members: [...seated, ...strangers] };
}

export function printEtcd({ quorum, leader, members }: EtcdRows): string {
  const heading = ['  member', 'state', 'version', 'index', 'behind', 'size', 'host', ''];
  const rows = members.map(({ name, state, version = '', index, lag, size, address, alarms, remark }) => [
    `  ${name}`, state, version, textOf(index), textOf(lag), size === undefined ? '' : `${(size / 1024 ** 2).toFixed(1)} MB`, address, [...alarms.map((each) => `alarm ${each}`), remark ?? ''].filter(Boolean).join(', '),
  ]);
  return [`etcd: ${quorum ? `${leader} leads` : 'no quorum: nobody can change who leads a cluster'}`, table([heading, ...rows])].join('\n');
}

const textOf = (count: number | undefined): string => (count === undefined ? '' : String(count));

function rowOf(member: EtcdMember, { leader, statuses }: EtcdMet, furthest: number, met?: Met): EtcdRow {
  const { id, name, isLearner, peers } = member;
  const status = statuses.get(id);
  const known = { name: name || met?.seat.member || id, id, address: met?.seat.address ?? peers.join(', '), alarms: alarmsIn(status?.errors ?? []) };
  if (!status) return { ...known, state: name === '' ? 'never started' : silence(met) };
  const state = isLearner ? 'learns' : status.leader === undefined ? 'no leader' : id === leader ? 'leads' : 'follows';
  return { ...known, state, version: status.version, index: status.index, lag: Math.max(0, furthest - status.applied), size: status.size };
}

function silence(met: Met | undefined): EtcdRow['state'] {
  if (met && 'because' in met) return 'host cannot be reached';
  return met?.sight.data === 'none' ? 'data is gone' : 'no answer';
}

/** A host of the inventory that nobody lists. Without a quorum most lists cannot be had: what it says itself counts then. */
function outside({ seat: { member: name, address }, ...told }: Met, { members }: EtcdMet): EtcdRow {
  const row = { name, address, alarms: [] };
  if ('because' in told) return { ...row, state: 'host cannot be reached', remark: told.because.message };
  if (members) return { ...row, state: 'no member', remark: 'pgark apply takes it in' };
  const { status } = told.sight;
  if (!status) return { ...row, state: told.sight.data === 'none' ? 'no member' : 'no answer' };
  return { ...row, id: status.id, state: status.leader === undefined ? 'no leader' : 'nobody knows', version: status.version, index: status.index, size: status.size, alarms: alarmsIn(status.errors) };
}

/** `memberID:10276657743932975437 alarm:NOSPACE ` */
const alarmsIn = (errors: readonly string[]): string[] => [...new Set(errors.flatMap((error) => /alarm:(\w+)/.exec(error)?.[1] ?? []))];
