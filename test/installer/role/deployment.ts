import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, Inventory } from '../../../installer/inventory/inventory.ts';
import { completeInventory } from '../../../installer/inventory/complete.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import type { Facts } from '../../../installer/inventory/facts.ts';
import type { Role } from '../../../installer/role/role.ts';
import { openVault } from '../../../installer/vault/vault.ts';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { bundle as debianBundle, elBundle, elFacts, facts as box, sample, keys } from '../inventory/sample.ts';

/** What differs from the sample on Debian 12. */
export interface Changes {
  text?: string;
  facts?: Partial<Facts>;
  bundle?: Descriptor;
  /** Secrets of which some host may still have the former value. */
  rotate?: readonly string[];
}

/** Both families of distributions, for tests that hold on either. */
export const families: readonly (Changes & { family: string })[] = [
  { family: 'Debian', facts: {}, bundle: debianBundle },
  { family: 'EL', facts: elFacts, bundle: elBundle },
];

/** A deployment, its first host, its secrets and certificates in memory only. */
export async function deploy(roles: readonly Role[], changes: Changes = {}): Promise<{ host: Host; inventory: Inventory }> {
  const draft = parseInventory(changes.text ?? sample, 'pgark.yml');
  const vault = await openVault(join(tmpdir(), 'pgark-test-vault-that-is-never-saved'));
  const inventory = await completeInventory(draft, new Map(draft.hosts.map(({ address }) => [address, { ...box, ...changes.facts }])), vault, { bundle: changes.bundle ?? debianBundle, keys });
  const host = inventory.hosts[0]!;
  const played = inventory.hosts.flatMap((each) => roles.filter((role) => role.plays(each, inventory)).map((role) => ({ role, each })));
  await vault.ensure(
    played.flatMap(({ role, each }) => role.secrets?.(each, inventory) ?? []),
    played.flatMap(({ role, each }) => role.certificates?.(each, inventory) ?? []),
  );
  vault.rotate(changes.rotate ?? []);
  return { host, inventory };
}

/** The sample inventory with lines added to the variables of the cluster. */
export function withVars(...lines: string[]): string {
  return sample.replace("        pg_crontab:", `${lines.map((line) => `        ${line}\n`).join('')}        pg_crontab:`);
}

/** The sample inventory with a second member, a replica. */
export const withReplica = sample.replace('        10.10.10.10: { pg_seq: 1, pg_role: primary }\n', (line) => `${line}        10.10.10.11: { pg_seq: 2, pg_role: replica }\n`);
