import type { CommandEntry } from '../repo/console/command.ts';

/** Every command of the installer, in the order of the help. What a command is made of is loaded with it. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'configure',
    about: 'asks what the deployment shall be and writes the inventory, pgark.yml',
    load: async () => (await import('./command/configure.ts')).configure,
  },
  {
    name: 'install',
    about: 'brings a deployment to life: checks, plan, consent, changes, receipt',
    load: async () => (await import('./command/install.ts')).install,
  },
  {
    name: 'plan',
    about: 'shows what apply would change, and changes nothing',
    load: async () => (await import('./command/plan.ts')).plan,
  },
  {
    name: 'apply',
    about: 'brings the hosts to what the inventory says',
    load: async () => (await import('./command/apply.ts')).apply,
  },
  {
    name: 'status',
    about: 'shows what runs where, members, backups, certificates, and how far the hosts are from the inventory',
    load: async () => (await import('./command/status.ts')).status,
  },
  {
    name: 'repo',
    arguments: 'status|restore|rollback',
    about: 'looks after the package repository of this host',
    load: async () => (await import('./command/repo.ts')).repo,
  },
];
