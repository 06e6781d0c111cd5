import { writeYaml } from '../../../repo/core/document.ts';
import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { linkTo } from '../../inventory/links.ts';
import { postgresAddress } from '../../inventory/virtual.ts';
import { packagesOf } from '../../platform/component.ts';
import type { Program } from '../../platform/program.ts';
import type { Resource } from '../../resource/resource.ts';
import { daemonUnit } from '../daemon.ts';
import { departed } from '../departed.ts';
import { etcdClientCertificate, etcdEndpoints, etcdPassword, etcdPrefix, etcdUser } from '../etcd/client.ts';
import { instanceOf, isRunning } from '../instance.ts';
import { endpoint } from '../listen.ts';
import { authorityPath } from '../node/trust.ts';
import type { Role } from '../role.ts';
import { addressFollower } from './address-follower.ts';

/** An address for a cluster, at whoever leads it. */
export const vipManager: Role = {
  name: 'vip-manager',
  rollout: 'together',
  plays: isRunning,
  components: (host, { bundle }) => (isWanted(host) && hasFollower(bundle) ? ['vip-manager'] : []),
  packages: (host) => (isWanted(host) ? [host.platform.family === 'debian' ? 'iproute2' : 'iproute'] : []),
  secrets: (host) => (isWanted(host) ? [etcdPassword(instanceOf(host).cluster)] : []),
  certificates: (host) => (isWanted(host) ? [etcdClientCertificate(instanceOf(host).name, host)] : []),
  resources: (host, inventory) => {
    if (!isWanted(host)) return [departed('vip-manager.service')];
    return hasFollower(inventory.bundle) ? packaged(host, inventory) : replaced(host);
  },
};

const isWanted = (host: Host): boolean => postgresAddress(host.vars) !== undefined;

/** Releases before 2 read etcd by its API of version 2, where Patroni writes nothing; Debian has 1.0.2 to this day. */
function hasFollower(bundle: Descriptor): boolean {
  const [name] = packagesOf('vip-manager', bundle);
  const version = bundle.roots.find((root) => root.package === name)?.version.replace(/^\d+:/, '');
  return version !== undefined && Number.parseInt(version, 10) >= 2;
}

const folder = '/etc/vip-manager';

/** vip-manager, which sees in etcd who leads. Its keys are its own: it may read nothing of the database superuser's. */
function packaged(host: Host, inventory: Inventory): Resource[] {
  const { certificate, key } = inventory.certificate(etcdClientCertificate(instanceOf(host).name, host).name);
  return [
    { kind: 'directory', path: folder, mode: '0700' },
    { kind: 'file', path: `${folder}/etcd.crt`, content: certificate },
    { kind: 'file', path: `${folder}/etcd.key`, content: key },
    { kind: 'file', path: `${folder}/vip-manager.yml`, content: configuration(host, inventory), mode: '0600' },
    ...unitOf(host, { path: '/usr/bin/vip-manager', flags: [`--config=${folder}/vip-manager.yml`], restartOn: [folder] }),
  ];
}

function configuration(host: Host, inventory: Inventory): Secret {
  const { cluster, name } = instanceOf(host);
  const [address, bits] = host.vars.pg_vip_address!.split('/');
  return sealed((reveal) =>
    writeYaml({
      ip: address,
      netmask: Number(bits),
      interface: deviceOf(host),
      'trigger-key': `${etcdPrefix(cluster)}leader`,
      'trigger-value': name,
      'dcs-type': 'etcd',
      'dcs-endpoints': etcdEndpoints(inventory).map((each) => `https://${each}`),
      'etcd-user': etcdUser(cluster, inventory),
      'etcd-password': reveal(inventory.secret(etcdPassword(cluster))),
      'etcd-ca-file': authorityPath,
      'etcd-cert-file': `${folder}/etcd.crt`,
      'etcd-key-file': `${folder}/etcd.key`,
      interval: 1000,
      'retry-after': 250,
      'retry-num': 3,
      'manager-type': 'basic',
    }),
  );
}

const replacement = '/usr/local/lib/pgark/address-follower';

/** It asks the Patroni of its own host, so it needs no password. */
function replaced(host: Host): Resource[] {
  const { vars } = host;
  const leader = `${vars.patroni_ssl_enabled ? 'https' : 'http'}://${endpoint(host.address, vars.patroni_port)}/leader`;
  return [
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { kind: 'file', path: replacement, content: addressFollower, mode: '0755' },
    ...unitOf(host, { path: replacement, flags: [leader, authorityPath, vars.pg_vip_address!, deviceOf(host)], restartOn: [replacement, authorityPath] }),
  ];
}

/** Whoever ends it, and however: an address that nobody looks after must not stay. */
function unitOf(host: Host, { path, flags, restartOn }: { path: string; flags: readonly string[]; restartOn: readonly string[] }): Resource[] {
  const program: Program = { component: 'vip-manager', path, unit: 'vip-manager.service', account: 'root' };
  const service = {
    ExecStopPost: `-/bin/sh -c 'ip address del ${host.vars.pg_vip_address} dev ${deviceOf(host)} 2>/dev/null'`,
    RestartSec: '1',
    CapabilityBoundingSet: 'CAP_NET_ADMIN CAP_NET_RAW',
    ProtectSystem: 'strict',
    ProtectHome: 'yes',
    PrivateTmp: 'yes',
  };
  return [
    daemonUnit({ program, about: `The address of ${instanceOf(host).cluster}, at whoever leads it`, flags, unit: { After: 'network-online.target patroni.service' }, service }),
    { kind: 'service', unit: program.unit, enabled: true, running: true, restartOn: [...restartOn, `/etc/systemd/system/${program.unit}`] },
  ];
}

function deviceOf({ vars, facts }: Host): string {
  return vars.pg_vip_interface === 'auto' ? linkTo(postgresAddress(vars)!, facts)!.interface : vars.pg_vip_interface;
}
