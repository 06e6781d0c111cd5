import { isIPv6 } from 'node:net';
import { writeYaml } from '../../../repo/core/document.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { days } from '../../inventory/scalar.ts';
import type { Resource } from '../../resource/resource.ts';
import type { CertificateRequest } from '../../vault/certificate.ts';
import { programOf, type Program } from '../../platform/program.ts';
import { account, daemon } from '../daemon.ts';
import type { Role } from '../role.ts';
import { scrapeTargets, type TargetGroup } from './targets.ts';
import { authorityPath } from '../node/trust.ts';

/**
 * The metrics store, VictoriaMetrics: scrapes, keeps for `vmetrics_retention`, answers queries. It listens on loopback;
 * the portal lets people in who have a password.
 */
export const metrics: Role = {
  name: 'metrics',
  rollout: 'together',
  plays: (host) => host.groups.includes('infra') && host.vars.vmetrics_enabled,
  components: (_host, { bundle }) => [programOf('victoriaMetrics', bundle).component],
  certificates: (host) => [scrapeCertificate(host)],
  resources: (host, inventory) => resources(host, inventory, programOf('victoriaMetrics', inventory.bundle)),
};

function resources(host: Host, inventory: Inventory, program: Program): Resource[] {
  return [
    { kind: 'directory', path: host.vars.infra_data, mode: '0755' },
    { kind: 'link', path: '/infra', to: host.vars.infra_data },
    account(program.account),
    { kind: 'directory', path: `${host.vars.infra_data}/metrics`, owner: program.account, group: program.account, mode: '0750' },
    ...scrapeKeys(host, inventory, program.account),
    ...targetFiles(host, inventory),
    { kind: 'file', path: `${host.vars.infra_data}/prometheus.yml`, content: writeYaml(scraping(host)), validate: ['victoria-metrics', '-promscrape.config', '{}', '-promscrape.config.dryRun'] },
    ...daemon({
      program,
      about: 'VictoriaMetrics, the metrics of this deployment',
      flags: flags(host, inventory),
      unit: { RequiresMountsFor: host.vars.infra_data },
      service: { ProtectSystem: 'full', PrivateTmp: 'yes', LimitNOFILE: '65536' },
      restartOn: [scrapeCert, scrapeKey],
      reloadOn: [`${host.vars.infra_data}/prometheus.yml`],
    }),
  ];
}

const scrapeCert = '/etc/pki/scrape.crt';
const scrapeKey = '/etc/pki/scrape.key';

/** etcd tells its figures only to who has a certificate; this one is no user's (see etcdClientCertificate). */
function scrapeCertificate(host: Host): CertificateRequest {
  return { name: `scrape-${host.name}`, commonName: '', dns: [host.name], addresses: [], days: days(host.vars.cert_validity) };
}

function scrapeKeys(host: Host, inventory: Inventory, reader: string): Resource[] {
  const { certificate, key } = inventory.certificate(scrapeCertificate(host).name);
  return [
    { kind: 'file', path: scrapeCert, content: certificate },
    { kind: 'file', path: scrapeKey, content: key, owner: reader, group: reader, mode: '0400' },
  ];
}

/** One file a job, whole, so that a host that leaves the inventory leaves the targets; others may lie beside it. */
function targetFiles(host: Host, inventory: Inventory): Resource[] {
  return Object.entries(scrapeTargets(host, inventory)).flatMap(([job, groups]): Resource[] => [
    { kind: 'directory', path: `${host.vars.infra_data}/targets/${job}`, mode: '0755' },
    { kind: 'file', path: `${host.vars.infra_data}/targets/${job}/inventory.yml`, content: lines(groups) },
  ]);
}

/** A line a target: YAML takes JSON as it is, and a thousand hosts are written in no time. */
const lines = (groups: readonly TargetGroup[]): string => (groups.length === 0 ? '[]\n' : groups.map((group) => `- ${JSON.stringify(group)}\n`).join(''));

function scraping({ vars }: Host): object {
  const tls = { ca_file: authorityPath };
  const job = (name: string, more: object = {}): object => ({ job_name: name, metrics_path: vars.exporter_metrics_path, file_sd_configs: [{ files: [`${vars.infra_data}/targets/${name}/*.yml`] }], ...more });
  return {
    global: { scrape_interval: vars.vmetrics_scrape_interval, scrape_timeout: vars.vmetrics_scrape_timeout },
    scrape_configs: [
      job('node'),
      job('infra', { metrics_path: '/metrics' }),
      job('etcd', { metrics_path: '/metrics', scheme: 'https', tls_config: { ...tls, cert_file: scrapeCert, key_file: scrapeKey } }),
      // A series for each bucket would be many; those of the whole store are kept.
      job('minio', { metrics_path: '/minio/metrics/v3', scheme: 'https', tls_config: tls, metric_relabel_configs: [{ source_labels: ['bucket'], regex: '.+', action: 'drop' }] }),
      job('pgsql', { tls_config: tls }),
    ],
  };
}

function flags({ vars }: Host, inventory: Inventory): string[] {
  return [
    `-httpListenAddr=127.0.0.1:${vars.vmetrics_port}`,
    `-storageDataPath=${vars.infra_data}/metrics`,
    `-retentionPeriod=${days(vars.vmetrics_retention)}d`,
    `-promscrape.config=${vars.infra_data}/prometheus.yml`,
    '-promscrape.fileSDCheckInterval=5s',
    // Its caches would take up to 60 % of the memory, of which PostgreSQL wants most.
    '-memory.allowedPercent=15',
    // Left to itself it asks targets over IPv4 alone.
    ...(inventory.hosts.some(({ address }) => isIPv6(address)) ? ['-enableTCP6'] : []),
    ...(vars.vmalert_enabled ? [`-vmalert.proxyURL=http://127.0.0.1:${vars.vmalert_port}`] : []),
    ...(vars.vmetrics_options === '' ? [] : [vars.vmetrics_options]),
  ];
}
