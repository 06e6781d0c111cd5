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
    name: 'pg list',
    arguments: '[CLUSTER]',
    about: 'lists the members of every cluster: role, state, timeline, lag, who waits for a restart',
    load: async () => (await import('./command/pg-list.ts')).list,
  },
  {
    name: 'pg switchover',
    arguments: 'CLUSTER',
    about: 'hands the lead of a cluster over to a replica, without losing anything',
    load: async () => (await import('./command/pg-switchover.ts')).switchover,
  },
  {
    name: 'pg failover',
    arguments: 'CLUSTER',
    about: 'makes a member the leader of a cluster that has none',
    load: async () => (await import('./command/pg-failover.ts')).failover,
  },
  {
    name: 'pg restart',
    arguments: 'CLUSTER [MEMBER]',
    about: 'restarts PostgreSQL, one member after the other, the leader last and through a switchover',
    load: async () => (await import('./command/pg-restart.ts')).restart,
  },
  {
    name: 'pg reinit',
    arguments: 'CLUSTER MEMBER',
    about: 'destroys the data of a replica and copies it anew from the leader',
    load: async () => (await import('./command/pg-reinit.ts')).reinit,
  },
  {
    name: 'pg add',
    arguments: 'CLUSTER ADDRESS',
    about: 'adds a member to a cluster: writes it into the inventory, then applies that',
    load: async () => (await import('./command/pg-add.ts')).add,
  },
  {
    name: 'pg remove',
    arguments: 'CLUSTER [MEMBER]',
    about: 'removes a member of a cluster, or all of it, from its hosts and from the inventory',
    load: async () => (await import('./command/pg-remove.ts')).remove,
  },
  {
    name: 'backup now',
    arguments: 'CLUSTER',
    about: 'backs a cluster up, on the member that leads',
    load: async () => (await import('./command/backup-now.ts')).now,
  },
  {
    name: 'backup list',
    arguments: '[CLUSTER]',
    about: 'lists the backups of every cluster, in each repository and on each member, and what can be recovered with them',
    load: async () => (await import('./command/backup-list.ts')).list,
  },
  {
    name: 'backup check',
    arguments: 'CLUSTER',
    about: 'proves a backup by restoring it into a scratch instance and looking into that',
    load: async () => (await import('./command/backup-check.ts')).check,
  },
  {
    name: 'backup expire',
    arguments: 'CLUSTER',
    about: 'removes the backups that are to be kept no longer, or one that is named',
    load: async () => (await import('./command/backup-expire.ts')).expire,
  },
  {
    name: 'node add',
    arguments: 'ADDRESS',
    about: 'adds a host that becomes nothing further yet: writes it into the inventory, then applies that',
    load: async () => (await import('./command/node-add.ts')).add,
  },
  {
    name: 'node remove',
    arguments: 'ADDRESS',
    about: 'takes a host out of the deployment, with all that runs on it',
    load: async () => (await import('./command/node-remove.ts')).remove,
  },
  {
    name: 'cert list',
    about: 'lists the certificates of the deployment: whose, until when, by whom, where they lie',
    load: async () => (await import('./command/cert-list.ts')).list,
  },
  {
    name: 'cert renew',
    arguments: '[NAME…]',
    about: 'issues certificates anew, keys and all, and brings them to their hosts',
    load: async () => (await import('./command/cert-renew.ts')).renew,
  },
  {
    name: 'ca encrypt',
    about: 'puts the key of the authority under a passphrase',
    load: async () => (await import('./command/ca-encrypt.ts')).encrypt,
  },
  {
    name: 'ca offline',
    about: 'takes the key of the authority out of the vault',
    load: async () => (await import('./command/ca-offline.ts')).offline,
  },
  {
    name: 'secret list',
    about: 'lists the secrets of the vault, who uses them and how they are rotated; never their values',
    load: async () => (await import('./command/secret-list.ts')).list,
  },
  {
    name: 'secret show',
    arguments: 'NAME',
    about: 'shows the value of a secret, on a terminal only',
    load: async () => (await import('./command/secret-show.ts')).show,
  },
  {
    name: 'secret set',
    arguments: 'NAME',
    about: 'keeps a secret that somebody else has made, for ${secret.NAME} of the inventory',
    load: async () => (await import('./command/secret-set.ts')).set,
  },
  {
    name: 'secret rotate',
    arguments: '[NAME…]',
    about: 'gives secrets new values and brings them to every host, while all goes on',
    load: async () => (await import('./command/secret-rotate.ts')).rotate,
  },
  {
    name: 'restore',
    about: 'brings a cluster back to a point in time, from its backups and archive',
    load: async () => (await import('./command/restore.ts')).restore,
  },
  {
    name: 'etcd list',
    about: 'lists the members of etcd: who leads, how far each is, size, version, alarms',
    load: async () => (await import('./command/etcd-list.ts')).list,
  },
  {
    name: 'etcd remove',
    arguments: 'MEMBER',
    about: 'takes a member out of etcd, also one whose host is gone for ever',
    load: async () => (await import('./command/etcd-remove.ts')).remove,
  },
  {
    name: 'repo',
    arguments: 'status|restore|rollback',
    about: 'looks after the package repository of this host',
    load: async () => (await import('./command/repo.ts')).repo,
  },
];
