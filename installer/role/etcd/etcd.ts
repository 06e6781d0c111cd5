import { sealed } from '../../../repo/core/secret.ts';
import { writeYaml } from '../../../repo/core/document.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { days } from '../../inventory/scalar.ts';
import type { Resource } from '../../resource/resource.ts';
import type { CertificateRequest } from '../../vault/certificate.ts';
import { accessRules } from './access.ts';
import { clustersOf, etcdClientCertificate, etcdPassword, etcdUser } from './client.ts';
import { account } from '../daemon.ts';
import { endpoint } from '../listen.ts';
import { quorum } from '../need.ts';
import type { Role } from '../role.ts';
import { ours, unit } from '../text.ts';

/**
 * A member of etcd, in which Patroni keeps who leads. Nobody speaks to it without a certificate of this deployment,
 * and nobody reads or writes without a user.
 */
export const etcd: Role = {
  name: 'etcd',
  // Not one by one: a first start is complete only when a majority has started.
  rollout: 'together',
  plays: (host) => host.groups.includes('etcd'),
  needs: (_host, inventory) => [quorum(inventory)],
  components: () => ['etcd'],
  certificates: (host, inventory) => [serverCertificate(host, inventory), etcdClientCertificate(adminOf(host, inventory), host)],
  secrets: (_host, inventory) => ['etcd_root_password', ...clustersOf(inventory).map(etcdPassword)],
  resources: (host, inventory) => [
    account('etcd'),
    ...files(host, inventory),
    unit('etcd.service', service(host)),
    {
      kind: 'service',
      unit: 'etcd.service',
      enabled: true,
      running: true,
      // Its own certificate and key it reads anew at each handshake.
      restartOn: ['/etc/etcd/etcd.yml', '/etc/etcd/ca.crt', '/etc/systemd/system/etcd.service'],
    },
    ...(isFirst(host, inventory) ? accessRules({ value: inventory.secret('etcd_root_password'), former: inventory.former('etcd_root_password') }, clustersOf(inventory).map((cluster) => ({ cluster, user: etcdUser(cluster, inventory), password: inventory.secret(etcdPassword(cluster)) }))) : []),
  ],
};

/** `etcd-1` */
export function memberName(host: Host, inventory: Inventory): string {
  return `${host.vars.etcd_cluster}-${host.vars.etcd_seq ?? inventory.group('etcd').findIndex((each) => each.address === host.address) + 1}`;
}

/** The access rules are the same for all members and are written through one of them. */
const isFirst = (host: Host, inventory: Inventory): boolean => inventory.group('etcd')[0]?.address === host.address;

const adminOf = (host: Host, inventory: Inventory): string => `admin-${memberName(host, inventory)}`;

/** The gateway presents this certificate to etcd itself; a common name with a space is no user's, since users are named after clusters. */
function serverCertificate(host: Host, inventory: Inventory): CertificateRequest {
  const name = memberName(host, inventory);
  return { name, commonName: `etcd server ${name}`, dns: ['localhost', name, host.name], addresses: ['127.0.0.1', host.address], days: days(host.vars.cert_validity) };
}

function files(host: Host, inventory: Inventory): Resource[] {
  const server = inventory.certificate(memberName(host, inventory));
  const client = inventory.certificate(etcdClientCertificate(adminOf(host, inventory), host).name);
  return [
    { kind: 'directory', path: '/etc/etcd', mode: '0755' },
    { kind: 'directory', path: host.vars.etcd_data, owner: 'etcd', group: 'etcd', mode: '0700' },
    { kind: 'file', path: '/etc/etcd/ca.crt', content: server.authority },
    { kind: 'file', path: '/etc/etcd/server.crt', content: server.certificate },
    { kind: 'file', path: '/etc/etcd/server.key', content: server.key, owner: 'etcd', group: 'etcd', mode: '0400' },
    { kind: 'file', path: '/etc/etcd/admin.crt', content: client.certificate },
    { kind: 'file', path: '/etc/etcd/admin.key', content: client.key },
    { kind: 'file', path: '/etc/etcd/etcd.yml', content: writeYaml(configuration(host, inventory)) },
    { kind: 'file', path: clientSettings, content: sealed((reveal) => settings(host, reveal(inventory.secret('etcd_root_password')))) },
  ];
}

/** `set -a; . /etc/etcd/etcdctl.env; etcdctl member list` */
export const clientSettings = '/etc/etcd/etcdctl.env';

function settings({ vars }: Host, password: string): string {
  return `${ours}
# set -a; . ${clientSettings}; etcdctl member list
ETCDCTL_API=3
ETCDCTL_ENDPOINTS=https://127.0.0.1:${vars.etcd_port}
ETCDCTL_CACERT=/etc/etcd/ca.crt
ETCDCTL_CERT=/etc/etcd/admin.crt
ETCDCTL_KEY=/etc/etcd/admin.key
ETCDCTL_USER=root
ETCDCTL_PASSWORD='${password.replaceAll("'", `'\\''`)}'
`;
}

/** The keys of etcd's configuration file, the same in 3.4 (bookworm) and 3.5 (trixie). */
function configuration(host: Host, inventory: Inventory): object {
  const { vars, address } = host;
  const peers = inventory.group('etcd').map((member) => `${memberName(member, inventory)}=https://${endpoint(member.address, member.vars.etcd_peer_port)}`);
  const tls = { 'cert-file': '/etc/etcd/server.crt', 'key-file': '/etc/etcd/server.key', 'trusted-ca-file': '/etc/etcd/ca.crt', 'client-cert-auth': true };
  return {
    name: memberName(host, inventory),
    'data-dir': vars.etcd_data,
    'listen-client-urls': [address, '127.0.0.1'].map((each) => `https://${endpoint(each, vars.etcd_port)}`).join(','),
    'advertise-client-urls': `https://${endpoint(address, vars.etcd_port)}`,
    'listen-peer-urls': `https://${endpoint(address, vars.etcd_peer_port)}`,
    'initial-advertise-peer-urls': `https://${endpoint(address, vars.etcd_peer_port)}`,
    'initial-cluster': peers.join(','),
    'initial-cluster-token': vars.etcd_cluster,
    'initial-cluster-state': vars.etcd_init,
    'election-timeout': vars.etcd_election_timeout,
    'heartbeat-interval': vars.etcd_heartbeat_interval,
    // Patroni speaks to the gateway, which etcd leaves off when its settings come from a file.
    'enable-grpc-gateway': true,
    'quota-backend-bytes': 8 * 1024 ** 3,
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': '24h',
    'client-transport-security': tls,
    'peer-transport-security': tls,
    'cipher-suites': strongCiphers,
    logger: 'zap',
    'log-level': 'warn',
    'log-outputs': ['stderr'],
  };
}

/** What TLS 1.2 still offers without CBC and RSA key exchange; TLS 1.3 has its own. */
const strongCiphers = ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'];

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
