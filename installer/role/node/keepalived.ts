import { isIP, isIPv6 } from 'node:net';
import { sealed, Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { bitsOf, linkTo } from '../../inventory/links.ts';
import { nodeAddress } from '../../inventory/virtual.ts';
import type { Resource } from '../../resource/resource.ts';
import { departed } from '../departed.ts';
import type { Role } from '../role.ts';
import { ours, unit, type Sections } from '../text.ts';

const configurationPath = '/etc/keepalived/keepalived.conf';

/** An address for a cluster of nodes, at one of those whose HAProxy is alive (keepalived.conf(5), VRRP). */
export const keepalived: Role = {
  name: 'keepalived',
  rollout: 'together',
  plays: () => true,
  components: ({ vars }) => (nodeAddress(vars) === undefined ? [] : ['keepalived']),
  secrets: ({ vars }) => (hasPassword(vars) && vars.vip_auth_pass === undefined ? [passwordName(vars)] : []),
  resources: (host, inventory) => (nodeAddress(host.vars) === undefined ? [departed('keepalived.service')] : present(host, inventory)),
};

const present = (host: Host, inventory: Inventory): Resource[] => [
  { kind: 'directory', path: '/etc/keepalived', mode: '0755' },
  { kind: 'file', path: configurationPath, content: configuration(host, inventory), mode: '0600', validate: ['keepalived', '--config-test', '--use-file={}'] },
  unit('keepalived.service', definition),
  { kind: 'service', unit: 'keepalived.service', enabled: true, running: true, restartOn: ['/etc/systemd/system/keepalived.service'], reloadOn: [configurationPath] },
];

/** VRRP and nothing else: what balances here is HAProxy. */
const definition: Sections = {
  Unit: { Description: 'keepalived, which keeps the address of a cluster of nodes', After: 'network-online.target haproxy.service', Wants: 'network-online.target', StartLimitIntervalSec: '0' },
  Service: {
    Type: 'notify',
    NotifyAccess: 'all',
    ExecStart: '/usr/sbin/keepalived --dont-fork --vrrp --log-console --no-syslog',
    ExecReload: '/bin/kill -HUP $MAINPID',
    KillMode: 'process',
    Restart: 'always',
    RestartSec: '1',
  },
  Install: { WantedBy: 'multi-user.target' },
};

/** VRRP of IPv6 is version 3, which knows no passwords (RFC 5798 9). */
const hasPassword = (vars: Host['vars']): boolean => nodeAddress(vars) !== undefined && !isIPv6(vars.vip_address!);

const passwordName = ({ vip_vrid: router }: Host['vars']): string => `vip-${router}.vip_auth_pass`;

function configuration(host: Host, inventory: Inventory): Secret {
  const password = hasPassword(host.vars) ? (host.vars.vip_auth_pass ?? inventory.secret(passwordName(host.vars))) : new Secret('');
  return sealed((reveal) => render(host, inventory, reveal(password).slice(0, 8)));
}

/** An address of IPv6 is deprecated: reached by it, and never taken for the source of what the host itself begins (RFC 6724 rule 3). */
function render(host: Host, inventory: Inventory, password: string): string {
  const { vars, name } = host;
  const { device, bits } = placeOf(host);
  return `${ours}
global_defs {
    router_id ${name}
    enable_script_security
    script_user root
}
${vars.haproxy_enabled ? alive : ''}
vrrp_instance vip_${vars.vip_vrid} {
    state BACKUP
    interface ${device}
    virtual_router_id ${vars.vip_vrid}
    priority ${priorityOf(host, inventory)}
    advert_int 1
${vars.vip_preempt ? '' : '    nopreempt\n'}${unicast(host, inventory)}${password === '' ? '' : credentials(password)}${vars.haproxy_enabled ? track : ''}    virtual_ipaddress {
        ${vars.vip_address}/${bits} dev ${device}${isIPv6(vars.vip_address!) ? ' preferred_lft 0' : ''}
    }
}
`;
}

const alive = `
vrrp_script haproxy {
    script "/usr/bin/systemctl is-active --quiet haproxy.service"
    interval 2
    timeout 2
    fall 2
    rise 1
}
`;

const track = `    track_script {
        haproxy
    }
`;

const credentials = (password: string): string => `    authentication {
        auth_type PASS
        auth_pass ${password}
    }
`;

/** The hosts that share the address. Those of one rank would both take it, so each has its own: masters first, then by the inventory. */
function priorityOf(host: Host, inventory: Inventory): number {
  const place = sharing(host, inventory).findIndex((each) => each.address === host.address);
  return Math.max((host.vars.vip_role === 'master' ? 200 : 100) - place, 1);
}

const sharing = ({ vars }: Host, { hosts }: Inventory): Host[] => hosts.filter((each) => nodeAddress(each.vars) === vars.vip_address);

/** From host to host, so that a network without multicast does as well, and a stranger is not listened to. */
function unicast(host: Host, inventory: Inventory): string {
  const peers = sharing(host, inventory).filter((each) => each.address !== host.address).map((each) => ownAddress(each, host.vars.vip_address!));
  const own = ownAddress(host, host.vars.vip_address!);
  if (own === undefined || peers.length === 0) return '';
  return `    check_unicast_src
    unicast_src_ip ${own}
    unicast_peer {
${peers.map((peer) => `        ${peer}\n`).join('')}    }
`;
}

/** Of the family of the virtual one, which the packets are of. */
const ownAddress = ({ address, facts }: Host, virtual: string): string | undefined => [address, ...facts.addresses].find((each) => isIP(each) === isIP(virtual) && each !== virtual);

function placeOf({ vars, facts }: Host): { device: string; bits: number } {
  const link = linkTo(vars.vip_address!, facts);
  return { device: vars.vip_interface === 'auto' ? link!.interface : vars.vip_interface, bits: link ? bitsOf(link) : isIPv6(vars.vip_address!) ? 128 : 32 };
}
