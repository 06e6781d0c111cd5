import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { othersOf } from '../../../installer/wizard/topology.ts';
import { portOf } from '../../../vagrant/sandbox/bridge.ts';
import { osCodes, readSpec, specNames, vagrantFolder, type NamedSpec } from '../../../vagrant/sandbox/spec.ts';

describe('every spec', () => {
  let specs: NamedSpec[];

  beforeAll(async () => {
    specs = [];
    for (const name of await specNames()) specs.push(await readSpec(name));
  });

  test('is one of these', () => {
    expect(specs.map(({ name, nodes }) => `${name} ${nodes.length}`)).toEqual(['dual 2', 'full 4', 'simu 20', 'single 1', 'trio 3']);
  });

  test('has as many nodes as its topology has hosts', () => {
    for (const { topology, nodes } of specs) if (topology) expect(nodes).toHaveLength(1 + othersOf[topology]);
  });

  test('has a topology or an inventory, and not both', () => {
    expect(specs.filter(({ topology, inventory }) => (topology === undefined) === (inventory === undefined))).toEqual([]);
  });

  test('gives every node a name and an address of its own, in its network, where nobody else is', () => {
    for (const { network, nodes } of specs) {
      const prefix = network.replace('0/24', '');
      expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
      expect(new Set(nodes.map(({ address }) => address)).size).toBe(nodes.length);
      expect(nodes.filter(({ address }) => !address.startsWith(prefix) || ['0', '1', '255'].includes(address.slice(prefix.length)))).toEqual([]);
    }
  });

  test('has a network that no other has, so that all may be up together', () => {
    expect(new Set(specs.map(({ network }) => network)).size).toBe(specs.length);
  });

  // IFNAMSIZ is 16, the end included.
  test('has names that fit an interface', () => {
    for (const spec of specs) expect(Math.max(`pgsb-${spec.name}`.length, ...spec.nodes.map((_, index) => portOf(spec, index).length))).toBeLessThan(16);
  });

  test('takes no more than 1 CPU and 2 GB for a node of single', () => {
    expect(specs.find(({ name }) => name === 'single')!.nodes).toMatchObject([{ cpus: 1, memory: 2048 }]);
  });

  test('whose inventory is written by hand has a line for each node, without a warning', async () => {
    for (const { inventory, nodes } of specs.filter((spec) => spec.inventory)) {
      const draft = parseInventory(await readFile(join(vagrantFolder, 'specs', inventory!), 'utf8'), inventory!);

      expect(draft.warnings).toEqual([]);
      expect(draft.hosts.map(({ address }) => address).toSorted()).toEqual(nodes.map(({ address }) => address).toSorted());
    }
  });
});

test('a box is known for every operating system that a bundle can be built for', async () => {
  expect(await osCodes()).toEqual(['d12', 'd13', 'u22', 'u24', 'u26', 'el8', 'el9', 'el10']);
});

test('a spec that there is not is told with the nearest', async () => {
  await expect(readSpec('tiro')).rejects.toMatchObject({ code: 'usage', message: 'there is no spec "tiro"', hint: 'trio? They are dual, full, simu, single, trio' });
  await expect(readSpec(undefined)).rejects.toMatchObject({ code: 'usage' });
});
