import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { block, withoutBlock } from '../block.ts';
import type { Role } from '../role.ts';
import { ours, written } from '../text.ts';

/** Whom a host asks for names: `node_dns_servers`, before those it has (`add`) or instead of them (`overwrite`). */
export const resolver: Role = {
  name: 'resolver',
  rollout: 'together',
  plays: ({ vars }) => vars.node_dns_method !== 'none' && vars.node_dns_servers.length > 0,
  resources: (host) => [...(host.vars.node_dns_method === 'overwrite' ? [written('/etc/resolv.conf', linesOf(host))] : added(host)), ...(host.vars.node_static_network ? [lasting] : [])],
};

const linesOf = ({ vars }: Host): string[] => [...vars.node_dns_servers.map((server) => `nameserver ${server}`), ...vars.node_dns_options];

/** Either the file, or the settings of systemd-resolved where the file is only its stub. */
function added(host: Host): Resource[] {
  const { check, act } = block('/etc/resolv.conf', 'first', linesOf(host));
  const undo = withoutBlock('/etc/resolv.conf');
  const settings = `[Resolve]\nDNS=${host.vars.node_dns_servers.join(' ')}\nDomains=~.`;
  return [
    {
      kind: 'condition',
      name: `names are asked of ${host.vars.node_dns_servers.join(', ')} first`,
      check: { ...check, argv: shell(`if ${isStub}; then [ "$(cat ${settingsPath})" = "$1" ]; exit; fi; shift; exec "$@"`, settings, ...check.argv) },
      act: act.map((command) => ({ ...command, argv: shell(`if ${isStub}; then ${useSettings}; exit; fi; shift; exec "$@"`, settings, ...command.argv) })),
      undo: {
        check: { ...undo.check, argv: shell(`if ${isStub}; then [ ! -e ${settingsPath} ]; exit; fi; exec "$@"`, ...undo.check.argv) },
        act: undo.act.map((command) => ({ ...command, argv: shell(`if ${isStub}; then rm -f ${settingsPath}; systemctl restart systemd-resolved; exit; fi; exec "$@"`, ...command.argv) })),
      },
    },
  ];
}

const settingsPath = '/etc/systemd/resolved.conf.d/pgark.conf';

const isStub = 'case "$(readlink -f /etc/resolv.conf)" in /run/systemd/resolve/*) true ;; *) false ;; esac';

const useSettings = `mkdir -p /etc/systemd/resolved.conf.d; printf '%s\\n' "$1" > ${settingsPath}; systemctl restart systemd-resolved`;

const networkManager = `${ours}\n[main]\ndns=none`;

const dhclient = `${ours}\nmake_resolv_conf() { :; }`;

/**
 * Who else writes resolv.conf, by what DHCP says: NetworkManager.conf(5), dhclient-script(8). A name server of theirs knows nobody here.
 * The stub of systemd-resolved is written by nobody.
 */
const lasting: Resource = {
  kind: 'condition',
  name: '/etc/resolv.conf is left alone by NetworkManager and dhclient, where they are',
  check: { argv: shell(`if ${isStub}; then exit 0; fi
[ ! -d /etc/NetworkManager/conf.d ] || [ "$(cat /etc/NetworkManager/conf.d/pgark.conf)" = "$1" ]
[ ! -d /etc/dhcp/dhclient-enter-hooks.d ] || [ "$(cat /etc/dhcp/dhclient-enter-hooks.d/pgark)" = "$2" ]`, networkManager, dhclient) },
  act: [{ argv: shell(`if [ -d /etc/NetworkManager/conf.d ]; then printf '%s\\n' "$1" > /etc/NetworkManager/conf.d/pgark.conf; ! systemctl is-active -q NetworkManager || systemctl reload NetworkManager; fi
if [ -d /etc/dhcp/dhclient-enter-hooks.d ]; then printf '%s\\n' "$2" > /etc/dhcp/dhclient-enter-hooks.d/pgark; fi`, networkManager, dhclient) }],
  undo: {
    check: { argv: shell('[ ! -e /etc/NetworkManager/conf.d/pgark.conf ] && [ ! -e /etc/dhcp/dhclient-enter-hooks.d/pgark ]') },
    act: [{ argv: ['rm', '-f', '/etc/NetworkManager/conf.d/pgark.conf', '/etc/dhcp/dhclient-enter-hooks.d/pgark'] }],
  },
};
