import { isIPv6 } from 'node:net';
import type { Host } from '../../inventory/inventory.ts';
import { virtualAddresses } from '../../inventory/virtual.ts';

type Settings = Record<string, string>;

/** Kernel settings of a host: its profile, its huge pages, its memory policy, and what the inventory adds. */
export function kernelSettings({ address, vars, facts }: Host): Settings {
  const tuned = vars.node_tune === 'none' ? {} : { ...common, ...profiles[vars.node_tune] };
  return Object.fromEntries(Object.entries({ ...tuned, ...nonlocal(address, vars), ...overcommit(vars.node_overcommit_ratio), ...hugePages(vars, facts.memory), ...stringValues(vars.node_sysctl_params) }).sort());
}

/**
 * What all profiles share. Not taken from the reference: net.ipv4.ip_forward, which makes every database server a router,
 * and nf_conntrack_max, whose key exists only while the module is loaded.
 */
const common: Settings = {
  'fs.aio-max-nr': '1048576',
  'fs.nr_open': '8388608',
  'net.ipv4.ip_local_port_range': '10000 64999',
  'net.ipv4.ip_nonlocal_bind': '1',
  // Off in two profiles of the reference; without it a flood of SYNs closes the port.
  'net.ipv4.tcp_syncookies': '1',
};

/** A row for each profile of reference 5.2: OLTP (latency), OLAP (throughput), critical (durability), tiny (few cores). */
const profiles: Record<'oltp' | 'olap' | 'crit' | 'tiny', Settings> = {
  oltp: {
    ...memory({ swappiness: 1, background: 3, dirty: 15, expire: 500, writeback: 100, overcommit: 100 }),
    ...network({ somaxconn: 65_535, backlog: 8192, buffer: 4, reuse: 1, keepalive: [60, 20, 3], fin: 15, syn: 8192 }),
    'fs.file-max': '16777216',
  },
  olap: {
    ...memory({ swappiness: 1, background: 10, dirty: 80 }),
    ...network({ somaxconn: 65_535, backlog: 8192, buffer: 16, reuse: 0, keepalive: [300, 60, 5], fin: 60, syn: 8192 }),
    'fs.file-max': '134217728',
  },
  crit: {
    ...memory({ swappiness: 1, background: 1, dirty: 5, expire: 100, writeback: 100, overcommit: 100 }),
    ...network({ somaxconn: 65_535, backlog: 8192, buffer: 4, reuse: 1, keepalive: [60, 20, 3], fin: 30, syn: 8192 }),
    'fs.file-max': '16777216',
  },
  tiny: {
    ...memory({ swappiness: 10, background: 5, dirty: 30, expire: 500, writeback: 100, overcommit: 200 }),
    ...network({ somaxconn: 8192, backlog: 2048, buffer: 4, reuse: 1, keepalive: [60, 20, 3], fin: 30, syn: 4096 }),
    'fs.file-max': '16777216',
  },
};

interface Memory {
  swappiness: number;
  /** Percent of memory. */
  background: number;
  dirty: number;
  /** Hundredths of a second. */
  expire?: number;
  writeback?: number;
  overcommit?: number;
}

function memory({ swappiness, background, dirty, expire, writeback, overcommit }: Memory): Settings {
  return {
    'vm.swappiness': `${swappiness}`,
    'vm.dirty_background_ratio': `${background}`,
    'vm.dirty_ratio': `${dirty}`,
    ...(expire && { 'vm.dirty_expire_centisecs': `${expire}` }),
    ...(writeback && { 'vm.dirty_writeback_centisecs': `${writeback}` }),
    ...(overcommit && { 'vm.overcommit_memory': '0', 'vm.overcommit_ratio': `${overcommit}` }),
  };
}

interface Network {
  somaxconn: number;
  backlog: number;
  /** MiB. */
  buffer: number;
  reuse: 0 | 1;
  /** Seconds until the first probe, between probes, number of probes. */
  keepalive: readonly [number, number, number];
  fin: number;
  syn: number;
}

function network({ somaxconn, backlog, buffer, reuse, keepalive, fin, syn }: Network): Settings {
  return {
    'net.core.somaxconn': `${somaxconn}`,
    'net.core.netdev_max_backlog': `${backlog}`,
    'net.core.rmem_max': `${buffer * 1024 * 1024}`,
    'net.core.wmem_max': `${buffer * 1024 * 1024}`,
    'net.ipv4.tcp_tw_reuse': `${reuse}`,
    'net.ipv4.tcp_keepalive_time': `${keepalive[0]}`,
    'net.ipv4.tcp_keepalive_intvl': `${keepalive[1]}`,
    'net.ipv4.tcp_keepalive_probes': `${keepalive[2]}`,
    'net.ipv4.tcp_fin_timeout': `${fin}`,
    'net.ipv4.tcp_max_syn_backlog': `${syn}`,
  };
}

/** What listens on a virtual address must begin before the host has it; IPv4's own setting is in the profiles. */
function nonlocal(address: string, vars: Host['vars']): Settings {
  return vars.node_tune !== 'none' && [address, ...virtualAddresses(vars)].some((each) => isIPv6(each)) ? { 'net.ipv6.ip_nonlocal_bind': '1' } : {};
}

function overcommit(ratio: number): Settings {
  return ratio > 0 ? { 'vm.overcommit_memory': '2', 'vm.overcommit_ratio': `${ratio}` } : {};
}

/** Pages of 2 MiB. A count goes before a share; neither takes more than nine tenths of the memory. */
function hugePages(vars: { node_hugepage_count: number; node_hugepage_ratio: number }, memory: number): Settings {
  const wanted = vars.node_hugepage_count || Math.floor((memory * vars.node_hugepage_ratio) / 2);
  return wanted > 0 ? { 'vm.nr_hugepages': `${Math.min(wanted, Math.floor((memory * 0.9) / 2))}` } : {};
}

function stringValues(params: Readonly<Record<string, string | number | boolean>>): Settings {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]));
}
