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
];
