import { Fault } from '../../repo/core/fault.ts';
import { until, type Acting } from './clock.ts';
import { patronictl, refusalIn } from './patronictl.ts';
import { leads, see, streams, type Met, type Sight } from './sight.ts';
import { tell } from './tell.ts';

/** Who hands over to whom. */
export interface Handover {
  from: string;
  to: string;
}

/**
 * Hands over, and waits until the new leader leads and the old one follows it. Patroni refuses when somebody else leads by then.
 * @throws Fault apply
 */
export async function switchover({ from, to }: Handover, met: Met, acting: Acting): Promise<Sight> {
  await demand(met, `${from} has not handed over to ${to}`, 'switchover', '--leader', from, '--candidate', to);
  await takesOver(to, met, acting);
  return follows(from, met, acting);
}

/** Has Patroni hand over by itself when the time has come. `at` is RFC 3339. */
export const scheduleSwitchover = ({ from, to }: Handover, at: string, met: Met): Promise<void> =>
  demand(met, 'no switchover was scheduled', 'switchover', '--leader', from, '--candidate', to, '--scheduled', at);

/** Makes a member the leader, whether or not there is one. */
export async function failover(to: string, met: Met, acting: Acting): Promise<Sight> {
  await demand(met, `${to} has not taken over`, 'failover', '--candidate', to);
  return takesOver(to, met, acting);
}

async function demand(met: Met, failure: string, action: string, ...words: string[]): Promise<void> {
  const refusal = refusalIn(await tell(met, (seat) => patronictl(seat, 300, action, met.cluster.name, ...words, '--force')));
  if (refusal !== undefined) throw new Fault('apply', `${met.cluster.name}: ${failure}: ${refusal}`, { hint: 'pgark pg list shows how the members stand' });
}

function takesOver(name: string, met: Met, acting: Acting): Promise<Sight> {
  return acting.progress.step(`${name} takes over`, () =>
    until(120, `${name} leads`, async () => {
      const sight = await see(met);
      return sight.leader?.name === name && (await leads(sight.leader, met)) ? sight : undefined;
    }, acting),
  );
}

/** Waits until a member streams from whoever leads. */
export function follows(name: string, met: Met, acting: Acting): Promise<Sight> {
  return acting.progress.step(`${name} follows`, () =>
    until(300, `${name} streams from the leader`, async () => {
      const sight = await see(met);
      const member = sight.members.find((each) => each.name === name);
      return member && sight.leader && sight.leader.name !== name && (await streams(member, met)) ? sight : undefined;
    }, acting),
  );
}
