/** Every path inside a bundle, in the order in which its members stand. */
export const members = {
  sums: 'SHA256SUMS',
  signature: 'SHA256SUMS.asc',
  descriptor: 'bundle.json',
  keyring: 'keyring.gpg',
  bootstrap: 'bootstrap',
  configure: 'configure',
  install: 'install',
  runtime: 'runtime',
  installer: 'installer',
  repository: 'repo',
  sbom: 'sbom',
} as const;

/** The bill of materials, and the lock that the bundle was built from. */
export const records = { spdx: 'sbom/bundle.spdx.json', lock: 'sbom/lock.json' } as const;

/** The suite and the component of the repository in a bundle: `deb [signed-by=…] file:/www/pgark stable main`. */
export const repositorySuite = 'stable';
export const repositoryComponent = 'main';

/**
 * The public keys that an RPM repository is verified with, armoured, below its folder: of whoever signs its index, and of those who
 * signed its packages upstream, one block a key. `gpgkey=` of its .repo file names both, under names that never change.
 */
export const repositoryKeys = { index: 'keys/pgark.asc', packages: 'keys/packages.asc' } as const;

/** Where things stand on a target once bootstrap is done. */
export const target = {
  /** The repository that apt or dnf reads; a symbolic link to the current one in `repositories`. */
  repository: '/www/pgark',
  /** Current and previous repositories, one folder a bundle, named after its id and the first digits of its list's digest. */
  repositories: '/www/.pgark',
  /** A symbolic link, by name, to the repository before the current one; absent when there is none. */
  previousRepository: '/www/.pgark/previous',
  /** The runtime and the installer; a symbolic link to a folder in `homes` that has the name of the current repository's. */
  home: '/opt/pgark',
  homes: '/opt/.pgark',
  previousHome: '/opt/.pgark/previous',
  node: '/opt/pgark/runtime/bin/node',
  program: '/opt/pgark/installer/pgark.mjs',
  /** A copy of the descriptor of the bundle in use. */
  descriptor: '/opt/pgark/bundle.json',
  command: '/usr/local/bin/pgark',
  /** The bundle's public key, what apt's `signed-by` names. */
  keyring: '/usr/share/keyrings/pgark.gpg',
  sourceList: '/etc/apt/sources.list.d/pgark.sources',
  /** What dnf reads, in its place. */
  yumFile: '/etc/yum.repos.d/pgark.repo',
  /** Package sources that bootstrap set aside, under the path they had; a number follows where that was taken. */
  setAside: '/var/lib/pgark/sources',
  /** A line for each, newest last: where it lies now, a blank, where it was. */
  setAsideManifest: '/var/lib/pgark/sources/manifest',
  /** Inventory, secrets and certificates. */
  settings: '/etc/pgark',
  inventory: '/etc/pgark/pgark.yml',
  vault: '/etc/pgark/vault',
  receipts: '/var/lib/pgark/receipts',
} as const;
