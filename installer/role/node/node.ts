import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { block, withoutBlock } from '../block.ts';
import { nodeRecords } from '../records.ts';
import type { Role } from '../role.ts';
import { storeRecords } from '../store.ts';
import { written } from '../text.ts';
import { kernelSettings } from './tune.ts';

/** What every host is, before it becomes something: its name, its records, its limits, its kernel's settings, its packages. */
export const node: Role = {
  name: 'node',
  lasting: true,
  ground: true,
  rollout: 'together',
  plays: () => true,
  packages: ({ vars, facts, platform }) => [
    ...platform.tools,
    ...(isContainer(facts) ? [] : [platform.moduleTools]),
    ...(vars.node_timezone === '' ? [] : [platform.timezones]),
    ...vars.node_default_packages,
    ...vars.node_packages,
  ],
  resources: (host, inventory) => [
    ...named(host),
    ...recorded(host, inventory),
    written('/etc/security/limits.d/pgark.conf', limits),
    ...modules(host),
    ...tuned(host),
    ...timezone(host),
    ...swapless(host),
    ...prefetching(host),
    ...aliases(host),
    { kind: 'directory', path: host.vars.node_data, mode: '0755' },
    { kind: 'service', unit: host.platform.cron.unit, enabled: true, running: true },
    ...crontab(host),
    ...(host.vars.node_packages.includes(host.platform.ssh.package) ? [{ kind: 'service', unit: host.platform.ssh.unit, enabled: true, running: true } as const] : []),
  ],
};

/** A host that shares its kernel with others: systemd-detect-virt(1) knows. */
const isContainer = (facts: { container: string }): boolean => facts.container !== 'none';

/** limits.conf(5): names, many files, no bound on core dumps and stacks, memory that may be locked for huge pages. */
const limits = ['soft', 'hard'].flatMap((kind) => [`* ${kind} nproc 1048576`, `* ${kind} nofile 1048576`, `* ${kind} stack unlimited`, `* ${kind} core unlimited`, `* ${kind} memlock 2500000`]);

function named({ vars, name }: Host): Resource[] {
  if (!vars.nodename_overwrite) return [];
  return [
    {
      kind: 'condition',
      name: `the host is called ${name}`,
      check: { argv: shell('[ "$(uname -n)" = "$1" ] && [ "$(cat /etc/hostname)" = "$1" ]', name) },
      act: [{ argv: shell('printf "%s\\n" "$1" > /etc/hostname; if command -v hostname >/dev/null; then hostname "$1"; else hostnamectl hostname "$1"; fi', name) }],
    },
  ];
}

function recorded(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  if (!vars.node_write_etc_hosts) return [];
  const records = [...nodeRecords(vars.nodename_exchange ? inventory.hosts : [host]), ...storeRecords(inventory), ...vars.node_default_etc_hosts, ...vars.node_etc_hosts];
  return [{ ...block('/etc/hosts', 'last', [...new Set(records)]), undo: withoutBlock('/etc/hosts') }];
}

function modules({ vars, facts }: Host): Resource[] {
  if (isContainer(facts) || vars.node_kernel_modules.length === 0) return [];
  return [written('/etc/modules-load.d/pgark.conf', vars.node_kernel_modules), loaded(vars.node_kernel_modules)];
}

/** A kernel without one of the modules, as those of clouds are, is no error: what needs the module says so itself. */
function loaded(names: readonly string[]): ConditionResource {
  return {
    kind: 'condition',
    name: `kernel modules ${names.join(', ')} are loaded, as far as this kernel has them`,
    check: { argv: shell('for name; do [ -d "/sys/module/$name" ] || ! modprobe -n -q "$name" || exit 1; done', ...names) },
    act: [{ argv: shell('for name; do modprobe -n -q "$name" || continue; modprobe "$name"; done', ...names) }],
  };
}

/** What a container is refused, the kind `sysctl` writes for the day it is a machine, and says so. */
function tuned(host: Host): Resource[] {
  const values = kernelSettings(host);
  if (Object.keys(values).length === 0) return [];
  return [{ kind: 'sysctl', file: '60-pgark.conf', values }, ...(isContainer(host.facts) ? [] : hugePagesOnRequest)];
}

/** PostgreSQL asks for huge pages itself; transparent ones cost it latency (PostgreSQL documentation, 19.4.5). */
const hugePagesOnRequest: Resource[] = [
  written('/etc/tmpfiles.d/pgark-hugepage.conf', ['w- /sys/kernel/mm/transparent_hugepage/enabled - - - - never']),
  {
    kind: 'condition',
    name: 'transparent huge pages are off',
    check: { argv: shell('file=/sys/kernel/mm/transparent_hugepage/enabled; [ ! -w "$file" ] || grep -qF "[never]" "$file"') },
    act: [{ argv: shell('echo never > /sys/kernel/mm/transparent_hugepage/enabled') }],
  },
];

function timezone({ vars }: Host): Resource[] {
  if (vars.node_timezone === '') return [];
  return [{ kind: 'link', path: '/etc/localtime', to: `/usr/share/zoneinfo/${vars.node_timezone}` }];
}

function swapless({ vars, facts }: Host): Resource[] {
  if (!vars.node_disable_swap || isContainer(facts)) return [];
  return [
    {
      kind: 'condition',
      name: 'no swap is in use',
      check: { argv: shell('[ "$(wc -l < /proc/swaps)" -le 1 ] && ! grep -qE "^[^#[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]]" /etc/fstab') },
      act: [{ argv: ['swapoff', '-a'] }, { argv: ['sed', '-i', '-E', 's/^([^#[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]])/# \\1/', '/etc/fstab'] }],
    },
  ];
}

/** Sequential scans of disks that turn; what does not turn has nothing to read ahead of. Now, and whenever one is plugged in (udev(7)). */
function prefetching({ vars, facts }: Host): Resource[] {
  if (!vars.node_disk_prefetch || isContainer(facts)) return [];
  return [
    written('/etc/udev/rules.d/60-pgark-prefetch.rules', [`ACTION=="add|change", SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ATTR{queue/rotational}=="1", ATTR{bdi/read_ahead_kb}="${prefetched}"`]),
    {
      kind: 'condition',
      name: `disks that turn read ${prefetched} KiB ahead`,
      check: { argv: shell(`${turning} [ "$(cat "\${disk%/*}/read_ahead_kb")" = "$1" ] || exit 1; done`, prefetched) },
      act: [{ argv: shell(`${turning} echo "$1" > "\${disk%/*}/read_ahead_kb"; done`, prefetched) }],
    },
  ];
}

const prefetched = '4096';

/** The devices that software makes, such as those of loop(4) and zram, are no disks. */
const turning = 'for disk in /sys/block/[hsv]d[a-z]*/queue/rotational; do [ -e "$disk" ] && [ "$(cat "$disk")" = 1 ] || continue;';

function aliases({ vars }: Host): Resource[] {
  const lines = Object.entries(vars.node_aliases).map(([name, command]) => `alias ${name}='${command.replaceAll("'", `'\\''`)}'`);
  return lines.length === 0 ? [] : [written('/etc/profile.d/pgark-aliases.sh', lines)];
}

/** In a file of our own: the system's crontab stays as it is. */
function crontab({ vars }: Host): Resource[] {
  return vars.node_crontab.length === 0 ? [] : [written('/etc/cron.d/pgark', ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...vars.node_crontab])];
}
