import { isIPv6 } from 'node:net';
import type { Host, Inventory } from '../inventory/inventory.ts';

/**
 * Where the exporters of a host listen. Metrics carry no password, so they are never on every interface: on loopback
 * when the host is watched only by itself, on its own address when another host of the deployment scrapes it.
 */
export function exporterAddress(host: Host, inventory: Inventory): string {
  return inventory.group('infra').every((watcher) => watcher.address === host.address) ? '127.0.0.1' : host.address;
}

/** `10.10.10.10:9100`, `[fd00::1]:9100` */
export function endpoint(address: string, port: number): string {
  return `${fenced(address)}:${port}`;
}

/** An address as URLs have it. */
export const fenced = (address: string): string => (isIPv6(address) ? `[${address}]` : address);

/** Where HAProxy listens (`bind` in its configuration): `*` is every address of IPv4, and on a host that is known by one of IPv6 those as well. */
export function binding({ address }: Host, ip: string, port: number): string {
  if (ip !== '*') return endpoint(ip, port);
  return isIPv6(address) ? `[::]:${port} v4v6` : `*:${port}`;
}
