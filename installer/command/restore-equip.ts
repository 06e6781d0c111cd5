import type { Invocation } from '../../repo/console/command.ts';
import { deploymentOn, type Opening } from '../deployment.ts';
import type { Ground } from '../ground.ts';
import { shell } from '../transport/command.ts';
import { carryOut } from './apply.ts';
import { restoringOf, type Restoring } from './restore-open.ts';

/** Roles without what starts PostgreSQL: hosts that had none, or have lost all, become such as can restore. */
export const upToPostgres = (opening: Opening): Opening => ({ ...opening, roles: opening.roles.slice(0, opening.roles.findIndex(({ name }) => name === 'blank repository')) });

/** The members on which PostgreSQL, pgBackRest or Patroni is still to be installed. */
export async function bareOf({ hosts, seatAt }: Restoring): Promise<string[]> {
  const asked = await Promise.all(hosts.map(async (host) => {
    const { transport, member } = seatAt(host);
    const [told] = await transport.probe([{ argv: shell('[ -x /usr/pgsql/bin/postgres ] && [ -e /etc/pgbackrest/pgbackrest.conf ] && [ -e /etc/patroni/patroni.yml ]'), timeout: 20 }]);
    return told!.code === 0 ? [] : [member];
  }));
  return asked.flat();
}

/** Brings hosts so far that they can restore. Nothing of PostgreSQL is started. */
export async function equip(ground: Ground, opening: Opening, invocation: Invocation, agreed?: () => Promise<void>): Promise<void> {
  await carryOut(await deploymentOn(ground, upToPostgres(opening)), agreeing(invocation), agreed);
}

/** The rest of what they must have: what was restored is there by now, and Patroni takes it as it is. */
export async function finish(ground: Ground, opening: Opening, invocation: Invocation): Promise<void> {
  await carryOut(await deploymentOn(ground, opening), agreeing(invocation));
}

/** The same cluster once more, on hosts that have changed. */
export const again = async (name: string, ground: Ground, opening: Opening): Promise<Restoring> => restoringOf(name, await deploymentOn(ground, { ...upToPostgres(opening), makeshift: true }));

/** The name that was typed stands for the changes that come of it. */
export const agreeing = (invocation: Invocation): Invocation => ({ ...invocation, has: (option) => option === 'yes' || invocation.has(option) });
