import { isIP } from 'node:net';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { days } from '../../inventory/scalar.ts';
import type { ConditionResource, Resource, ServiceResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { CertificateRequest } from '../../vault/certificate.ts';
import { account } from '../daemon.ts';
import type { Role } from '../role.ts';
import { isMember, memberOf, rootSecret, userSecret } from '../store.ts';
import { unit } from '../text.ts';
import { clientFolder, clientOf, engineOf } from './engine.ts';
import { storeFiles } from './files.ts';

/**
 * A member of an object store (reference 5.6). All of a store start together, since only together they are one; and they are restarted together, as
 * the makers of the engine ask for.
 */
export const minio: Role = {
  name: 'minio',
  rollout: 'together',
  plays: isMember,
  components: (host) => [engineOf(host).component, 'mcli'],
  certificates: (host) => [serverCertificate(host)],
  secrets: (host) => [...(host.vars.minio_secret_key === undefined ? [rootSecret(host)] : []), ...madeFor(host)],
  resources: (host, inventory) => [
    account(host.vars.minio_user),
    ...disks(host),
    ...storeFiles(host, inventory),
    unit(engineOf(host).unit, service(host)),
    running(host, inventory),
  ],
};

/** Users without a key in the inventory. Backups take theirs from the vault, whoever makes the users. */
const madeFor = (host: Host): string[] => host.vars.minio_users.filter(({ secret_key: given }) => given === undefined).map(({ access_key: key }) => userSecret(host, key));

function serverCertificate(host: Host): CertificateRequest {
  const { cluster, name, node } = memberOf(host);
  const { minio_domain: domain, minio_endpoint: endpoint } = host.vars;
  const dns = new Set(['localhost', node, cluster, name, domain, ...(endpoint === undefined ? [] : [new URL(endpoint).hostname]), ...(isIP(host.address) ? [] : [host.address])]);
  return { name: node, commonName: node, dns: [...dns], addresses: ['127.0.0.1', ...(isIP(host.address) ? [host.address] : [])], days: days(host.vars.cert_validity) };
}

/** Several disks are real ones, each mounted where it belongs: two folders of one disk would bear the loss of none. */
function disks(host: Host): Resource[] {
  const { disks: paths } = memberOf(host);
  const { minio_user: user } = host.vars;
  return [
    ...(paths.length > 1 ? paths.map(mounted) : []),
    ...paths.map((path): Resource => ({ kind: 'directory', path, owner: user, group: user, mode: '0750' })),
  ];
}

const mounted = (path: string): ConditionResource => ({
  kind: 'condition',
  name: `a disk is mounted at ${path}`,
  check: { argv: ['mountpoint', '-q', '--', path] },
  act: [{ argv: shell('echo "nothing is mounted at $1; each of several disks of minio_data must be: mount it, then run this again" >&2; exit 1', path) }],
});

const service = (host: Host): Parameters<typeof unit>[1] => ({
  Unit: { Description: 'The object store', After: ['network-online.target', engineOf(host).rival], Wants: 'network-online.target', Conflicts: engineOf(host).rival, RequiresMountsFor: memberOf(host).disks.join(' ') },
  Service: {
    Type: 'notify',
    User: host.vars.minio_user,
    EnvironmentFile: engineOf(host).settings,
    ExecStart: `${engineOf(host).path} server $MINIO_OPTS $MINIO_VOLUMES`,
    Restart: 'always',
    RestartSec: '5',
    TimeoutStartSec: '600',
    LimitNOFILE: '1048576',
    TasksMax: 'infinity',
    NoNewPrivileges: 'yes',
    ProtectSystem: 'full',
    ProtectHome: 'yes',
    PrivateTmp: 'yes',
  },
  Install: { WantedBy: 'multi-user.target' },
});

/** Certificates it reads anew by itself; authorities it does not. The client waits on its own, hence the bound. */
function running(host: Host, { bundle }: Inventory): ServiceResource {
  const { unit: name, settings, folder } = engineOf(host);
  return {
    kind: 'service',
    unit: name,
    enabled: true,
    running: true,
    restartOn: [settings, `${folder}/certs/CAs/ca.crt`, `/etc/systemd/system/${name}`],
    ready: { argv: shell('timeout 15 "$1" --config-dir "$2" ready local >/dev/null || { echo "the store is not ready: more than half of its disks must be there, and its members must reach each other" >&2; exit 1; }', clientOf(bundle), clientFolder(host)), timeout: 20 },
    patience: 600,
  };
}
