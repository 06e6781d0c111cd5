import type { Progress } from '../repo/core/progress.ts';
import { look, plan, type HostPlan, type LostHost, type Plan } from './plan/plan.ts';
import { preflight } from './plan/preflight.ts';
import { survey } from './plan/survey.ts';
import type { Wanted } from './plan/wanted.ts';
import type { Completed, Transport } from './transport/command.ts';
import type { Deployment } from './deployment.ts';
import { orLost, type Lost } from './ground.ts';

/** One look at every host, then one decision. */
export async function planDeployment(deployment: Deployment, progress: Progress): Promise<Plan> {
  return decideOn(await askAll(deployment, progress, look), deployment);
}

/**
 * The same, after a judgement of whether a run can begin at all. It takes the same one look.
 * @throws Fault invalid, or unsatisfiable, with all that stands in the way
 */
export async function planAfterPreflight(deployment: Deployment, progress: Progress): Promise<Plan> {
  const { transports, inventory } = deployment;
  const surveys = await askAll(deployment, progress, survey);
  const sights = surveys.flatMap((each) => ('found' in each ? [each.found.sight] : []));
  await preflight(sights, { transports, bundle: inventory.bundle, progress });
  return decideOn(surveys.map((each) => ('found' in each ? { ...each, found: each.found.answers } : each)), deployment);
}

type Answer<T> = { address: string; found: T } | Lost;

const askAll = <T>({ wanted, transports }: Deployment, progress: Progress, ask: (wanted: Wanted, transport: Transport) => Promise<T>): Promise<Answer<T>[]> =>
  progress.each(wanted, 16, (each) => orLost(each.host.address, ask(each, transports.get(each.host.address)!)));

/** Who is lost only now is left out as well. */
function decideOn(asked: readonly Answer<readonly Completed[]>[], { wanted, lost }: Deployment): Plan {
  const answers = new Map(asked.flatMap((each) => ('found' in each ? [[each.address, each.found] as const] : [])));
  const late = asked.flatMap((each): LostHost[] => ('because' in each ? [{ ...each, name: wanted.find(({ host }) => host.address === each.address)!.host.name }] : []));
  return plan(wanted.filter(({ host }) => answers.has(host.address)), answers, [...lost, ...late]);
}

/** What a reader must know after a run and could not know before it: notes of what is only looked at, and never brought about. */
export async function lateNotes(before: Plan, { wanted, transports }: Deployment): Promise<string[]> {
  const looked = wanted.map((each) => ({ ...each, items: each.items.filter(({ resource }) => resource.kind === 'condition' && resource.act.length === 0) }));
  const answers = await Promise.all(looked.map(async (each) => [each.host.address, await look(each, transports.get(each.host.address)!)] as const));
  const known = new Set(before.hosts.flatMap(notesOf));
  return plan(looked, new Map(answers)).hosts.flatMap(notesOf).filter((note) => !known.has(note));
}

const notesOf = ({ name, entries }: HostPlan): string[] => entries.flatMap(({ identity, note }) => (note === undefined ? [] : [`${name}: ${identity}: ${note}`]));
