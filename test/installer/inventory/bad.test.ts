import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../installer/commands.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { capture } from '../../support/capture.ts';

/** A sound inventory of five hosts and two clusters; each line of the tables below spoils it. */
const sound = `all:
  children:
    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
    etcd:
      hosts: { 10.0.0.2: { etcd_seq: 1 }, 10.0.0.3: { etcd_seq: 2 }, 10.0.0.4: { etcd_seq: 3 } }
    pg-meta:
      hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }
      vars: { pg_cluster: pg-meta, pg_vip_enabled: true, pg_vip_address: 10.0.0.21/24 }
    pg-test:
      hosts:
        10.0.0.2: { pg_seq: 1, pg_role: primary }
        10.0.0.3: { pg_seq: 2, pg_role: replica }
        10.0.0.4: { pg_seq: 3, pg_role: replica, pg_upstream: 10.0.0.3 }
      vars: { pg_cluster: pg-test, pg_vip_enabled: true, pg_vip_address: 10.0.0.22/24 }
    proxy:
      hosts: { 10.0.0.5: { nodename: proxy-1 } }
      vars: { node_cluster: proxy, vip_enabled: true, vip_address: 10.0.0.23, vip_vrid: 23 }
  vars:
    admin_ip: 10.0.0.1
`;

const effect = / is not implemented yet and has no effect$/;

function read(text: string): { details: readonly string[]; warnings: readonly string[] } {
  try {
    return { details: [], warnings: parseInventory(text, 'pgark.yml').warnings.filter((line) => !effect.test(line)) };
  } catch (error) {
    if (error instanceof Fault) return { details: error.details, warnings: [] };
    throw error;
  }
}

const spoil = (from: string, to: string): string => {
  expect(sound).toContain(from);
  return sound.replace(from, to);
};

const second = '        10.0.0.3: { pg_seq: 2, pg_role: replica }\n';

test('without a mistake there is nothing to tell', () => {
  expect(read(sound)).toEqual({ details: [], warnings: [] });
});

