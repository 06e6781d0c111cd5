import { z } from 'zod';
import { address, days, domain, interval, path, port, secret, sequence } from './scalar.ts';

/** One virtual server of the portal. */
export const PortalEntry = z.strictObject({
  domain,
  domains: z.array(domain).default([]),
  /** `10.10.10.10:3000`: what requests are passed on to. */
  endpoint: z.string().regex(/^[\w.:[\]-]+$/, 'must be host:port').optional(),
  scheme: z.enum(['http', 'https']).default('http'),
  /** A folder that is served, instead of an endpoint. */
  path: path.optional(),
  index: z.boolean().default(false),
  websocket: z.boolean().default(false),
  /** Whether it asks for one of `nginx_users`. */
  auth: z.boolean().default(false),
});
export type PortalEntry = z.output<typeof PortalEntry>;

/** META and CA. */
export const metaParameters = {
  /** The host from which the deployment is run. The first host of group `infra`, else the first host, when left out. */
  admin_ip: address.optional(),
  ca_create: z.boolean().prefault(true),
  ca_cn: z.string().min(1).max(64).prefault('pgark-ca'),
  /** Never longer than the authority itself lives. */
  cert_validity: interval.prefault('1825d'),
};

/** How a host is reached, in Ansible's words. */
export const connectionParameters = {
  ansible_host: z.string().min(1).optional(),
  ansible_port: port.optional(),
  ansible_user: z.string().min(1).optional(),
  /** On the machine that runs the installer. */
  ansible_ssh_private_key_file: z.string().startsWith('/').optional(),
  /** `local` for the machine that runs the installer. */
  ansible_connection: z.enum(['local', 'ssh']).optional(),
};

/** INFRA: portal, names, metrics, alerts. */
export const infraParameters = {
  infra_seq: sequence.optional(),
  infra_portal: z.record(z.string().regex(/^[a-z][a-z0-9_-]*$/), PortalEntry).prefault({ home: { domain: 'pgark.internal' } }),
  infra_data: path.prefault('/data/infra'),

  nginx_enabled: z.boolean().prefault(true),
  nginx_exporter_enabled: z.boolean().prefault(true),
  nginx_exporter_port: port.prefault(9113),
  nginx_sslmode: z.enum(['disable', 'enable', 'enforce']).prefault('enable'),
  /** Browsers refuse certificates of 398 days and more (CA/B Forum BR 6.3.2). */
  nginx_cert_validity: interval.refine((text) => days(text) < 398, 'must be below 398d: browsers refuse longer').prefault('397d'),
  nginx_home: path.prefault('/www'),
  /** name: password */
  nginx_users: z.record(z.string().regex(/^[\w.@-]+$/), secret).prefault({}),
  nginx_port: port.prefault(80),
  nginx_ssl_port: port.prefault(443),

  dns_enabled: z.boolean().prefault(true),
  dns_port: port.prefault(53),
  /** `address name [name …]` */
  dns_records: z.array(z.string()).prefault([]),

  vmetrics_enabled: z.boolean().prefault(true),
  vmetrics_port: port.prefault(8428),
  vmetrics_scrape_interval: interval.prefault('10s'),
  vmetrics_scrape_timeout: interval.prefault('8s'),
  /** How long metrics are kept. */
  vmetrics_retention: interval.prefault('15d'),
  /** Further flags of the metrics store. */
  vmetrics_options: z.string().prefault(''),
  vmalert_enabled: z.boolean().prefault(true),
  vmalert_port: port.prefault(8880),
  vmalert_options: z.string().prefault(''),
  alertmanager_enabled: z.boolean().prefault(true),
  alertmanager_port: port.prefault(9059),
  alertmanager_options: z.string().prefault(''),
  exporter_metrics_path: path.prefault('/metrics'),
};
