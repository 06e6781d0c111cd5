import type { CommandEntry } from '../repo/console/command.ts';

/** Every command of the builder, in the order of the help. What a command is made of is loaded with it. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'keygen',
    about: 'makes the key that bundles are signed with',
    load: async () => (await import('./command/keygen.ts')).keygen,
  },
  {
    name: 'lock',
    arguments: 'BUNDLE.yml',
    about: 'settles every package of a bundle, and proves that each of its roots installs',
    load: async () => (await import('./command/lock.ts')).lock,
  },
  {
    name: 'build',
    arguments: 'BUNDLE.yml|LOCK',
    about: 'makes a signed bundle; from a manifest it locks first',
    load: async () => (await import('./command/build.ts')).build,
  },
  {
    name: 'verify',
    arguments: 'BUNDLE.tar',
    about: 'checks everything that a target would check, without unpacking',
    load: async () => (await import('./command/verify.ts')).verify,
  },
  {
    name: 'inspect',
    arguments: 'BUNDLE.tar|LOCK',
    about: 'tells what is inside: target, roots, packages, sizes, sources, who signed',
    load: async () => (await import('./command/inspect.ts')).inspect,
  },
  {
    name: 'why',
    arguments: 'PACKAGE',
    about: 'tells for whom a package is in a bundle, and what was rejected on the way',
    load: async () => (await import('./command/why.ts')).why,
  },
  {
    name: 'diff',
    arguments: 'A B',
    about: 'tells what differs between two locks or bundles',
    load: async () => (await import('./command/diff.ts')).diff,
  },
  {
    name: 'ext list',
    about: 'lists the extensions of the catalog, or those that a target has',
    load: async () => (await import('./command/ext/list.ts')).list,
  },
  {
    name: 'ext info',
    arguments: 'NAME',
    about: 'tells all that is known of an extension, by its package or by any name it creates',
    load: async () => (await import('./command/ext/info.ts')).info,
  },
  {
    name: 'ext avail',
    arguments: 'NAME',
    about: 'shows where an extension is to be had: platforms by PostgreSQL majors',
    load: async () => (await import('./command/ext/avail.ts')).avail,
  },
  {
    name: 'ext group',
    arguments: '[NAME]',
    about: 'spells out a group, such as pg17-gis, as the packages of a target; without a name, lists the groups',
    load: async () => (await import('./command/ext/group.ts')).group,
  },
  {
    name: 'catalog check',
    about: 'holds the manifests against the live sources: what vanished, was renamed, has another version, other dependencies, another key',
    load: async () => (await import('./command/catalog-check.ts')).catalogCheck,
  },
  {
    name: 'catalog update',
    about: 'proposes the edit that makes the manifests say what the sources have now',
    load: async () => (await import('./command/catalog-update.ts')).catalogUpdate,
  },
];
