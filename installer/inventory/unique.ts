import { isIPv6 } from 'node:net';
import type { DraftHost } from './draft.ts';
import type { Report } from './places.ts';

/** Reports what several have in common that each must have for itself. */
export function checkUnique(members: readonly DraftHost[], name: string, report: Report): void {
  const seen = new Map<unknown, string>();
  for (const host of members) {
    const value = host.vars[name];
    if (value === undefined) continue;
    const other = seen.get(value);
    if (other !== undefined) report(host.origin.get(name)!, `${name} ${String(value)} of ${host.address} is taken by ${other}`);
    seen.set(value, host.address);
  }
}

/** An address in its one spelling, a name in lower case. */
export const canonical = (address: string): string => (isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address.toLowerCase());
