import type { Facts } from '../../inventory/facts.ts';
import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';
import { booleans, ports } from './selinux-access.ts';
import { contexts } from './selinux-contexts.ts';
import { labels as relabelled } from './selinux-labels.ts';

/**
 * What the policy of SELinux must know of this deployment, before anything is made: the types of places that it does not expect,
 * the ports of services that it confines, and that two of them connect to others. SELinux is never turned off or down.
 */
export const selinux: Role = {
  name: 'selinux',
  ground: true,
  rollout: 'together',
  plays: ({ facts }) => facts.selinux !== 'disabled',
  components: ({ platform }) => (platform.family === 'el' ? ['selinux-tools'] : []),
  // netbase: semanage(8) looks tcp and udp up in its file of protocols.
  packages: ({ platform }) => (platform.family === 'el' ? [] : ['netbase', 'policycoreutils', 'policycoreutils-python-utils', 'selinux-utils']),
  resources: (host) => [contexts(host), ...ports(host), ...booleans(host)],
};

/** What was there before, or was made by others than the installer, gets its type when all is there. */
export const labels: Role = {
  name: 'labels',
  rollout: 'together',
  plays: ({ facts, vars }) => facts.selinux !== 'disabled' || vars.node_selinux_mode !== undefined,
  resources: (host) => [...(host.facts.selinux === 'disabled' ? [] : [relabelled(host)]), ...mode(host)],
};

const strength: Readonly<Record<Facts['selinux'], number>> = { disabled: 0, permissive: 1, enforcing: 2 };

/** Followed upwards only: from permissive to enforcing, when everything has its type. */
function mode({ facts, vars }: Host): Resource[] {
  const asked = vars.node_selinux_mode;
  if (asked === undefined || asked === facts.selinux) return [];
  if (strength[asked] < strength[facts.selinux]) return [said(`node_selinux_mode: ${asked} is not followed, SELinux stays ${facts.selinux}: contexts and ports of this deployment are set instead`)];
  if (facts.selinux === 'disabled') return [said(`node_selinux_mode: ${asked} is not followed, SELinux is off: to turn it on, all files must be relabelled and the host restarted, which is left to you`)];
  return [enforcing];
}

const said = (note: string): Resource => ({ kind: 'condition', name: 'SELinux: its mode', check: { argv: shell('printf "note: %s\\n" "$1"', note) }, act: [] });

const enforcing: Resource = {
  kind: 'condition',
  name: 'SELinux: enforces, now and after a restart',
  check: { argv: shell('[ "$(cat /sys/fs/selinux/enforce)" = 1 ] && grep -qx "SELINUX=enforcing" /etc/selinux/config') },
  act: [{ argv: ['sed', '-i', 's/^SELINUX=.*/SELINUX=enforcing/', '/etc/selinux/config'] }, { argv: ['setenforce', '1'] }],
};
