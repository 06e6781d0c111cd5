import { Fault } from '../../repo/core/fault.ts';
import type { EtcdMember } from '../inventory/etcd-sight.ts';
import { guess } from '../inventory/guess.ts';
import { refuseInterrupted, until, type Acting } from '../cluster/clock.ts';
import { shell } from '../transport/command.ts';
import { asRoot } from './ctl.ts';
import type { Seat } from './etcd.ts';
import { meetEtcd, seatOf, voicesIn, type EtcdMet } from './sight.ts';

/** A member that may be taken out, and what goes with it. */
export interface Leaving {
  member: EtcdMember;
  /** Its name, or its id where it never started. */
  name: string;
  /** Its host, where the inventory has it and it can be reached. */
  seat?: Seat;
  /** By way of whom it is taken out. */
  voice: Seat;
}

/**
 * Whether a member, by its name or id, may be taken out.
 * @throws Fault usage where it must not be, apply where etcd would lose its quorum or has none
 */
export function checkLeave(name: string, met: EtcdMet): Leaving {
  const { members } = met;
  if (met.seats.some(({ seat }) => seat.isSafeguarded)) throw new Fault('usage', 'etcd is protected by etcd_safeguard in the inventory', { hint: 'etcd_safeguard: false lifts it' });
  if (members === undefined || met.leader === undefined) throw new Fault('apply', 'etcd has no quorum, and changes nothing until it has one', { hint: 'pgark etcd list shows who is missing' });
  const member = memberNamed(name, members, met);
  if (members.length === 1) throw new Fault('usage', `${name} is the only member of etcd: without it nobody can lead a cluster`, { hint: 'add members first, and pgark apply' });
  const at = seatOf(member, met);
  const voice = voicesIn(met).find((each) => !member.peers.includes(each.peer)) ?? voicesIn(met)[0]!;
  const shortage = shortageWithout(member, met);
  if (shortage !== undefined) throw new Fault('apply', `without ${name} etcd would lose its quorum: ${shortage}`, { hint: 'pgark etcd list shows who is missing; a member that is gone for ever is taken out first' });
  return { member, name: member.name || name, ...(at && 'sight' in at && { seat: at.seat }), voice };
}

/** By its name, its id, or the name of its place in the inventory. */
function memberNamed(name: string, members: readonly EtcdMember[], met: EtcdMet): EtcdMember {
  const meant = members.filter((each) => each.name === name || each.id === name || seatOf(each, met)?.seat.member === name);
  if (meant.length > 1) throw new Fault('usage', `${meant.length} members are meant by "${name}"`, { details: meant.map(({ id, peers }) => `${id} at ${peers.join(', ')}`), hint: 'say which, by its id' });
  if (meant[0]) return meant[0];
  const names = members.map((each) => each.name || each.id);
  throw new Fault('usage', `etcd has no member "${name}"${guess(name, names)}`, { hint: `it has ${names.join(', ')}` });
}

/** Why the members that would be left could not decide anything, or nothing. Who has no vote, or is not there, takes nothing with it. */
export function shortageWithout(leaving: EtcdMember, { members = [], statuses }: EtcdMet): string | undefined {
  const isWell = ({ id }: EtcdMember): boolean => statuses.get(id)?.leader !== undefined;
  if (leaving.isLearner || !isWell(leaving)) return undefined;
  const left = members.filter((each) => each.id !== leaving.id && !each.isLearner);
  const well = left.filter(isWell).length;
  const need = Math.floor(left.length / 2) + 1;
  return well >= need ? undefined : `of the ${left.length} others ${well === 1 ? 'only one answers' : `only ${well} answer`}, and it takes ${need}`;
}

/**
 * Takes a member out, waits until the others have a leader without it, and puts its host to rest.
 * @throws Fault apply
 */
export async function leaveEtcd(name: string, met: EtcdMet, acting: Acting): Promise<EtcdMet> {
  const leaving = checkLeave(name, met);
  const seats = met.seats.map(({ seat }) => seat);
  await acting.progress.step(`${leaving.name} leaves etcd`, () => withdraw(leaving));
  const after = await acting.progress.step('the others go on', () => until(60, 'the other members have a leader', async () => goesOn(await meetEtcd(seats), leaving), acting));
  if (leaving.seat) {
    refuseInterrupted(acting, `${leaving.seat.address} is put to rest`);
    await acting.progress.step(`${leaving.seat.address} is put to rest`, () => putToRest(leaving.seat!));
  }
  return after;
}

async function withdraw({ member, name, voice }: Leaving): Promise<void> {
  const [done] = await voice.transport.probe([asRoot([voice.client], 'member remove "$1"', member.id)]);
  if (done!.code !== 0) throw new Fault('apply', `${name} was not taken out: ${errorIn(done!.stderr)}`, { hint: 'pgark etcd list shows how it stands' });
}

const goesOn = (met: EtcdMet, { member }: Leaving): EtcdMet | undefined =>
  met.leader !== undefined && met.leader !== member.id && met.members?.every(({ id }) => id !== member.id) ? met : undefined;

/** It ends by itself when it is taken out; then it is not started again, knows no password any more, and its data goes or is set aside. */
export async function putToRest({ transport, data, losesData, address }: Seat): Promise<void> {
  const [done] = await transport.probe([{ argv: shell(resting, data, losesData ? 'remove' : 'keep'), timeout: 180 }]);
  if (done!.code !== 0) throw new Fault('apply', `${address} was not put to rest: ${done!.stderr.trim().split('\n').at(-1)}`, { hint: 'the member is taken out; systemctl disable --now etcd on its host ends what runs there' });
}

const resting = `
systemctl disable --now etcd.service
rm -f -- /etc/etcd/etcdctl.env /etc/etcd/admin.key /etc/etcd/admin.crt /etc/etcd/server.key /etc/etcd/first.yml /etc/systemd/system/etcd.service.d/first.conf
if [ -e "$1/member" ]; then
  if [ "$2" = remove ]; then rm -rf -- "$1/member"; else mv -- "$1/member" "$1/member.$(date -u +%Y%m%dT%H%M%SZ)"; fi
fi
`;

/** etcdctl tells its tries as JSON first, and the reason last. */
const errorIn = (text: string): string => text.trim().split('\n').at(-1)!.replace(/^Error: (?:etcdserver: )?/, '');
