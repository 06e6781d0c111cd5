import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { addHost, addMember, nextSeq, removeHost, removeMembers, type Written } from '../../../installer/inventory/edit.ts';
import { difference, printDifference } from '../../../repo/core/difference.ts';

const text = `# ours, by hand
all:
  children:
    infra: { hosts: { 10.10.10.11: { infra_seq: 1 } } }

    etcd:
      hosts: { 10.10.10.11: { etcd_seq: 1 } }

    # the one that counts
    pg-test:
      hosts:
        10.10.10.11: {pg_seq: 1, pg_role: primary}    # in the cellar
        10.10.10.12: { pg_seq: 2, pg_role: replica, ansible_port: 2222 }    # upstairs
      vars:
        pg_cluster: pg-test   # its name
        pg_databases:
        - { name: app, comment: 'a comment that goes on and on, far beyond what a writer of YAML takes for one line' }

    pg-solo:
      hosts: { 10.10.10.13: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-solo, ansible_user: dba, pg_version: '15' }
  vars:
    admin_ip: 10.10.10.11
`;

const written = (from = text): Written => ({ text: from, draft: parseInventory(from, 'pgark.yml') });
const linesOf = (to: string, from = text) => difference(from.split('\n'), to.split('\n')).flatMap(({ is, line }) => (is === 'same' ? [] : [`${is} ${line.trim()}`]));

describe('an inventory that is edited', () => {
  test('gets one line for a member, and every other line stays as it was', () => {
    const to = addMember(written(), { cluster: 'pg-test', address: '10.10.10.14', role: 'offline', seq: 3 });

    expect(linesOf(to)).toEqual(['new 10.10.10.14: { pg_seq: 3, pg_role: offline }']);
    expect(parseInventory(to, 'pgark.yml').hosts.at(-2)!.vars).toMatchObject({ pg_cluster: 'pg-test', pg_seq: 3 });
  });

  test('gets a group for a new cluster', () => {
    const to = addMember(written(), { cluster: 'pg-new', address: '10.10.10.14', role: 'primary', seq: 1 });

    expect(linesOf(to)).toEqual(['new pg-new:', 'new hosts:', 'new 10.10.10.14: { pg_seq: 1, pg_role: primary }', 'new vars:', 'new pg_cluster: pg-new']);
  });

  test('loses the line of a member, whose host goes to the nodes as it is reached', () => {
    const to = removeMembers(written(), { cluster: 'pg-test', addresses: ['10.10.10.12'] });

    expect(linesOf(to)).toEqual(['gone 10.10.10.12: { pg_seq: 2, pg_role: replica, ansible_port: 2222 }    # upstairs', 'new nodes:', 'new hosts:', 'new 10.10.10.12: { ansible_port: 2222 }']);
  });

  test('calls the one primary that leads when the primary is gone', () => {
    const to = removeMembers(written(), { cluster: 'pg-test', addresses: ['10.10.10.11'], leader: '10.10.10.12' });

    expect(parseInventory(to, 'pgark.yml').hosts.find(({ address }) => address === '10.10.10.12')!.vars['pg_role']).toBe('primary');
    expect(to).not.toContain('nodes:');
  });

  test('loses the group of a cluster that is gone, and keeps how its hosts are reached', () => {
    const to = removeMembers(written(), { cluster: 'pg-solo', addresses: ['10.10.10.13'] });

    expect(to).not.toContain('pg-solo');
    expect(to).toContain('10.10.10.13: { ansible_user: dba }');
    expect(to).toContain('# the one that counts\n    pg-test:');
  });

  test('loses a host wherever it stands', () => {
    const to = removeHost(written(addHost(written(), '10.10.10.19', 'spare')), '10.10.10.12');

    expect(to).not.toContain('10.10.10.12:');
    expect(to).toContain('10.10.10.19: { nodename: spare }');
  });

  test('takes back what was added to it', () => {
    const to = addHost(written(), '10.10.10.14');

    expect(removeHost(written(to), '10.10.10.14')).toBe(text);
  });

  test('keeps a member in a group that is another thing as well, without what made it a member', () => {
    const mixed = text.replace('10.10.10.13: { pg_seq: 1, pg_role: primary } }\n      vars: { pg_cluster: pg-solo, ', '10.10.10.13: { pg_cluster: pg-solo, pg_seq: 1, pg_role: primary, node_data: /data } }\n      vars: { ');
    const to = removeMembers(written(mixed), { cluster: 'pg-solo', addresses: ['10.10.10.13'] });

    expect(to).toContain('hosts: { 10.10.10.13: { node_data: /data } }');
  });

  test('is not edited where the host is a member already, the number is taken, or the host is known', () => {
    const joining = { cluster: 'pg-test', role: 'replica', seq: 3 } as const;

    expect(() => addMember(written(), { ...joining, address: '10.10.10.13' })).toThrow('10.10.10.13 is pg-solo-1 already');
    expect(() => addMember(written(), { ...joining, address: '10.10.10.14', seq: 2 })).toThrow('pg_seq 2 of pg-test is taken by 10.10.10.12');
    expect(() => addHost(written(), '10.10.10.13')).toThrow('10.10.10.13 is in pgark.yml already');
  });

  test('numbers the next member after the last, and passes over names that are taken', () => {
    expect(nextSeq('pg-test', written().draft, () => false)).toBe(3);
    expect(nextSeq('pg-test', written().draft, (seq) => seq < 5)).toBe(5);
    expect(nextSeq('pg-none', written().draft, () => false)).toBe(1);
  });
});

test('a difference is told with the lines around it, and gaps are marked', () => {
  const from = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n');

  expect(printDifference(from, from.replace('b', 'B').replace('h', 'H'), 1)).toBe('  a\n- b\n+ B\n  c\n…\n  g\n- h\n+ H');
  expect(printDifference(from, from)).toBe('');
});
