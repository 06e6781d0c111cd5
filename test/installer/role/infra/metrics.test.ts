import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { metrics } from '../../../../installer/role/infra/metrics.ts';
import { ruleFiles } from '../../../../installer/role/infra/rules.ts';
import { scrapeTargets } from '../../../../installer/role/infra/targets.ts';
import { deploy, withVars } from '../deployment.ts';
import { textOf } from '../file.ts';

describe('scrape targets', () => {
  test('are every exporter of the sample, each with its instance and what answers there', async () => {
    const { host, inventory } = await deploy([]);

    expect(scrapeTargets(host, inventory)).toMatchSnapshot();
  });

  test('leave out what is switched off', async () => {
    const { host, inventory } = await deploy([], { text: withVars('pg_exporter_enabled: false', 'pgbouncer_exporter_enabled: false') });

    expect(scrapeTargets(host, inventory)['pgsql']!.map((each) => each.labels['exporter'])).toEqual(['patroni']);
  });
});

describe('the metrics store', () => {
  test('listens on loopback, keeps for the days of the inventory, and leaves the memory to PostgreSQL', async () => {
    const { host, inventory } = await deploy([metrics], { text: withVars('vmetrics_retention: 3w') });

    const flags = textOf(metrics.resources(host, inventory), '/etc/systemd/system/victoria-metrics.service');

    expect(flags).toContain('-httpListenAddr=127.0.0.1:8428');
    expect(flags).toContain('-retentionPeriod=21d');
    expect(flags).toContain('-memory.allowedPercent=15');
  });

  test('skips no verification', async () => {
    const { host, inventory } = await deploy([metrics]);

    const scraping = textOf(metrics.resources(host, inventory), '/data/infra/prometheus.yml');

    expect(scraping).not.toMatch(/insecure/);
    expect(parse(scraping)).toMatchSnapshot();
  });
});

describe('rules', () => {
  const all = Object.values(ruleFiles).flatMap((groups) => groups.flatMap((group) => group.rules));

  test('have one name each, and a sentence and a severity where somebody must hear of them', () => {
    const alerts = all.flatMap((rule) => ('alert' in rule ? [rule] : []));
    const names = all.map((rule) => ('alert' in rule ? rule.alert : rule.record));

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(alerts.filter((rule) => !rule.annotations['summary'] || !['CRIT', 'WARN', 'INFO'].includes(rule.labels['severity'] ?? ''))).toEqual([]);
  });

  test('derive every series that other rules stand on', () => {
    const derived = new Set(all.flatMap((rule) => ('record' in rule ? [rule.record] : [])));

    const used = all.flatMap((rule) => rule.expr.match(/\b(node|pg|etcd|infra):[a-z]+:[a-z0-9_]+/g) ?? []);

    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !derived.has(name))).toEqual([]);
  });

  test('hold every alert of the reference on what runs here, and those that it lacks', () => {
    const wanted = [
      'EtcdServerDown EtcdNoLeader EtcdQuotaFull EtcdNetworkPeerRTSlow EtcdWalFsyncSlow InfraDown NodeDown HaproxyDown NodeCpuHigh NodeLoadHigh NodeOutOfMem',
      'NodeMemSwapped NodeFsSpaceFull NodeFsFilesFull NodeFdFull NodeDiskSlow NodeTcpErrHigh NodeTcpRetransHigh NodeTimeDrift PatroniFailSafeActive',
      'PostgresDown PgbouncerDown PatroniDown PgExporterDown PgbouncerExporterDown PostgresRestart PostgresPartition PostgresPressureHigh PostgresReplicationBreak',
      'PostgresReplicationLag PostgresXidWarpAround PgbouncerClientQueue PgbouncerQuerySlow PostgresConnUsageHigh PostgresIdleInXact PostgresBackupFailed',
      'PostgresBackupOld PostgresArchiveFailing CertificateExpires PostgresSlotInactive PostgresSlotRetainsWal NodeFsSpaceForecast',
    ].flatMap((line) => line.split(' '));

    const names = all.flatMap((rule) => ('alert' in rule ? [rule.alert] : []));

    expect(wanted.length).toBeGreaterThan(40);
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  });
});
