import type { Invocation } from '../../repo/console/command.ts';
import { doorPort } from '../restore/configuration.ts';
import { lookCommand } from '../restore/recover.ts';
import type { Site } from '../restore/site.ts';
import type { State } from '../restore/state.ts';
import { printRoom } from '../restore/space.ts';
import { printTarget } from '../restore/target.ts';
import { instanceOf } from '../role/instance.ts';
import type { Decided } from './restore-decide.ts';

/** What a restore would do, for a reader. */
export function printPlan({ plan, site, rooms, tablespaces }: Decided): string {
  const [{ backup, source, timeline }] = plan.attempts;
  const where = `${source.name}${source.isLocal ? ` on ${source.member}` : ''}`;
  const doors = [...new Set(site.doors.map(({ host }) => instanceOf(host).name))];
  const rows: [string, string][] = [
    ['to', printTarget(plan.target, plan.isExclusive)],
    ['from', `${backup.label}, ${backup.type}, ended ${backup.ended}, ${Math.round(backup.size / 1024 ** 2)} MB, in ${where}`],
    ['along', `timeline ${timeline}${plan.attempts.length > 1 ? `; where the point is not there: ${plan.attempts.slice(1).map((each) => `from ${each.backup.label} along ${each.timeline}`).join(', then ')}` : ''}`],
    ['on', `${site.seat.member} (${site.seat.address})${plan.inPlace ? `, over ${site.place.data}` : site.isBare ? '' : `, beside ${site.place.data}; the cluster runs on meanwhile`}`],
    ...(doors.length > 0 ? [['reads', `also what ${doors.join(', ')} archived, through port ${doorPort}, meanwhile`] as [string, string]] : []),
    ...(tablespaces.length > 0 ? [['also', `tablespaces, in ${tablespaces.map(({ location }) => location).join(', ')}`] as [string, string]] : []),
    ...(site.isBare ? [] : replacing({ plan, site })),
    ...rooms.map((room): [string, string] => ['room', printRoom(room)]),
  ];
  const from = site.stanza === site.met.cluster.name ? '' : ` from ${site.stanza}, which runs on`;
  return [`restore ${site.met.cluster.name}${from}`, ...rows.map(([word, text]) => `  ${word.padEnd(7)}${text}`), ...(from === '' ? ['What was written after that point is not in the cluster any more.'] : []), ''].join('\n');
}

/** What becomes of the cluster that is there. */
const replacing = ({ plan, site }: Pick<Decided, 'plan' | 'site'>): [string, string][] => [
  ['stops', `${stopOrder({ plan, site }).join(', then ')}${plan.inPlace ? ', before anything else' : ', when the point is reached'}`],
  ['keeps', plan.inPlace ? 'nothing: the data that is there is lost' : `what is there, on every member, as ${site.place.kept}`],
  ['then', `${site.seat.member} leads on a new timeline${site.met.here.length > 1 ? '; the others are copied from it anew' : ''}`],
];

export function planAsJson({ plan, site, rooms, tablespaces }: Decided): object {
  return {
    cluster: site.met.cluster.name,
    target: printTarget(plan.target, plan.isExclusive),
    attempts: plan.attempts.map(({ backup, source, timeline }) => ({ backup: backup.label, repository: source.name, member: source.member, timeline })),
    on: site.seat.member,
    address: site.seat.address,
    stops: stopOrder({ plan, site }),
    ...(plan.inPlace ? {} : { kept: site.place.kept }),
    inPlace: plan.inPlace,
    tablespaces: tablespaces.map(({ location }) => location),
    rooms,
  };
}

/** Replicas first, so that nobody takes over. */
const stopOrder = ({ plan, site }: Pick<Decided, 'plan' | 'site'>): string[] => site.met.here.map(({ member }) => member).toSorted((a, b) => Number(a === plan.leader) - Number(b === plan.leader));

/** What stands beside, and what may be done with it. */
export function looked(state: State, site: Site, invocation: Invocation): object {
  const { name } = site.met.cluster;
  invocation.print([`${state.reached}`, `It stands beside the cluster on ${site.seat.member} (${site.seat.address}), read-only. As root there:`, `  ${lookCommand(site)}`, `pgark restore --cluster ${name} --promote puts it in the place of the cluster; --cancel throws it away; another --time tries another point.`].join('\n'));
  return { cluster: name, ...state, socket: `${site.place.folder}/socket`, address: site.seat.address };
}

/** What was done, and what may be done next. */
export function told(state: State, site: Site, invocation: Invocation): object {
  const { name } = site.met.cluster;
  const kept = state.inPlace ? [] : [`What was there is kept on every member as ${site.place.kept}. --cancel puts it back, --drop removes it: pgark restore --cluster ${name} --drop`];
  invocation.print([`${name} is restored: ${state.reached}`, ...kept, `Not the right point? pgark restore --cluster ${name} with another one. A new full backup is advised: pgark backup now ${name} --type full`].join('\n'));
  return { cluster: name, ...state, leader: site.seat.member };
}
