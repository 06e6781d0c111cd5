import { expect, test } from 'vitest';
import type { Inventory } from '../../../installer/inventory/inventory.ts';
import { readFacts } from '../../../installer/plan/facts.ts';
import { refuseUnfinishedRestore } from '../../../installer/plan/unfinished.ts';

const inventoryWith = (told: string): Inventory => ({ hosts: [{ name: 'pg-test-1', vars: { pg_cluster: 'pg-test' }, facts: readFacts({ code: 0, stdout: told, stderr: '' }) }] }) as unknown as Inventory;

test('nothing is done where a restore was cut off in the middle', () => {
  expect(() => refuseUnfinishedRestore(inventoryWith('cpus=1\nrestoring=yes\n'))).toThrow(expect.objectContaining({ code: 'apply', message: expect.stringContaining('a restore of pg-test was cut off on pg-test-1'), hint: expect.stringContaining('--promote') }));
});

test('elsewhere everything is', () => {
  expect(() => refuseUnfinishedRestore(inventoryWith('cpus=1\n'))).not.toThrow();
});
