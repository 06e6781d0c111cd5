import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { HaproxyServer, HaproxyService } from '../../inventory/node.ts';
import type { Resource } from '../../resource/resource.ts';
import { cryptSha512, saltOf } from '../crypt.ts';
import { binding, endpoint, exporterAddress } from '../listen.ts';
import type { Role } from '../role.ts';
import { ours, unit, written, type Sections } from '../text.ts';

const haproxyConfiguration = '/etc/haproxy/haproxy.cfg';

/**
 * HAProxy on every node: what it always has here, the services in `haproxyServices` from whichever role writes them.
 * Its place in the list of roles is after all of those.
 */
export const haproxy: Role = {
  name: 'haproxy',
  rollout: 'one by one',
  plays: ({ vars }) => vars.haproxy_enabled,
  components: () => ['haproxy'],
  secrets: ({ vars }) => (vars.haproxy_auth_enabled ? ['haproxy_admin_password', 'password_salt'] : []),
  resources: (host, inventory) => [
    // Read by root before it gives its rights away; the sums of passwords are nobody else's.
    { kind: 'file', path: haproxyConfiguration, content: configuration(host, inventory), mode: '0600', validate: ['haproxy', '-c', '-q', '-f', '{}'] },
    { kind: 'directory', path: haproxyServices, mode: '0755' },
    ...host.vars.haproxy_services.map((wanted) => service(wanted, host)),
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { kind: 'file', path: keepState, content: stateScript, mode: '0755' },
    unit('haproxy.service', definition),
    {
      kind: 'service',
      unit: 'haproxy.service',
      enabled: true,
      running: true,
      reloadOn: [haproxyConfiguration, haproxyServices],
    },
  ],
};

const files = `-f ${haproxyConfiguration} -f /etc/haproxy/conf.d`;

const stateFile = '/run/haproxy/servers';
const keepState = '/usr/local/lib/pgark/haproxy-state';

/**
 * A worker takes every server for one that is up until it has looked. After a reload that would send writes to replicas, so it begins with what the
 * worker before it knew (haproxy documentation, "load-server-state-from-file"). Its socket speaks lines; either language can.
 */
const stateScript = `#!/bin/sh
${ours}
set -eu
umask 077
if command -v perl >/dev/null; then
  perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => $ARGV[0], Timeout => 5) or die "$!\\n"; print $s "show servers state\\n"; print while <$s>' /run/haproxy/admin.sock > ${stateFile}.new
else
  python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); s.sendall(b"show servers state\\n"); sys.stdout.write(s.makefile().read())' /run/haproxy/admin.sock > ${stateFile}.new
fi
mv -f ${stateFile}.new ${stateFile}
`;

/** Master and workers, so that a reload drops no connection (haproxy documentation, management guide 4). Packages differ in where they look for options. */
const definition: Sections = {
  Unit: { Description: 'HAProxy, the way to the services', After: 'network-online.target', Wants: 'network-online.target', StartLimitIntervalSec: '0' },
  Service: {
    Type: 'notify',
    ExecStartPre: `/usr/sbin/haproxy -c -q ${files}`,
    ExecStart: `/usr/sbin/haproxy -Ws ${files} -p /run/haproxy.pid -S /run/haproxy-master.sock`,
    ExecReload: [`/usr/sbin/haproxy -c -q ${files}`, `-${keepState}`, '/bin/kill -USR2 $MAINPID'],
    KillMode: 'mixed',
    SuccessExitStatus: '143',
    Restart: 'always',
    RestartSec: '2',
    RuntimeDirectory: 'haproxy',
    LimitNOFILE: '1048576',
  },
  Install: { WantedBy: 'multi-user.target' },
};

/** The folder of services, one `<name>.cfg` each. */
export const haproxyServices = '/etc/haproxy/conf.d';

/** Where the page of a node's HAProxy is, there and on the portal. */
export const haproxyPage = (host: Host): string => `/haproxy/${host.name}/`;

function configuration(host: Host, inventory: Inventory): Secret | string {
  if (!host.vars.haproxy_auth_enabled) return render(host, inventory, undefined);
  const sum = cryptSha512(inventory.secret('haproxy_admin_password'), saltOf(inventory.secret('password_salt'), 'haproxy'));
  return sealed((reveal) => render(host, inventory, reveal(sum)));
}

function render(host: Host, inventory: Inventory, sum: string | undefined): string {
  const { vars } = host;
  return `${ours}
global
    user haproxy
    group haproxy
    maxconn 65535
    # Where the limit on open files cannot be raised that far (containers), serve as many as it allows.
    no strict-limits
    log stdout format short daemon notice
    stats socket /run/haproxy/admin.sock mode 660 level admin
    ssl-default-bind-options ssl-min-ver TLSv1.2
    server-state-file ${stateFile}

defaults
    log global
    load-server-state-from-file global
    maxconn 65535
    retries 3
    timeout queue 3s
    timeout connect 3s
    timeout check 3s
    timeout client ${vars.haproxy_client_timeout}
    timeout server ${vars.haproxy_server_timeout}
${sum === undefined ? '' : userList(vars.haproxy_admin_username, sum)}
frontend stats
    mode http
    bind ${endpoint(exporterAddress(host, inventory), vars.haproxy_exporter_port)}
    timeout client 30s
    timeout http-request 10s
    http-request use-service prometheus-exporter if { path ${vars.exporter_metrics_path} }
${(sum === undefined ? open : guarded).join('\n')}
    stats uri ${haproxyPage(host)}
    stats refresh 10s
    stats show-node ${host.name}
`;
}

const userList = (name: string, sum: string): string => `
userlist admins
    user ${name} password ${sum}
`;

/** Servers can be taken out by who has the password; without one the page can only be looked at. */
const guarded = ['    http-request auth realm HAProxy unless { http_auth(admins) }', '    stats enable', '    stats admin if { http_auth(admins) }'];

const open = ['    stats enable'];

/** A further service that the inventory asks for. */
function service(wanted: HaproxyService, host: Host): Resource {
  return written(`${haproxyServices}/${wanted.name}.cfg`, [
    `listen ${wanted.name}`,
    `    mode ${wanted.protocol}`,
    `    bind ${binding(host, wanted.ip, wanted.port)}`,
    `    maxconn ${wanted.maxconn}`,
    `    balance ${wanted.balance}`,
    ...wanted.options.map((option) => `    ${option}`),
    `    default-server ${wanted.default}`,
    ...wanted.servers.map((server) => `    ${line(server, wanted.port)}`),
  ]);
}

function line(server: HaproxyServer, port: number): string {
  return ['server', server.name, endpoint(server.ip, server.port ?? port), ...(server.weight === undefined ? [] : [`weight ${server.weight}`]), ...(server.backup ? ['backup'] : []), server.options]
    .filter((word) => word !== '')
    .join(' ');
}
