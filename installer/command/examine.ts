import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { completeInventory } from '../inventory/complete.ts';
import { parseInventory, type DraftHost } from '../inventory/draft.ts';
import { defaults } from '../inventory/parameters.ts';
import { equip } from '../deployment.ts';
import { checkNodes, refuseFound } from '../plan/check-nodes.ts';
import type { Place } from '../plan/facts.ts';
import { want } from '../plan/wanted.ts';
import { roles } from '../roles.ts';
import { reach } from '../transport/reach.ts';
import { openVault } from '../vault/vault.ts';

export interface Examining {
  /** The inventory, what it is called in messages, and where it will be written. */
  text: string;
  name?: string;
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
export async function examine({ text, file, name = file, bundle, progress, sudoPassword, met }: Examining): Promise<void> {
  const draft = parseInventory(text, name);
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ssh = { knownHosts: join(folder, 'known_hosts'), met, ...(sudoPassword && { sudoPassword }) };
  const transports = new Map(draft.hosts.map(({ address, vars }) => [address, reach(address, vars, ssh)]));
  // Opened for this look alone: what is made in it is not kept.
  const vault = await openVault(join(folder, 'vault'), { makeshift: true });
  const found = await checkNodes({
    transports,
    givers: draft.hosts.filter(({ groups }) => groups.includes('infra')).map(({ address }) => address),
    bundle,
    progress,
    place: (address) => placeOf(draft.hosts.find((host) => host.address === address)!),
    want: async (facts) => {
      const inventory = await completeInventory(draft, facts, vault, { bundle, keys: { index: 'not looked at', packages: '' } });
      await equip(vault, inventory, roles);
      return want(inventory, roles);
    },
  });
  refuseFound(found);
}

function placeOf({ vars }: DraftHost): Place {
  const given = (name: string): string => String(vars[name] ?? defaults[name]);
  return { data: given('pg_fs_main'), dbsu: given('pg_dbsu'), port: given('pg_port') };
}
