import { z } from 'zod';
import { address, clusterName, domain, identifier, interfaceName, interval, nameSuffix, network, path, port, ratio, secret, setting, username } from './scalar.ts';

/** A server behind a further service of HAProxy. */
export const HaproxyServer = z.strictObject({
  name: identifier,
  ip: address,
  port: port.optional(),
  backup: z.boolean().default(false),
  weight: z.int().min(0).max(256).optional(),
  options: z.string().default(''),
});
export type HaproxyServer = z.output<typeof HaproxyServer>;

/** A further service of HAProxy, beside those of PostgreSQL. */
export const HaproxyService = z.strictObject({
  name: identifier,
  port,
  ip: z.union([address, z.literal('*')]).default('*'),
  protocol: z.enum(['tcp', 'http']).default('tcp'),
  balance: z.enum(['roundrobin', 'leastconn', 'source', 'first', 'static-rr']).default('leastconn'),
  maxconn: z.int().min(1).default(5000),
  /** Options of every server line. */
  default: z.string().default('inter 3s fastinter 1s downinter 5s rise 3 fall 3 on-marked-down shutdown-sessions slowstart 30s maxconn 3000 maxqueue 128 weight 100'),
  options: z.array(z.string()).default([]),
  servers: z.array(HaproxyServer).default([]),
});
export type HaproxyService = z.output<typeof HaproxyService>;

/** NODE: what every host is. */
export const nodeParameters = {
  /** Completed from `pg_cluster` and `pg_seq`, else the name that the host has. */
  nodename: domain.optional(),
  node_cluster: clusterName.prefault('nodes'),
  nodename_overwrite: z.boolean().prefault(true),
  nodename_exchange: z.boolean().prefault(false),
  node_id_from_pg: z.boolean().prefault(true),
  node_write_etc_hosts: z.boolean().prefault(true),
  node_default_etc_hosts: z.array(z.string()).prefault(['${admin_ip} pgark.internal']),
  node_etc_hosts: z.array(z.string()).prefault([]),
  /** `add` and `overwrite` write resolv.conf; `none` leaves it alone. */
  node_dns_method: z.enum(['add', 'none', 'overwrite']).prefault('add'),
  node_dns_servers: z.array(address).prefault(['${admin_ip}']),
  /** Programs that write resolv.conf from what DHCP says are told not to. */
  node_static_network: z.boolean().prefault(true),
  node_dns_options: z.array(z.string()).prefault(['options single-request-reopen timeout:1']),
  node_packages: z.array(z.string()).prefault(['openssh-server']),
  node_default_packages: z.array(z.string()).prefault([]),

  /** Disks that turn read ahead, 4 MiB at a time. */
  node_disk_prefetch: z.boolean().prefault(false),
  node_disable_swap: z.boolean().prefault(false),
  node_kernel_modules: z.array(z.string().regex(/^[\w-]+$/)).prefault(['softdog', 'ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh']),
  node_hugepage_count: z.int().min(0).prefault(0),
  node_hugepage_ratio: ratio.refine((share) => share < 0.9, 'must be below 0.90').prefault(0),
  node_overcommit_ratio: z.int().min(0).max(100).prefault(0),
  node_tune: z.enum(['none', 'oltp', 'olap', 'crit', 'tiny']).prefault('oltp'),
  node_sysctl_params: z.record(z.string().regex(/^[\w./-]+$/), setting).prefault({ 'fs.nr_open': 8_388_608 }),
  /** Followed upwards only: SELinux is never turned off or down. */
  node_selinux_mode: z.enum(['enforcing', 'permissive', 'disabled']).optional(),
  /** `zone`: trusted networks reach everything, others `node_firewall_public_port`; `off`: no firewall; `none`: leave it alone. */
  node_firewall_mode: z.enum(['zone', 'off', 'none']).prefault('zone'),
  node_firewall_public_port: z.array(port).prefault([22, 80, 443]),
  /** Networks that count as trusted: the `intra` of HBA rules. */
  node_firewall_intranet: z.array(network).prefault(['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12']),

  node_data: path.prefault('/data'),
  node_admin_enabled: z.boolean().prefault(true),
  node_admin_uid: z.int().min(1).max(60_000).prefault(88),
  node_admin_username: username.prefault('dba'),
  node_admin_sudo: z.enum(['nopass', 'all', 'limit', 'none']).prefault('nopass'),
  node_admin_pk_list: z.array(z.string().regex(/^(ssh-|ecdsa-|sk-)\S+ \S+/, 'must be a public key of OpenSSH: "ssh-ed25519 AAAA… name"')).prefault([]),
  node_aliases: z.record(z.string().regex(/^[\w-]+$/), z.string()).prefault({}),
  node_timezone: z.string().regex(/^([A-Za-z_]+(\/[A-Za-z0-9_+-]+)*)?$/, 'must be the name of a time zone: Europe/Paris').prefault(''),
  node_ntp_enabled: z.boolean().prefault(true),
  /** Lines of chrony.conf(5). Empty: the hosts of group `infra` keep their own clock, all others follow them. */
  node_ntp_servers: z.array(z.string().regex(/^(server|pool|peer) \S+/, 'must be a line of chrony.conf: "server 10.0.0.1 iburst"')).prefault([]),
  /** `minute hour day month weekday user command` */
  node_crontab: z.array(z.string()).prefault([]),

  /** An address that one of the hosts has that name it (keepalived). */
  vip_enabled: z.boolean().prefault(false),
  vip_address: address.optional(),
  /** The number of the virtual router; one address has one, and no other address has the same. */
  vip_vrid: z.int().min(1).max(254).optional(),
  /** `master` has it first. */
  vip_role: z.enum(['master', 'backup']).prefault('backup'),
  /** Whether a host of higher rank takes it back when it returns. */
  vip_preempt: z.boolean().prefault(false),
  vip_interface: interfaceName.prefault('auto'),
  /** Behind the name of the cluster: what the address is called. */
  vip_dns_suffix: nameSuffix.prefault(''),
  /** VRRP knows eight letters of it. */
  vip_auth_pass: secret,

  haproxy_enabled: z.boolean().prefault(true),
  haproxy_auth_enabled: z.boolean().prefault(true),
  haproxy_admin_username: z.string().regex(/^[\w.@-]+$/).prefault('admin'),
  haproxy_admin_password: secret,
  haproxy_exporter_port: port.prefault(9101),
  haproxy_client_timeout: interval.prefault('24h'),
  haproxy_server_timeout: interval.prefault('24h'),
  haproxy_services: z.array(HaproxyService).prefault([]),

  node_exporter_enabled: z.boolean().prefault(true),
  node_exporter_port: port.prefault(9100),
  node_exporter_options: z.string().prefault('--no-collector.softnet --no-collector.nvme --collector.tcpstat --collector.processes'),
};
