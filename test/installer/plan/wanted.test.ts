import { describe, expect, test } from 'vitest';
import type { Host, Inventory } from '../../../installer/inventory/inventory.ts';
import { want } from '../../../installer/plan/wanted.ts';
import type { Role } from '../../../installer/role/role.ts';
import { Secret } from '../../../repo/core/secret.ts';
import type { Resource } from '../../../installer/resource/resource.ts';

const host = { address: '10.0.0.1', name: 'a', platform: { packageManager: 'apt' }, facts: { carries: true }, vars: {} } as unknown as Host;
const inventory = { hosts: [host] } as unknown as Inventory;

const role = (name: string, parts: Partial<Role>): Role => ({ name, rollout: 'together', plays: () => true, resources: () => [], ...parts });

const file = (path: string, content: string | Secret): Resource => ({ kind: 'file', path, content });

const identities = (roles: Role[]): string[] => want(inventory, roles)[0]!.items.map((item) => `${item.stage} ${item.role}: ${item.identity}`);

describe('what a host must have', () => {
  test('stands in order: all preparations, one package transaction, role after role', () => {
    const roles = [
      role('one', { prepare: () => [file('/p1', '')], packages: () => ['b', 'a'], resources: () => [file('/r1', '')] }),
      role('away', { plays: () => false, packages: () => ['never'], resources: () => [file('/never', '')] }),
      role('two', { prepare: () => [file('/p2', '')], packages: () => ['c', 'a'], resources: () => [file('/r2', '')] }),
    ];

    const found = identities(roles);

    expect(found).toEqual(['0 prepare: file /p1', '0 prepare: file /p2', '1 packages: packages', '10 one: file /r1', '12 two: file /r2']);
    expect(want(inventory, roles)[0]!.items[2]!.resource).toEqual({ kind: 'packages', manager: 'apt', names: ['a', 'b', 'c'] });
  });

  test('is brought about on hosts that carry the bundle before those that take it from them', () => {
    const other = { ...host, address: '10.0.0.2', name: 'b', facts: { carries: false } } as Host;
    const roles = [role('ground', { ground: true, packages: () => ['a'], resources: () => [file('/g', '')] }), role('above', { packages: () => ['b'], resources: () => [file('/a', '')] })];

    const found = want({ hosts: [other, host] } as unknown as Inventory, roles).flatMap(({ host: { name }, items }) => items.map((item) => ({ stage: item.stage, line: `${name} ${item.role}${item.resource.kind === 'packages' ? ` ${item.resource.names.join('+')}` : ''}` })));

    expect(found.toSorted((one, two) => one.stage - two.stage).map(({ line }) => line)).toEqual(['a packages a', 'a ground', 'b packages a+b', 'a packages a+b', 'b ground', 'b above', 'a above']);
    expect(found.filter(({ line }) => line.endsWith('above')).map(({ stage }) => stage)).toEqual([9, 9]);
  });

  test('is asked for once when two roles agree', () => {
    const found = identities([role('one', { resources: () => [file('/x', new Secret('s'))] }), role('two', { resources: () => [file('/x', new Secret('s'))] })]);

    expect(found).toEqual(['8 one: file /x']);
  });

  test.each([
    ['texts', 'a', 'b'],
    ['secrets', new Secret('a'), new Secret('b')],
  ])('is a bug when two roles want one thing differently: %s', (_what, one, two) => {
    const roles = [role('one', { resources: () => [file('/x', one)] }), role('two', { resources: () => [file('/x', two)] })];

    expect(() => want(inventory, roles)).toThrow('file /x on a is wanted in two ways, by one and by two');
  });
});
