import { writeYaml } from '../../../repo/core/document.ts';
import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { storeAccount } from './metrics.ts';
import { portalAddress } from './portal.ts';
import type { Role } from '../role.ts';
import { ruleFiles } from './rules.ts';
import { unit, written } from '../text.ts';

/** Rules over the metrics (vmalert), and where alerts go (Alertmanager). Both listen on loopback, behind the portal. */
export const alert: Role = {
  name: 'alert',
  rollout: 'together',
  plays: ({ groups, vars }) => groups.includes('infra') && vars.vmetrics_enabled && (vars.vmalert_enabled || vars.alertmanager_enabled),
  packages: ({ vars }) => [...(vars.vmalert_enabled ? ['victoria-metrics'] : []), ...(vars.alertmanager_enabled ? ['prometheus-alertmanager'] : [])],
  resources: (host) => [...(host.vars.alertmanager_enabled ? alertmanager(host) : []), ...(host.vars.vmalert_enabled ? vmalert(host) : [])],
};

function alertmanager(host: Host): Resource[] {
  const storage = `${host.vars.infra_data}/alertmgr`;
  return [
    { kind: 'directory', path: storage, owner: 'prometheus', group: 'prometheus', mode: '0750' },
    firstRouting,
    written('/etc/default/prometheus-alertmanager', [`ARGS="${alertmanagerFlags(host, storage).join(' ')}"`]),
    {
      kind: 'service',
      unit: 'prometheus-alertmanager.service',
      enabled: true,
      running: true,
      restartOn: ['/etc/default/prometheus-alertmanager'],
      reloadOn: ['/etc/alertmanager.yml'],
    },
  ];
}

function alertmanagerFlags(host: Host, storage: string): string[] {
  const { vars } = host;
  return [
    '--config.file=/etc/alertmanager.yml',
    `--storage.path=${storage}`,
    `--web.listen-address=127.0.0.1:${vars.alertmanager_port}`,
    `--web.external-url=${portalAddress(host)}/alertmgr`,
    '--web.route-prefix=/',
    // One Alertmanager an infra host, each with its own store: no gossip port.
    '--cluster.listen-address=',
    ...(vars.alertmanager_options === '' ? [] : [vars.alertmanager_options]),
  ];
}

/** Nobody is told yet. A host that is down silences what runs on it. */
const routing = {
  route: { receiver: 'default', group_by: ['alertname', 'cls'], group_wait: '30s', group_interval: '5m', repeat_interval: '4h' },
  receivers: [{ name: 'default' }],
  inhibit_rules: [{ source_matchers: ['alertname = NodeDown'], target_matchers: ['alertname != NodeDown'], equal: ['ip'] }],
};

/** Written once: whom to tell is for the operators to say, in this file, which is theirs from then on; passwords may stand in it. */
const firstRouting: Resource = {
  kind: 'condition',
  name: 'Alertmanager has a sound /etc/alertmanager.yml',
  check: { argv: shell('[ -e /etc/alertmanager.yml ] && amtool check-config /etc/alertmanager.yml >/dev/null 2>&1') },
  act: [{ argv: shell('if [ -e /etc/alertmanager.yml ]; then amtool check-config /etc/alertmanager.yml >&2; else umask 027; cat > /etc/alertmanager.yml; chgrp prometheus /etc/alertmanager.yml; fi'), stdin: writeYaml(routing, 'written once by pgark, and yours to change: name receivers here, then run pgark apply') }],
};

function vmalert(host: Host): Resource[] {
  const { vars } = host;
  const folder = `${vars.infra_data}/rules`;
  return [
    { kind: 'directory', path: folder, mode: '0755' },
    ...Object.entries(ruleFiles).map(([name, groups]): Resource => ({ kind: 'file', path: `${folder}/${name}.yml`, content: writeYaml({ groups }), validate: ['vmalert', '-dryRun', '-rule', '{}'] })),
    unit('vmalert.service', {
      Unit: { Description: 'vmalert, rules over the metrics of this deployment', After: 'victoria-metrics.service', Wants: 'victoria-metrics.service' },
      Service: { User: storeAccount, ExecStart: ['/usr/bin/vmalert', ...vmalertFlags(host, folder)].join(' '), ExecReload: '/bin/kill -HUP $MAINPID', Restart: 'on-failure', RestartSec: '2s', NoNewPrivileges: 'yes', ProtectSystem: 'full', ProtectHome: 'yes', PrivateTmp: 'yes' },
      Install: { WantedBy: 'multi-user.target' },
    }),
    { kind: 'service', unit: 'vmalert.service', enabled: true, running: true, restartOn: ['/etc/systemd/system/vmalert.service'], reloadOn: [folder] },
  ];
}

function vmalertFlags(host: Host, folder: string): string[] {
  const { vars } = host;
  const store = `http://127.0.0.1:${vars.vmetrics_port}`;
  return [
    `-rule=${folder}/*.yml`,
    `-httpListenAddr=127.0.0.1:${vars.vmalert_port}`,
    `-datasource.url=${store}`,
    `-remoteWrite.url=${store}`,
    `-remoteRead.url=${store}`,
    vars.alertmanager_enabled ? `-notifier.url=http://127.0.0.1:${vars.alertmanager_port}` : '-notifier.blackhole',
    `-evaluationInterval=${vars.vmetrics_scrape_interval}`,
    `-external.url=${portalAddress(host)}`,
    ...(vars.vmalert_options === '' ? [] : [vars.vmalert_options]),
  ];
}
