import { writeYaml } from '../../../repo/core/document.ts';
import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { programOf, type Program } from '../../platform/program.ts';
import { shell } from '../../transport/command.ts';
import { account, daemon } from '../daemon.ts';
import { portalAddress } from './portal.ts';
import type { Role } from '../role.ts';
import { ruleFiles } from './rules.ts';

/** Rules over the metrics (vmalert), and where alerts go (Alertmanager). Both listen on loopback, behind the portal. */
export const alert: Role = {
  name: 'alert',
  rollout: 'together',
  plays: ({ groups, vars }) => groups.includes('infra') && vars.vmetrics_enabled && (vars.vmalert_enabled || vars.alertmanager_enabled),
  components: ({ vars }, { bundle }) => [...(vars.vmalert_enabled ? [programOf('vmalert', bundle).component] : []), ...(vars.alertmanager_enabled ? [programOf('alertmanager', bundle).component] : [])],
  resources: (host, { bundle }) => [...(host.vars.alertmanager_enabled ? alertmanager(host, programOf('alertmanager', bundle)) : []), ...(host.vars.vmalert_enabled ? vmalert(host, programOf('vmalert', bundle)) : [])],
};

function alertmanager(host: Host, program: Program): Resource[] {
  const storage = `${host.vars.infra_data}/alertmgr`;
  return [
    account(program.account),
    { kind: 'directory', path: storage, owner: program.account, group: program.account, mode: '0750' },
    firstRouting(routingFile(host), program.account),
    ...daemon({ program, about: 'Alertmanager, where alerts go', flags: alertmanagerFlags(host, storage), reloadOn: [routingFile(host)] }),
  ];
}

function alertmanagerFlags(host: Host, storage: string): string[] {
  const { vars } = host;
  return [
    `--config.file=${routingFile(host)}`,
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

/** Not the package's own file, which would pass for one that somebody has written. */
const routingFile = ({ vars }: Host): string => `${vars.infra_data}/alertmanager.yml`;

/** Written once: whom to tell is for the operators to say, in this file, which is theirs from then on; passwords may stand in it. */
const firstRouting = (path: string, group: string): Resource => ({
  kind: 'condition',
  name: `Alertmanager has a sound ${path}`,
  check: { argv: shell('[ -e "$1" ] && amtool check-config "$1" >/dev/null 2>&1', path) },
  act: [{ argv: shell('if [ -e "$1" ]; then amtool check-config "$1" >&2; else umask 027; cat > "$1"; chgrp "$2" "$1"; fi', path, group), stdin: writeYaml(routing, 'written once by pgark, and yours to change: name receivers here, then run pgark apply') }],
});

function vmalert(host: Host, program: Program): Resource[] {
  const { vars } = host;
  const folder = `${vars.infra_data}/rules`;
  return [
    { kind: 'directory', path: folder, mode: '0755' },
    ...Object.entries(ruleFiles).map(([name, groups]): Resource => ({ kind: 'file', path: `${folder}/${name}.yml`, content: writeYaml({ groups }), validate: ['vmalert', '-dryRun', '-rule', '{}'] })),
    ...daemon({
      program,
      about: 'vmalert, rules over the metrics of this deployment',
      flags: vmalertFlags(host, folder),
      unit: { After: 'victoria-metrics.service', Wants: 'victoria-metrics.service' },
      service: { ProtectSystem: 'full', ProtectHome: 'yes', PrivateTmp: 'yes' },
      reloadOn: [folder],
    }),
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
