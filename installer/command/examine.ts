import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { completeInventory } from '../inventory/complete.ts';
import { parseInventory } from '../inventory/draft.ts';
import { defaults } from '../inventory/parameters.ts';
import { equip } from '../pipeline.ts';
import { checkNodes, refuseFound } from '../plan/check-nodes.ts';
import { want } from '../plan/wanted.ts';
import { roles } from '../roles.ts';
import { reach } from '../transport/reach.ts';
import { openVault } from '../vault/vault.ts';

export interface Examining {
  /** The inventory, and where it will be written. */
  text: string;
  file: string;
  bundle: Descriptor;
  progress: Progress;
  sudoPassword?: Secret;
  /** Hears of a host that was met for the first time. */
  met: (line: string) => void;
}

/**
 * Looks at every host of an inventory before it is written. Nothing is changed on any of them; here, the keys of hosts are pinned.
 * @throws Fault unreachable or invalid with all that was found
 */
export async function examine({ text, file, bundle, progress, sudoPassword, met }: Examining): Promise<void> {
  const draft = parseInventory(text, file);
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ssh = { knownHosts: join(folder, 'known_hosts'), met, ...(sudoPassword && { sudoPassword }) };
  const transports = new Map(draft.hosts.map(({ address, vars }) => [address, reach(address, vars, ssh)]));
  // Opened for this look alone: what is made in it is not kept.
  const vault = await openVault(join(folder, 'vault'));
  const found = await checkNodes({
    transports,
    bundle,
    progress,
    place: { data: String(draft.hosts[0]!.vars['pg_fs_main'] ?? defaults['pg_fs_main']), dbsu: String(defaults['pg_dbsu']), port: String(defaults['pg_port']) },
    want: async (facts) => {
      const inventory = await completeInventory(draft, facts, vault, { bundle, keys: { index: 'not looked at', packages: '' } });
      await equip(vault, inventory, roles);
      return want(inventory, roles);
    },
  });
  refuseFound(found);
}
