import type { CommandSpec } from '../../repo/console/command.ts';
import { table } from '../../repo/console/print.ts';
import { planDeployment } from '../pipeline.ts';
import { countChanges } from '../plan/plan.ts';
import { askStatus, certificateEnds, type HostStatus, type Member } from '../plan/status.ts';
import { roles } from '../roles.ts';
import { inventoryOptions, openNamed } from './options.ts';

export const status: CommandSpec = {
  name: 'status',
  about: 'shows what runs where, members, backups, certificates, and how far the hosts are from the inventory',
  options: inventoryOptions,
  run: async (invocation) => {
    const deployment = await openNamed(invocation);
    const { wanted, transports, inventory } = deployment;
    const hosts = await invocation.progress.each(wanted, 16, (each) => askStatus(each, transports.get(each.host.address)!));
    const drift = countChanges(await planDeployment(deployment, invocation.progress));
    const certificates = certificateEnds(inventory, roles);
    invocation.print([`bundle  ${inventory.bundle.id}`, '', ...hosts.flatMap(printHost), ...printCertificates(certificates), '', printDrift(drift)].join('\n'));
    return { bundle: inventory.bundle.id, hosts, certificates, drift };
  },
};

function printHost({ host, address, services, members, backups, lastRun }: HostStatus): string[] {
  const lately = (backups ?? []).slice(-3);
  return [
    `${host} (${address})${lastRun ? `, last run ${lastRun.at} by ${lastRun.by}: ${lastRun.result}` : ''}`,
    ...rows(services.map(({ unit, state }) => [`  ${unit}`, state])),
    ...(members ? ['  members', ...rows(members.map((member) => [`    ${member.name}`, member.role, member.state, remarksOn(member)]))] : []),
    ...(backups ? [`  backups${backups.length === 0 ? ': none' : ''}`, ...rows(lately.map(({ label, type, ended, error }) => [`    ${label}`, type, ended, error ? 'with errors' : '']))] : []),
    '',
  ];
}

const remarksOn = ({ lag, pendingRestart }: Member): string => [lag > 0 ? `${lag} bytes behind` : '', pendingRestart ? 'waits for a restart: patronictl restart' : ''].filter(Boolean).join(', ');

/** The soonest tell the story: they are all made by the same rules. */
const printCertificates = (all: readonly { name: string; ends: string }[]): string[] => ['certificates', ...rows(all.slice(0, 3).map(({ name, ends }) => [`  ${name}`, `until ${ends.slice(0, 10)}`]))];

const printDrift = (count: number): string => (count === 0 ? 'all is as the inventory says' : `${count} change${count === 1 ? '' : 's'} away from the inventory; pgark plan shows them`);

const rows = (cells: readonly (readonly string[])[]): string[] => (cells.length === 0 ? [] : table(cells).split('\n'));
