import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completeInventory } from '../../../installer/inventory/complete.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { want, type Wanted } from '../../../installer/plan/wanted.ts';
import { roles } from '../../../installer/roles.ts';
import { openVault } from '../../../installer/vault/vault.ts';
import { templates, type Answers } from '../../../installer/wizard/answers.ts';
import { compose } from '../../../installer/wizard/compose.ts';
import { bundle, facts, keys } from '../inventory/sample.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-wanted-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const answers: Answers = { topology: 'single', template: 'meta', address: '10.10.10.10', nodes: [], sshUser: '', sshKey: '', pg: '15', tuning: 'oltp', extensions: ['postgis', 'vector'], database: 'shop', user: 'dbuser_shop', domain: 'db.example', data: '/srv/pg' };

async function wantedBy(given: Answers): Promise<{ wanted: readonly Wanted[]; secrets: string[] }> {
  const draft = parseInventory(compose(given), 'pgark.yml');
  const vault = await openVault(join(folder, 'vault'));
  const inventory = await completeInventory(draft, new Map([[given.address, facts]]), vault, { bundle, keys });
  const [host] = inventory.hosts;
  const played = roles.filter((role) => role.plays(host!, inventory));
  const names = played.flatMap((role) => role.secrets?.(host!, inventory) ?? []);
  await vault.ensure(names, played.flatMap((role) => role.certificates?.(host!, inventory) ?? []));
  return { wanted: want(inventory, roles), secrets: names.map((name) => vault.secret(name).reveal()) };
}

test.each(templates)('every role can say what it wants for what the wizard writes: %s', async (template) => {
  const { wanted } = await wantedBy({ ...answers, template });

  const text = JSON.stringify(wanted[0]!.items);
  expect(text).toContain('/srv/pg/postgres');
  expect(text).toContain('postgresql-15-postgis-3');
  expect(text.includes('prometheus-alertmanager')).toBe(template === 'meta');
});

test('no secret is in what may be shown of it', async () => {
  const { wanted, secrets } = await wantedBy(answers);

  const text = JSON.stringify(wanted);
  expect(secrets.length).toBeGreaterThan(5);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).not.toContain('PRIVATE KEY');
});