describe('an error is', () => {
  test.each<[string, string, string, string[]]>([
    ['a misspelt parameter', 'pg_cluster: pg-test', 'pg_clustr: pg-test', ['pgark.yml:11:9  pg_cluster of 10.0.0.2 is missing', 'pgark.yml:12:9  pg_cluster of 10.0.0.3 is missing', 'pgark.yml:13:9  pg_cluster of 10.0.0.4 is missing', 'pgark.yml:14:15  unknown parameter "pg_clustr", did you mean "pg_cluster"?']],
    ['a parameter of no module', 'admin_ip:', 'mongo_cluster: m\n    admin_ip:', ['pgark.yml:19:5  unknown parameter "mongo_cluster", did you mean "minio_cluster"? there is no module "mongo"']],
    ['a parameter that is like no other', 'admin_ip:', 'quux_of_mine: 1\n    admin_ip:', ['pgark.yml:19:5  unknown parameter "quux_of_mine"; there is no module "quux"']],
    ['an address used twice', second, `${second}        10.0.0.03: { pg_seq: 4, pg_role: replica }\n`, ['pgark.yml:13:9  "10.0.0.03" is neither an address nor a name of a host']],
    ['one way to two hosts', second, `${second}        db3: { pg_seq: 4, pg_role: replica, ansible_host: 10.0.0.3 }\n`, ['pgark.yml:13:9  db3 is the same host as 10.0.0.3: 10.0.0.3']],
    ['one way to hosts of two groups', 'hosts: { 10.0.0.5:', 'hosts: { px: { ansible_host: 10.0.0.2 }, 10.0.0.5:', ['pgark.yml:16:16  px is the same host as 10.0.0.2: 10.0.0.2']],
    ['a pg_seq used twice', '{ pg_seq: 2, pg_role: replica }', '{ pg_seq: 1, pg_role: replica }', ['pgark.yml:12:29  pg_seq 1 of 10.0.0.3 is taken by 10.0.0.2']],
    ['an etcd_seq used twice', 'etcd_seq: 2', 'etcd_seq: 1', ['pgark.yml:5:65  etcd_seq 1 of 10.0.0.3 is taken by 10.0.0.2']],
    ['two primaries', '{ pg_seq: 2, pg_role: replica }', '{ pg_seq: 2, pg_role: primary }', ['pgark.yml:12:41  10.0.0.3 is a second primary of pg-test, beside 10.0.0.2']],
    ['no primary', '10.0.0.2: { pg_seq: 1, pg_role: primary }', '10.0.0.2: { pg_seq: 1, pg_role: replica }', ['pgark.yml:11:41  pg-test has no primary']],
    ['a role that there is not', 'pg_seq: 2, pg_role: replica', 'pg_seq: 2, pg_role: standyb', ['pgark.yml:12:41  pg_role: must be primary, replica or offline']],
    ['no etcd', 'etcd:\n', 'ectd:\n', ['pgark.yml:2:3  there is no group "etcd"; Patroni needs it', 'pgark.yml:4:5  etcd_seq of 10.0.0.2 counts in group "etcd" only, and this is "ectd"', 'pgark.yml:4:5  etcd_seq of 10.0.0.3 counts in group "etcd" only, and this is "ectd"', 'pgark.yml:4:5  etcd_seq of 10.0.0.4 counts in group "etcd" only, and this is "ectd"']],
    ['an upstream that is no member', 'pg_upstream: 10.0.0.3', 'pg_upstream: 10.0.0.33', ['pgark.yml:13:63  pg_upstream of 10.0.0.4: 10.0.0.33 is no member of pg-test, did you mean "10.0.0.3"?']],
    ['an upstream that is the host itself', 'pg_upstream: 10.0.0.3', 'pg_upstream: 10.0.0.4', ['pgark.yml:13:63  pg_upstream of 10.0.0.4 is the host itself']],
    ['a primary that follows its own replica', 'pg_role: primary }\n        10.0.0.3', 'pg_role: primary, pg_upstream: 10.0.0.3 }\n        10.0.0.3', ['pgark.yml:11:63  pg_upstream of 10.0.0.2, the primary of pg-test, is another member of it; a standby cluster follows another cluster']],
    ['an address of two clusters', '10.0.0.22/24', '10.0.0.21/24', ['pgark.yml:14:74  pg_vip_address 10.0.0.21/24 of pg-test is taken by pg_vip_address of pg-meta']],
    ['an address of a cluster and of its proxies', 'vip_address: 10.0.0.23', 'vip_address: 10.0.0.22', ['pgark.yml:14:74  pg_vip_address 10.0.0.22/24 of pg-test is taken by vip_address of proxy']],
    ['an address of a cluster that is a host’s', '10.0.0.22/24', '10.0.0.4/24', ['pgark.yml:14:74  pg_vip_address of pg-test is the address of the host 10.0.0.4']],
    ['a floating address that is not named', ', pg_vip_address: 10.0.0.21/24', '', ['pgark.yml:8:36  pg_vip_enabled of 10.0.0.1 needs pg_vip_address']],
    ['a router without a number', ', vip_vrid: 23', '', ['pgark.yml:17:36  vip_enabled of 10.0.0.5 needs vip_vrid']],
    ['a router number used twice', '  vars:\n    admin_ip', '    other:\n      hosts: { 10.0.0.6: {} }\n      vars: { node_cluster: other, vip_enabled: true, vip_address: 10.0.0.24, vip_vrid: 23 }\n  vars:\n    admin_ip', ['pgark.yml:20:89  vip_vrid 23 of other is taken by proxy']],
    ['a host in no group', '  children:\n', '  hosts: { 10.0.0.9: {} }\n  children:\n', ['pgark.yml:2:3  a host stands in a group below "children"; without one there is nothing for it to be']],
    ['a cluster in two groups', '    proxy:\n', '    pg-more:\n      hosts: { 10.0.0.6: { pg_seq: 9, pg_role: replica } }\n      vars: { pg_cluster: pg-test }\n    proxy:\n', ['pgark.yml:17:15  pg-test is described in group pg-test already; a cluster has one group']],
    ['a host in two clusters', 'pg_role: primary } }', 'pg_role: primary }, 10.0.0.4: {} }', ['pgark.yml:14:15  10.0.0.4 is in two clusters of PostgreSQL, pg-meta and pg-test; a host has one', 'pgark.yml:14:58  pg_vip_address of 10.0.0.4 differs from what group pg-meta says; say it at one of them only']],
  ])('%s', (_, from, to, lines) => {
    expect(read(spoil(from, to)).details).toEqual(lines);
  });

  test('a host in two clusters, where the host seems to decide', () => {
    expect(read(spoil('10.0.0.5: {', '10.0.0.4: { pg_cluster: pg-meta }, 10.0.0.5: {')).details).toContain('pgark.yml:16:28  10.0.0.4 is in two clusters of PostgreSQL, pg-test and pg-meta; a host has one');
  });
});

