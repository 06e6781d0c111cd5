import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { certificateEnds, certificateRows, printEnding } from '../../installer/certificates.ts';
import { choose, wantedBy } from '../../installer/command/cert-renew.ts';
import { completeInventory } from '../../installer/inventory/complete.ts';
import type { Inventory } from '../../installer/inventory/inventory.ts';
import { parseInventory } from '../../installer/inventory/draft.ts';
import { equip } from '../../installer/deployment.ts';
import { roles } from '../../installer/roles.ts';
import { openVault } from '../../installer/vault/vault.ts';
import { bundle, facts, keys, sample } from './inventory/sample.ts';

const now = new Date('2026-12-01T00:00:00Z');
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

async function open(): Promise<{ inventory: Inventory; issued: Map<string, string> }> {
  const draft = parseInventory(sample, 'pgark.yml');
  const vault = await openVault(join(tmpdir(), 'pgark-test-vault-that-is-never-saved'), { now });
  const inventory = await completeInventory(draft, new Map(draft.hosts.map(({ address }) => [address, facts])), vault, { bundle, keys });
  await equip(vault, inventory, roles);
  const names = ['etcd-1', 'pg-meta-1', 'etcd-client-pg-meta-1'];
  return { inventory, issued: new Map(names.map((name) => [name, vault.certificate(name).certificate])) };
}

describe('the certificates of a deployment', () => {
  test('say whose they are, who issued them, until when, and where they lie', async () => {
    const { inventory, issued } = await open();

    const rows = certificateRows(inventory, roles, issued, now);

    expect(rows.find(({ name }) => name === 'pg-meta-1')).toMatchObject({ roles: ['postgres'], names: expect.arrayContaining(['pg-meta-1', 'localhost', '127.0.0.1']) as string[], issuer: 'pgark-ca', left: 1825, places: [expect.stringMatching(/:\/pg\/cert\/server\.crt$/)] });
    expect(rows.find(({ name }) => name === 'authority')).toMatchObject({ left: 3650, issuer: 'pgark-ca' });
    expect(rows.find(({ name }) => name === 'authority')!.places.some((place) => place.endsWith(':/pg/cert/ca.crt'))).toBe(true);
  });

  test('that were never issued are there without an end, and before all others', async () => {
    const { inventory, issued } = await open();

    const [first] = certificateRows(inventory, roles, new Map([...issued].filter(([name]) => name !== 'etcd-1')), now);

    expect(first!.ends).toBeUndefined();
  });

  test('that nothing asks for any more stay visible', async () => {
    const { inventory, issued } = await open();

    const rows = certificateRows(inventory, roles, new Map([...issued, ['pg-gone-7', issued.get('pg-meta-1')!]]), now);

    expect(rows.find(({ name }) => name === 'pg-gone-7')).toMatchObject({ roles: [], places: [] });
  });

  test('are told of 30 days before they end, the authority half a year', async () => {
    const { inventory, issued } = await open();
    const told = (days: number): string[] => printEnding(certificateEnds(inventory, roles, issued, later(days)));

    expect(told(1825 - 31)).toEqual([]);
    expect(told(1825 - 29)).toContain('pg-meta-1 ends in 29 days; pgark apply makes it anew');
    expect(told(1826)).toContain('pg-meta-1 has ended; pgark apply makes it anew');
    expect(told(3650 - 179)).toContain('authority ends in 179 days: nobody replaces it in silence');
  });
});

describe('what is renewed', () => {
  const given = (...args: string[]) => (options: Record<string, string | true> = {}) => ({ args, has: (name: string) => options[name] !== undefined, value: (name: string) => (typeof options[name] === 'string' ? options[name] : undefined) });

  test.each([
    ['nothing', given()()],
    ['names and all', given('etcd-1')({ all: true })],
    ['all and an end', given()({ all: true, within: '30' })],
    ['an end that is no number', given()({ within: 'soon' })],
  ])('is asked for by one thing, and not by %s', (_, invocation) => {
    expect(() => wantedBy(invocation)).toThrow(/which certificates|not a number of days/);
  });

  test('is what is named, or ends within so many days, and never the authority', async () => {
    const { inventory, issued } = await open();
    const rows = certificateRows(inventory, roles, issued, later(1800));

    expect(choose(rows, wantedBy(given('etcd-1', 'etcd-1')()))).toEqual(['etcd-1']);
    expect(choose(rows, wantedBy(given()({ within: '26' })))).toEqual(expect.arrayContaining(['etcd-1', 'pg-meta-1']));
    expect(choose(certificateRows(inventory, roles, issued, now), { within: 30 }).some((name) => issued.has(name))).toBe(false);
    expect(choose(rows, wantedBy(given()({ all: true })))).not.toContain('authority');
    expect(() => choose(rows, { names: ['authority'] })).toThrow('the authority is not renewed');
    expect(() => choose(rows, { names: ['etcd-9'] })).toThrow('there is no certificate "etcd-9"');
  });
});
