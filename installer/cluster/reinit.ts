import { Fault } from '../../repo/core/fault.ts';
import { shell } from '../transport/command.ts';
import { until, type Acting } from './clock.ts';
import { refuseStranger, type Seat } from './cluster.ts';
import { patronictl, refusalIn } from './patronictl.ts';
import { seatOf, see, streams, type Met, type Sight } from './sight.ts';
import { tell } from './tell.ts';

/**
 * The place of a replica that may be made anew from its leader.
 * @throws Fault usage where it must not be, apply or unreachable where it cannot be
 */
export function checkReinit(name: string, { members, leader }: Sight, met: Met): Seat {
  const { cluster } = met;
  const known = cluster.seats.map(({ member }) => member);
  refuseStranger(name, known, cluster);
  if (leader?.name === name) throw new Fault('usage', `${name} leads ${cluster.name}: its data is the data`, { hint: `pgark pg switchover ${cluster.name} comes first` });
  if (cluster.seats.some((seat) => seat.member === name && seat.isSafeguarded)) throw new Fault('usage', `${name} is protected by pg_safeguard in the inventory`, { hint: 'pg_safeguard: false on that host lifts it' });
  if (!leader) throw new Fault('apply', `${cluster.name} has no leader to make ${name} from`, { hint: 'pgark pg failover gives it one' });
  if (!members.some((each) => each.name === name)) throw new Fault('apply', `Patroni does not know ${name}`, { hint: 'systemctl status patroni on its host tells why; it must run there' });
  const seat = seatOf(met, name);
  if (seat) return seat;
  const lost = met.lost.find((each) => each.seat.member === name)!.because;
  throw new Fault('unreachable', lost.message, { details: lost.details, ...(lost.hint !== undefined && { hint: lost.hint }) });
}

/**
 * Destroys the data of a replica and copies it from the leader. What Patroni tells of its state lags behind, so the data directory itself
 * is watched: it is another one when the copy has begun.
 * @throws Fault apply
 */
export async function reinit(seat: Seat, met: Met, seconds: number, acting: Acting): Promise<Sight> {
  const before = await birthOf(seat);
  const refusal = refusalIn(await tell(met, (by) => patronictl(by, 120, 'reinit', met.cluster.name, seat.member, '--force')));
  if (refusal !== undefined) throw new Fault('apply', `${seat.member} was not made anew: ${refusal}`);
  return acting.progress.step(`${seat.member} is made anew`, (progress) =>
    until(seconds, `${seat.member} is made anew and streams; Patroni goes on with it`, async () => {
      const sight = await see(met);
      const member = sight.members.find(({ name }) => name === seat.member);
      progress.say(member?.state ?? 'unknown to Patroni');
      const isAnother = ![before, ''].includes(await birthOf(seat));
      return isAnother && member && (await streams(member, met)) ? sight : undefined;
    }, acting),
  );
}

/** PG_VERSION is written once in the life of a data directory. */
async function birthOf({ transport, data }: Seat): Promise<string> {
  const [answer] = await transport.probe([{ argv: shell('stat -L -c "%i %Z" -- "$1/PG_VERSION" 2>/dev/null || :', data), timeout: 20 }]);
  return answer!.stdout.trim();
}
