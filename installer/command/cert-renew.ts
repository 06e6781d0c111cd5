import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { few } from '../../repo/console/print.ts';
import { certificateRows, certificatesIn, type CertificateRow } from '../certificates.ts';
import { guess } from '../inventory/guess.ts';
import { roles } from '../roles.ts';
import { carryOut } from './apply.ts';
import { deploymentOptions, openNamed } from './options.ts';

export const renew: CommandSpec = {
  name: 'cert renew',
  arguments: '[NAME…]',
  about: 'issues certificates anew, keys and all, and brings them to their hosts',
  options: {
    ...deploymentOptions,
    all: { about: 'all of them' },
    within: { value: 'DAYS', about: 'those that end within so many days' },
    yes: { short: 'y', about: 'do not ask' },
  },
  notes: `Whoever uses one is told to read it again; nobody is restarted for it but the metrics store.
Less than 30 days before its end, a certificate is made anew by any pgark apply.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const wanted = wantedBy(invocation);
  const issued = new Map<string, string>();
  let chosen: string[] = [];
  const deployment = await openNamed(invocation, (vault, { inventory }) => {
    for (const name of certificatesIn(inventory, roles).keys()) issued.set(name, vault.certificate(name).certificate);
    chosen = choose(certificateRows(inventory, roles, issued, new Date()), wanted);
    vault.renew(chosen);
  });
  if (chosen.length === 0) {
    invocation.print('no certificate ends that soon');
    return { renewed: [], changed: 0 };
  }
  invocation.print(`anew: ${few(chosen, 8)}\n`);
  return { renewed: chosen, ...(await carryOut(deployment, invocation)) };
}

/** Which certificates: by name, all, or by their end. */
export type Choice = { names: readonly string[] } | { within: number };

/** @throws Fault usage */
export function wantedBy({ args, has, value }: Pick<Invocation, 'args' | 'has' | 'value'>): Choice {
  const within = value('within');
  if ([args.length > 0, has('all'), within !== undefined].filter(Boolean).length !== 1) throw new Fault('usage', 'which certificates?', { hint: 'their names (pgark cert list shows them), or --all, or --within DAYS' });
  if (within === undefined) return has('all') ? { within: Number.POSITIVE_INFINITY } : { names: args };
  if (!/^\d{1,5}$/.test(within)) throw new Fault('usage', `--within: "${within}" is not a number of days`);
  return { within: Number(within) };
}

/** @throws Fault usage for a name that there is not */
export function choose(rows: readonly CertificateRow[], choice: Choice): string[] {
  const known = rows.filter(({ name, roles: asked }) => name !== 'authority' && asked.length > 0);
  if ('within' in choice) return known.filter(({ left }) => (left ?? 0) <= choice.within).map(({ name }) => name);
  const names = known.map(({ name }) => name);
  const stranger = choice.names.find((name) => !names.includes(name));
  if (stranger === 'authority') throw new Fault('usage', 'the authority is not renewed: everybody who trusts it knows it by its key');
  if (stranger !== undefined) throw new Fault('usage', `there is no certificate "${stranger}"${guess(stranger, names)}`, { hint: 'pgark cert list shows them' });
  return [...new Set(choice.names)];
}
