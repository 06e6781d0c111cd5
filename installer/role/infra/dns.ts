import { isIP } from 'node:net';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { clusterRecords, nodeAddressRecords, nodeRecords } from '../records.ts';
import type { Role } from '../role.ts';
import { storeRecords } from '../store.ts';
import { unit, written } from '../text.ts';

/** Names for hosts, clusters and the portal, from dnsmasq, on loopback and on the address of the host. */
export const dns: Role = {
  name: 'dns',
  rollout: 'together',
  plays: (host) => host.groups.includes('infra') && host.vars.dns_enabled,
  components: () => ['dnsmasq'],
  resources: (host, inventory) => [
    { kind: 'directory', path: '/etc/dnsmasq.d', mode: '0755' },
    written(recordsPath, records(host, inventory)),
    { ...written('/etc/dnsmasq.conf', configuration(host)), validate: ['dnsmasq', '--test', '-C', '{}'] },
    unit('dnsmasq.service', service),
    running,
  ],
};

const recordsPath = '/etc/dnsmasq.d/pgark.hosts';

const running: Resource = {
  kind: 'service',
  unit: 'dnsmasq.service',
  enabled: true,
  running: true,
  restartOn: ['/etc/dnsmasq.conf', '/etc/systemd/system/dnsmasq.service'],
  reloadOn: [recordsPath],
};

function records(host: Host, inventory: Inventory): string[] {
  const portal = Object.values(host.vars.infra_portal).flatMap((entry) => [entry.domain, ...entry.domains]);
  const home = isIP(host.address) > 0 ? portal.map((name) => `${host.address} ${name}`) : [];
  return [...new Set([...nodeRecords(inventory.hosts), ...clusterRecords(inventory), ...nodeAddressRecords(inventory), ...storeRecords(inventory), ...home, ...host.vars.dns_records])];
}

/** The files of records are named one by one, so that nothing else in the folder is taken for records. */
function configuration(host: Host): string[] {
  const addresses = ['127.0.0.1', ...(isIP(host.address) > 0 && host.address !== '127.0.0.1' ? [host.address] : [])];
  return [
    'user=dnsmasq',
    `port=${host.vars.dns_port}`,
    `listen-address=${addresses.join(',')}`,
    // An address that comes later, such as that of a VIP, is listened on as well; systemd-resolved keeps 127.0.0.53.
    'bind-dynamic',
    'no-hosts',
    `addn-hosts=${recordsPath}`,
    'domain-needed',
    'bogus-priv',
    'cache-size=10000',
    'conf-dir=/etc/dnsmasq.d/,*.conf',
  ];
}

/**
 * What is not in the records is asked of the name servers that the host had before. Where systemd-resolved is at work it
 * keeps their list; /etc/resolv.conf would lead from dnsmasq to resolved and back.
 */
const forwards = 'list=/run/systemd/resolve/resolv.conf; [ -e "$list" ] || list=/etc/resolv.conf; ln -sfn "$list" /run/dnsmasq-forwards';

const service: Parameters<typeof unit>[1] = {
  Unit: { Description: 'dnsmasq, names of this deployment', After: 'network-online.target', Wants: 'network-online.target nss-lookup.target', Before: 'nss-lookup.target' },
  Service: {
    Type: 'exec',
    ExecStartPre: `/bin/sh -c '${forwards.replaceAll('$', '$$$$')}'`,
    // Not through a shell: policies of SELinux know the program by its path.
    ExecStart: '/usr/sbin/dnsmasq --keep-in-foreground --conf-file=/etc/dnsmasq.conf --resolv-file=/run/dnsmasq-forwards',
    ExecReload: '/bin/kill -HUP $MAINPID',
    Restart: 'on-failure',
    RestartSec: '2s',
    NoNewPrivileges: 'yes',
    ProtectSystem: 'full',
    ProtectHome: 'yes',
    PrivateTmp: 'yes',
  },
  Install: { WantedBy: 'multi-user.target' },
};
