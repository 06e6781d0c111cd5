import { dirname } from 'node:path';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { packagesOf } from '../../platform/component.ts';
import type { ConditionResource, FileResource, Resource, ServiceResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { certificates, instanceOf, leads, isRunning } from '../instance.ts';
import { answersOrCopies, copied } from './copied.ts';
import { guardedPath, guardedPatroni, isGuarded, takesForeignKey } from './leader-key.ts';
import { leaderWith, quorum, type Need } from '../need.ts';
import { patroniConfig, patroniSecrets } from './patroni-config.ts';
import type { Role } from '../role.ts';
import { loadedLibraries } from './libraries.ts';
import { configuration, shared, sharedConfiguration } from './shared-configuration.ts';
import { strangers } from './strangers.ts';
import { isStandby, sourceOf } from './upstream.ts';
import { unit } from '../text.ts';

/** Patroni, which starts PostgreSQL and decides with etcd who is the primary (reference 5.7). */
export const patroni: Role = {
  name: 'patroni',
  rollout: 'one by one',
  plays: (host, inventory) => isRunning(host) && !isStandby(host, inventory),
  needs: (host, inventory) => [quorum(inventory), ...leaderWith('patroni', host, inventory)],
  secrets: patroniSecrets,
  components: (host, inventory) => ['patroni', ...(asksForEtcd(host, inventory) ? ['patroni-etcd'] : [])],
  resources: (host, inventory) => [
    folder(host),
    { kind: 'file', path: configuration, content: patroniConfig(host, inventory), owner: host.vars.pg_dbsu, group: host.vars.pg_dbsu, mode: '0600' },
    { kind: 'directory', path: '/root/.config/patroni', mode: '0700' },
    { kind: 'link', path: '/root/.config/patroni/patronictl.yaml', to: configuration },
    ...program(host, inventory),
    running(host, inventory),
    ...(takesWrites(host, inventory) ? [] : [copied(host)]),
    ...(leads(host, inventory) ? [...sharedConfiguration(host, inventory), strangers(host, inventory)] : []),
    loadedLibraries(host, inventory),
    settingsInEffect(host),
    ...(takesForeignKey(inventory.bundle) ? [isGuarded(instanceOf(host).cluster)] : []),
  ],
};

/** The same for clusters that follow another one: its leader stands by then, and keeps a slot for them. */
export const patroniOfStandbys: Role = {
  ...patroni,
  plays: (host, inventory) => isRunning(host) && isStandby(host, inventory),
  needs: (host, inventory) => [quorum(inventory), ...leaderWith('patroni', host, inventory), ...followed(host, inventory)],
};

function followed(host: Host, inventory: Inventory): Need[] {
  const { cluster } = instanceOf(sourceOf(host, inventory));
  const leader = cluster === host.vars.pg_cluster ? undefined : inventory.leader(cluster);
  return leader ? [{ what: `the leader of ${cluster}`, role: 'patroni', hosts: [leader.address] }] : [];
}

/** Patroni speaks to etcd v3 by itself, yet takes its errors from python3-etcd. Debian's component holds it, where none of its own does; EL's never. */
const asksForEtcd = ({ platform }: Host, { bundle }: Inventory): boolean => platform.family === 'el' || packagesOf('patroni-etcd', bundle).length > 0;

const folder = ({ vars }: Host) => ({ kind: 'directory', path: vars.patroni_log_dir, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0700' }) as const;

/** The package's program, or the same one with a guard on what it does to the leader key. */
function program(host: Host, { bundle }: Inventory): Resource[] {
  if (!takesForeignKey(bundle)) return [service(host, '/usr/bin/patroni')];
  return [
    { kind: 'directory', path: dirname(guardedPath), mode: '0755' },
    { kind: 'file', path: guardedPath, content: guardedPatroni, mode: '0755' },
    service(host, guardedPath),
  ];
}

/** The package's unit reads another file and gives up after a failure; ours is killed last when memory is short. */
function service({ vars }: Host, path: string): FileResource {
  return unit('patroni.service', {
    Unit: { Description: 'Patroni, which runs PostgreSQL', Documentation: 'https://patroni.readthedocs.io', After: 'network-online.target etcd.service', Wants: 'network-online.target', StartLimitIntervalSec: '0' },
    Service: {
      Type: 'simple',
      User: vars.pg_dbsu,
      Group: vars.pg_dbsu,
      Environment: 'PATH=/usr/pgsql/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ExecStart: `${path} ${configuration}`,
      ExecReload: '/bin/kill -s HUP $MAINPID',
      // Patroni stops PostgreSQL by itself; killing both would make a crash of every stop.
      KillMode: 'process',
      TimeoutSec: '120',
      Restart: 'on-failure',
      // While nobody answers for a primary, HAProxy cuts off its clients: soon.
      RestartSec: '1',
      OOMScoreAdjust: '-1000',
      LimitNOFILE: '8388608',
    },
    Install: { WantedBy: 'multi-user.target' },
  });
}

const takesWrites = (host: Host, inventory: Inventory): boolean => leads(host, inventory) && !isStandby(host, inventory);

/**
 * A change of patroni.yml is reloaded, one of the unit read by systemd alone: a restart of Patroni would take PostgreSQL down with it. The leader is there when it takes
 * writes, or is still to be told that it may (see shared-configuration.ts).
 */
function running(host: Host, inventory: Inventory): ServiceResource {
  const { vars } = host;
  const question = `SELECT NOT pg_is_in_recovery() OR coalesce(${shared} ? 'standby_cluster', false)`;
  return {
    kind: 'service',
    unit: 'patroni.service',
    enabled: true,
    running: true,
    outlasts: true,
    reloadOn: [configuration, certificates.server, certificates.serverKey, certificates.authority],
    ready: takesWrites(host, inventory) ? { argv: shell(`psql -XAtq -p "$1" -d postgres -c "$2" | grep -qx t`, String(vars.pg_port), question), as: vars.pg_dbsu } : answersOrCopies(host),
    patience: 180,
  };
}

/** Nothing is restarted for a setting alone: that is for its owner to choose the hour of. Until then every plan says so. */
function settingsInEffect(host: Host): ConditionResource {
  const { cluster } = instanceOf(host);
  const waiting = `SELECT 'note: for a restart of PostgreSQL wait ' || string_agg(name, ', ' ORDER BY name) || ': pgark pg restart ${cluster} --pending' FROM pg_settings WHERE pending_restart AND name NOT LIKE 'recovery\\_target%' HAVING count(*) > 0`;
  return { kind: 'condition', name: 'postgresql: its settings are in effect', check: { argv: shell('psql -XAtq -p "$1" -d postgres -c "$2" 2>/dev/null || :', String(host.vars.pg_port), waiting), as: host.vars.pg_dbsu, timeout: 15 }, act: [] };
}
