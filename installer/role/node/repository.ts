import { repositoryComponent, repositorySuite, target } from '../../../repo/bundle/paths.ts';
import { Fault } from '../../../repo/core/fault.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { endpoint } from '../listen.ts';
import type { Role } from '../role.ts';
import { written } from '../text.ts';

/**
 * Where a host without a bundle of its own takes its packages from: the repository of a host that has one, over HTTP. What comes is as trusted as from a
 * disk, since its index and, on EL, its packages are signed, and apt and dnf check both.
 */
export const repository: Role = {
  name: 'repository',
  rollout: 'together',
  ground: true,
  plays: ({ facts }) => !facts.carries,
  needs: (_host, inventory) => [inventory.group('infra').find(serves)].flatMap((server) => (server === undefined ? [] : [{ what: 'the host that serves the packages', role: 'portal', hosts: [server.address] }])),
  prepare: (host, inventory) => (host.platform.packageManager === 'apt' ? aptSource(host, inventory) : dnfSource(host, inventory)),
  resources: () => [],
};

const keyring = '/usr/share/keyrings/pgark.asc';

/** sources.list(5), deb822 style. */
function aptSource(host: Host, inventory: Inventory): Resource[] {
  return [
    { kind: 'file', path: keyring, content: inventory.keys.index },
    written(target.sourceList, ['Types: deb', `URIs: ${addressFor(host, inventory)}`, `Suites: ${repositorySuite}`, `Components: ${repositoryComponent}`, `Signed-By: ${keyring}`]),
  ];
}

const rpmKeys = { index: '/etc/pki/rpm-gpg/pgark.asc', packages: '/etc/pki/rpm-gpg/pgark-packages.asc' } as const;

/** dnf.conf(5). */
function dnfSource(host: Host, inventory: Inventory): Resource[] {
  const settings = { name: 'pgark', baseurl: addressFor(host, inventory), enabled: 1, repo_gpgcheck: 1, gpgcheck: 1, gpgkey: Object.values(rpmKeys).map((path) => `file://${path}`).join(' '), module_hotfixes: 1, skip_if_unavailable: 0, metadata_expire: 1 };
  return [
    { kind: 'file', path: rpmKeys.index, content: inventory.keys.index },
    { kind: 'file', path: rpmKeys.packages, content: inventory.keys.packages },
    written(target.yumFile, ['[pgark]', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)]),
  ];
}

const serves = ({ facts, vars }: Host): boolean => facts.carries && vars.nginx_enabled;

/** @throws Fault invalid when no host of the inventory can give it */
function addressFor(host: Host, inventory: Inventory): string {
  const server = inventory.group('infra').find(serves);
  if (server === undefined) throw new Fault('invalid', `${host.name} has no packages, and no host can give it any`, { hint: 'run bootstrap on a host of the group infra that has nginx_enabled, or on this one' });
  if (inventory.keys.index === '') throw new Fault('invalid', `the keys of ${inventory.bundle.id} are not where its descriptor is`, { hint: 'run bootstrap of the bundle on this host again' });
  return `http://${endpoint(server.address, server.vars.nginx_port)}/${target.repository.split('/').at(-1)!}`;
}
