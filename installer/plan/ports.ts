import type { Host } from '../inventory/inventory.ts';
import type { Finding } from './finding.ts';
import type { Listener } from './listeners.ts';
import { neededPorts } from './needed-ports.ts';

/** Ports that this deployment needs and that something else holds. What runs in one of `units` is this deployment itself. */
export function takenPorts(host: Host, listeners: readonly Listener[], units: ReadonlySet<string>): Finding[] {
  const foreign = listeners.filter((each) => !units.has(each.unit ?? '') && !isResolver(each));
  return neededPorts(host).flatMap(({ port, purpose }) => {
    const by = foreign.find((each) => each.port === port);
    return by ? [{ host: host.name, code: 'port-taken', message: `port ${port} (${purpose}) is taken by ${nameOf(by)}`, remedy: 'stop it, or choose another port in the inventory' }] : [];
  });
}

/** `nginx (process 123, nginx.service)` */
function nameOf({ program, pid, unit }: Listener): string {
  if (pid === undefined) return 'a process that cannot be seen from here';
  return `${program ?? 'a process'} (process ${pid}${unit === undefined ? '' : `, ${unit}`})`;
}

/** systemd-resolved answers on 127.0.0.53 and 127.0.0.54 only (systemd-resolved.service(8)); others can listen beside it. */
const isResolver = ({ port, address }: Listener): boolean => port === 53 && ['3500007F', '3600007F'].includes(address);
