import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** Who a host is, whatever it is called: machine-id(5), and the boot, which tells copies of one machine apart. */
export const probeIdentity: Command = { argv: shell('cat /etc/machine-id /proc/sys/kernel/random/boot_id 2>/dev/null || :') };

/** Two addresses of one host make no two hosts: what is made at one would be undone at the other. */
export function sameHosts(identities: readonly { host: string; address: string; answer: Completed }[]): Finding[] {
  const seen = new Map<string, string>();
  return identities.flatMap(({ host, address, answer: { stdout } }): Finding[] => {
    if (stdout.trim().split('\n').length < 2) return [];
    const other = seen.get(stdout);
    seen.set(stdout, other ?? address);
    return other === undefined ? [] : [{ host, code: 'same-host', message: `${address} is the same host as ${other}`, remedy: 'give each host once in the inventory' }];
  });
}
