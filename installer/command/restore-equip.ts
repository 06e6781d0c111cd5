import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { deploymentOn, type Deployment, type Opening } from '../deployment.ts';
import type { Ground } from '../ground.ts';
import { planAfterPreflight, planDeployment } from '../pipeline.ts';
import { printPlan } from '../plan/print.ts';
import { runPlan } from '../run.ts';
import { shell } from '../transport/command.ts';
import { carryOut } from './apply.ts';
import { restoringOf, type Restoring } from './restore-open.ts';

/** The role that keeps a cluster from beginning anew, see role/pgsql/blank.ts. */
const blank = 'blank repository';

/** The members on which PostgreSQL, pgBackRest or Patroni is still to be installed. */
export async function bareOf({ hosts, seatAt }: Restoring): Promise<string[]> {
  const asked = await Promise.all(hosts.map(async (host) => {
    const { transport, member } = seatAt(host);
    const [told] = await transport.probe([{ argv: shell('[ -x /usr/pgsql/bin/postgres ] && [ -e /etc/pgbackrest/pgbackrest.conf ] && [ -e /etc/patroni/patroni.yml ]'), timeout: 20 }]);
    return told!.code === 0 ? [] : [member];
  }));
  return asked.flat();
}

/**
 * Brings hosts so far that they can restore, and starts nothing of PostgreSQL. What stands in the way of the rest is told before; `agreed` comes between
 * that and the first change.
 * @throws Fault unreachable where a host is not there
 */
export async function equip(ground: Ground, opening: Opening, invocation: Invocation, agreed: () => Promise<void> = async () => {}): Promise<void> {
  const whole = await deploymentOn(ground, opening);
  await invocation.progress.step('preflight', (progress) => planAfterPreflight(whole, progress));
  const deployment = upToPostgres(whole, opening);
  const decided = await planDeployment(deployment, invocation.progress);
  if (decided.lost.length > 0) throw new Fault('unreachable', `${decided.lost.map(({ name }) => name).join(', ')} cannot be reached`, { details: decided.lost.map(({ because }) => because.message) });
  invocation.print(printPlan(decided));
  await agreed();
  await runPlan(decided, deployment, invocation);
}

/** The rest of what they must have: what was restored is there by now, and Patroni takes it as it is. Members without data copy it; their repositories hold its backups. */
export async function finish(ground: Ground, opening: Opening, invocation: Invocation): Promise<void> {
  const deployment = await deploymentOn(ground, opening);
  await carryOut(only(({ role }) => role !== blank, deployment), agreeing(invocation));
}

/** The same cluster once more, on hosts that have changed. */
export const again = async (name: string, ground: Ground, opening: Opening): Promise<Restoring> => restoringOf(name, await deploymentOn(ground, { ...opening, makeshift: true }));

/** Without what makes a cluster begin, and without what comes after it; packages are all there. */
function upToPostgres(deployment: Deployment, { roles }: Opening): Deployment {
  const first = roles.slice(0, roles.findIndex(({ name }) => name === blank)).map(({ name }) => name);
  const early = new Set(['prepare', 'packages', ...first]);
  return only(({ role }) => early.has(role), deployment);
}

const only = (isKept: (item: Deployment['wanted'][number]['items'][number]) => boolean, deployment: Deployment): Deployment => ({ ...deployment, wanted: deployment.wanted.map((each) => ({ ...each, items: each.items.filter(isKept) })) });

/** The name that was typed stands for the changes that come of it. */
const agreeing = (invocation: Invocation): Invocation => ({ ...invocation, has: (option) => option === 'yes' || invocation.has(option) });
