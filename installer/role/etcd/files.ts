import { writeYaml } from '../../../repo/core/document.ts';
import { sealed } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { etcdClientCertificate, memberName, peerOf } from './client.ts';
import { endpoint } from '../listen.ts';
import { ours } from '../text.ts';

/** What a member of etcd reads, and what etcdctl reads on its host. */
export function etcdFiles(host: Host, inventory: Inventory): Resource[] {
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
    // A member that has data knows the others from it. One that has none must not begin by itself: as `existing`, it refuses.
    { kind: 'file', path: '/etc/etcd/etcd.yml', content: writeYaml({ ...configuration(host, inventory), 'initial-cluster-state': 'existing' }) },
    { kind: 'file', path: clientSettings, content: sealed((reveal) => settings(host, reveal(inventory.secret('etcd_root_password')))) },
  ];
}

export const adminOf = (host: Host, inventory: Inventory): string => `admin-${memberName(host, inventory)}`;

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
export function configuration(host: Host, inventory: Inventory): object {
  const { vars, address } = host;
  const tls = { 'cert-file': '/etc/etcd/server.crt', 'key-file': '/etc/etcd/server.key', 'trusted-ca-file': '/etc/etcd/ca.crt', 'client-cert-auth': true };
  return {
    name: memberName(host, inventory),
    'data-dir': vars.etcd_data,
    'listen-client-urls': [address, '127.0.0.1'].map((each) => `https://${endpoint(each, vars.etcd_port)}`).join(','),
    'advertise-client-urls': `https://${endpoint(address, vars.etcd_port)}`,
    'listen-peer-urls': peerOf(host),
    'initial-advertise-peer-urls': peerOf(host),
    'election-timeout': vars.etcd_election_timeout,
    'heartbeat-interval': vars.etcd_heartbeat_interval,
    // Who comes back from a cut does not make the others elect anew (on by itself from 3.5 on).
    'pre-vote': true,
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
