import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { TimeService } from '../../platform/platform.ts';
import type { Resource } from '../../resource/resource.ts';
import type { Role } from '../role.ts';
import { unit, written } from '../text.ts';
import { trusted } from './trusted.ts';

/**
 * One time for the whole island. Without servers in the inventory the infra hosts keep their own clock and serve it,
 * all others follow them.
 */
export const time: Role = {
  name: 'time',
  lasting: true,
  ground: true,
  rollout: 'together',
  plays: ({ vars }) => vars.node_ntp_enabled,
  components: () => ['chrony'],
  resources: (host, inventory) => [
    written(host.platform.time.configuration, configuration(host, inventory)),
    ...(host.facts.container === 'none' ? [] : [withoutClock(host.platform.time)]),
    { kind: 'service', unit: host.platform.time.unit, enabled: true, running: true, restartOn: [host.platform.time.configuration, `/etc/systemd/system/${host.platform.time.unit}.d`] },
  ],
};

function configuration(host: Host, inventory: Inventory): string[] {
  return [
    ...sources(host, inventory),
    ...(servesTime(host, inventory) ? service(host, inventory) : []),
    ...host.platform.time.places,
    'maxupdateskew 100.0',
    'makestep 1 3',
    'rtcsync',
  ];
}

const servesTime = (host: Host, inventory: Inventory): boolean => isAmong(inventory.group('infra'), host) || inventory.group('infra').length === 0;

const isAmong = (hosts: readonly Host[], host: Host): boolean => hosts.some((each) => each.address === host.address);

function sources(host: Host, inventory: Inventory): string[] {
  if (host.vars.node_ntp_servers.length > 0) return [...host.vars.node_ntp_servers];
  const infra = inventory.group('infra');
  // Infra hosts are peers of each other, so that the island agrees with itself although nobody knows the true time.
  return infra.filter((each) => each.address !== host.address).map((each) => `${isAmong(infra, host) ? 'peer' : 'server'} ${each.address} iburst`);
}

/** Stratum 10 is worse than any real source and good enough for an island (chrony.conf(5), local). */
function service(host: Host, inventory: Inventory): string[] {
  return ['local stratum 10 orphan', 'allow 127.0.0.0/8', ...trusted(host, inventory).map((network) => `allow ${network}`)];
}

/** A container has its kernel's clock: the unit of the package would not start there, chronyd -x serves time and leaves the clock alone. */
const withoutClock = (time: TimeService): Resource => unit(`${time.unit}.d/pgark.conf`, { Unit: { ConditionCapability: '' }, Service: { ExecStart: ['', time.startWithoutClock] } });
