import type { Host, Inventory } from '../../inventory/inventory.ts';
import { days } from '../../inventory/scalar.ts';
import type { Resource, ServiceResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { CertificateRequest } from '../../vault/certificate.ts';
import { accessRules, asRoot } from './access.ts';
import { clustersOf, etcdClientCertificate, etcdPassword, etcdUser, memberName, peerOf } from './client.ts';
import { adminOf, etcdFiles } from './files.ts';
import { finished, founding, joining } from './first.ts';
import { mayRestart } from './restart.ts';
import { hasLeader } from './shell.ts';
import { livingMembers, standingOf, type Standing } from './standing.ts';
import { account } from '../daemon.ts';
import { endpoint } from '../listen.ts';
import { quorum } from '../need.ts';
import type { Role } from '../role.ts';
import { unit } from '../text.ts';

/**
 * A member of etcd, in which Patroni keeps who leads. Nobody speaks to it without a certificate of this deployment,
 * and nobody reads or writes without a user.
 */
const member: Omit<Role, 'rollout' | 'plays'> = {
  name: 'etcd',
  needs: (_host, inventory) => [quorum(inventory)],
  circle: () => 'etcd',
  components: () => ['etcd'],
  certificates: (host, inventory) => [serverCertificate(host, inventory), etcdClientCertificate(adminOf(host, inventory), host)],
  secrets: (_host, inventory) => ['etcd_root_password', ...clustersOf(inventory).map(etcdPassword)],
  resources: (host, inventory) => {
    const standing = standingOf(host, inventory);
    return [
      account('etcd'),
      ...etcdFiles(host, inventory),
      unit('etcd.service', service(host)),
      ...beginning(standing, host, inventory),
      running(standing, host, inventory),
      ...(isFirstStart(standing) ? [finished(host, inventory, standing === 'founds' ? [] : othersOf(host, inventory))] : []),
      ...(isSpokesman(host, inventory) ? accessRules({ value: inventory.secret('etcd_root_password'), former: inventory.former('etcd_root_password') }, clustersOf(inventory).map((cluster) => ({ cluster, user: etcdUser(cluster, inventory), password: inventory.secret(etcdPassword(cluster)) }))) : []),
    ];
  },
};

/** Members that are down: they start before one that runs is restarted, and together where only together they have a quorum. */
export const etcd: Role = { ...member, rollout: 'together', plays: (host, inventory) => host.groups.includes('etcd') && isDown(standingOf(host, inventory)) };

/** Members of an etcd that lives, and those that it is to take in: never two at a time. */
export const etcdMembers: Role = { ...member, rollout: 'one by one', plays: (host, inventory) => host.groups.includes('etcd') && !isDown(standingOf(host, inventory)) };

export { memberName } from './client.ts';
export { clientSettings } from './files.ts';

const isDown = (standing: Standing): boolean => standing === 'founds' || standing === 'starts';

const isFirstStart = (standing: Standing): boolean => standing === 'founds' || standing === 'joins' || standing === 'finishes';

/** What precedes the start of the unit. */
function beginning(standing: Standing, host: Host, inventory: Inventory): Resource[] {
  if (standing === 'founds') return founding(host, inventory);
  return standing === 'joins' ? joining(host, inventory, othersOf(host, inventory)) : [];
}

/** The client URLs of those that can take a member in: who is one, or will be when its turn comes. */
function othersOf(host: Host, inventory: Inventory): string[] {
  const able = inventory.group('etcd').filter((each) => each.address !== host.address && standingOf(each, inventory) !== 'joins');
  const known = livingMembers(inventory)?.flatMap(({ clients, isLearner }) => (isLearner ? [] : clients)) ?? [];
  const own = `https://${endpoint(host.address, host.vars.etcd_port)}`;
  return [...new Set([...able.map(({ address, vars }) => `https://${endpoint(address, vars.etcd_port)}`), ...known])].filter((url) => url !== own);
}

/**
 * A first start reads settings of its own: that the lasting ones are written with it is no reason to restart. Its certificate and key etcd reads anew at
 * each handshake.
 */
function running(standing: Standing, host: Host, inventory: Inventory): ServiceResource {
  return {
    kind: 'service',
    unit: 'etcd.service',
    enabled: true,
    running: true,
    // Its own certificate and key it reads anew at each handshake.
    ...(!isFirstStart(standing) && { restartOn: ['/etc/etcd/etcd.yml', '/etc/etcd/ca.crt', '/etc/systemd/system/etcd.service'], mayRestart: mayRestart(memberName(host, inventory), peerOf(host)) }),
    ready: { argv: shell(`{ ${asRoot} ${hasLeader}; } || { echo 'it knows no leader: more than half of the members must run and see each other; pgark etcd list shows them' >&2; exit 1; }`), timeout: 10 },
  };
}

/** The access rules are the same for all members and are written through one of them. */
export function isSpokesman(host: Host, inventory: Inventory): boolean {
  const members = inventory.group('etcd');
  const standings = members.map((each) => standingOf(each, inventory));
  const first = [standings.indexOf('stands'), standings.findIndex((each) => each !== 'joins'), 0].find((index) => index >= 0)!;
  return members[first]!.address === host.address;
}

/** The gateway presents this certificate to etcd itself; a common name with a space is no user's, since users are named after clusters. */
function serverCertificate(host: Host, inventory: Inventory): CertificateRequest {
  const name = memberName(host, inventory);
  return { name, commonName: `etcd server ${name}`, dns: ['localhost', name, host.name], addresses: ['127.0.0.1', host.address], days: days(host.vars.cert_validity) };
}

const service = ({ vars }: Host): Parameters<typeof unit>[1] => ({
  Unit: { Description: 'etcd, the distributed key-value store', After: 'network-online.target', Wants: 'network-online.target', RequiresMountsFor: vars.etcd_data },
  Service: {
    Type: 'notify',
    User: 'etcd',
    ExecStart: '/usr/bin/etcd --config-file=/etc/etcd/etcd.yml',
    Restart: 'on-failure',
    RestartSec: '2s',
    LimitNOFILE: '65536',
    OOMScoreAdjust: '-1000',
    Nice: '-10',
    NoNewPrivileges: 'yes',
    ProtectSystem: 'full',
    ProtectHome: 'yes',
    PrivateTmp: 'yes',
  },
  Install: { WantedBy: 'multi-user.target' },
});