describe('a warning is', () => {
  test.each<[string, string, string, string]>([
    ['an even number of etcd', ', 10.0.0.4: { etcd_seq: 3 }', '', 'pgark.yml:4:5  etcd has 2 members, which bear the loss of no more than 1 do; take an odd number'],
    ['a cluster whose group has another name', 'pg-test:\n', 'pg-tset:\n', 'pgark.yml:14:27  pg_cluster is pg-test and its group "pg-tset"; commands take the name of the cluster'],
    ['an admin node that is nowhere', 'admin_ip: 10.0.0.1', 'admin_ip: 10.0.0.99', 'pgark.yml:19:15  admin_ip 10.0.0.99 is no host of this inventory: nothing is deployed there, and ${admin_ip} leads there'],
  ])('%s', (_, from, to, line) => {
    expect(read(spoil(from, to))).toEqual({ details: [], warnings: [line] });
  });

  test('several hosts with nobody to serve them', () => {
    const { warnings } = read(spoil('    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }\n', ''));

    expect(warnings).toEqual([
      'pgark.yml:2:3  there is no group "infra": nobody gathers metrics, and every host must have the bundle itself',
      'pgark.yml:2:3  there is no group "infra", and 10.0.0.2 would ask it for names; node_dns_method: none leaves resolv.conf as it is',
    ].toSorted());
  });
});

describe('hosts behind one address', () => {
  test('are told apart by their ports', () => {
    const text = spoil(second, `        db3: { pg_seq: 2, pg_role: replica, ansible_host: 10.9.9.9, ansible_port: 2203 }\n        db5: { pg_seq: 5, pg_role: replica, ansible_host: 10.9.9.9, ansible_port: 2205 }\n`).replace('10.0.0.3: { etcd_seq: 2 }', 'db3: { etcd_seq: 2 }').replace('pg_upstream: 10.0.0.3', 'pg_upstream: db3');

    expect(read(text).details).toEqual([]);
    expect(read(text.replace('2205', '2203')).details).toEqual(['pgark.yml:13:9  db5 is the same host as db3: 10.9.9.9 port 2203']);
  });
});

test('another kernel of PostgreSQL is refused by its name', () => {
  for (const mode of ['citus', 'mssql', 'ivory', 'polar', 'oriole', 'pgtde', 'gpsql']) {
    expect(read(spoil('pg_cluster: pg-test,', `pg_cluster: pg-test, pg_mode: ${mode},`)).details).toEqual([expect.stringContaining('pgark.yml:14:45  pg_mode: must be pgsql; other kernels are not implemented')]);
  }
});

test('everything is told at once, by the program itself, before any host is spoken to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgark-bad-'));
  const file = join(folder, 'pgark.yml');
  const spoilt = sound.replace('pg_seq: 2, pg_role: replica', 'pg_seq: 1, pg_role: primary').replace('10.0.0.22/24', '10.0.0.21/24').replace('admin_ip', 'admin_pi').replace('etcd_seq: 3', 'etcd_seq: 2');
  writeFileSync(file, spoilt);

  const { result, stdout, stderr } = await capture(() => runProgram({ name: 'pgark', version: '0', about: '', commands }, ['plan', '--inventory', file]));
  rmSync(folder, { recursive: true });

  expect([result, stdout]).toEqual([3, '']);
  for (const line of ['5:92  etcd_seq 2 of 10.0.0.4 is taken by 10.0.0.3', '12:29  pg_seq 1 of 10.0.0.3', '12:41  10.0.0.3 is a second primary of pg-test', '14:74  pg_vip_address 10.0.0.21/24 of pg-test is taken', '19:5  unknown parameter "admin_pi", did you mean "admin_ip"?']) {
    expect(stderr).toContain(`pgark.yml:${line}`);
  }
}, 60_000);
