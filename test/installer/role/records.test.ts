import { describe, expect, test } from 'vitest';
import { clusterRecords, nodeAddressRecords } from '../../../installer/role/records.ts';
import { dns } from '../../../installer/role/infra/dns.ts';
import { deploy, withVars } from './deployment.ts';
import { textOf } from './file.ts';

const clusters = async (...vars: string[]): Promise<string[]> => clusterRecords((await deploy([], { text: withVars(...vars) })).inventory);

const virtual = ['pg_vip_enabled: true', 'pg_vip_address: 10.10.10.2/24'];

describe('the name of a cluster', () => {
  test.each([
    ['leads to the declared primary', [], ['10.10.10.10 pg-meta']],
    ['leads to the virtual address where there is one', virtual, ['10.10.10.2 pg-meta']],
    ['leads to the primary all the same when that is asked for', [...virtual, 'pg_dns_target: primary'], ['10.10.10.10 pg-meta']],
    ['leads to the virtual address alone when that is asked for', ['pg_dns_target: vip'], []],
    ['leads where it is told to', ['pg_dns_target: 10.10.10.77'], ['10.10.10.77 pg-meta']],
    ['is unknown when nobody shall know it', [...virtual, 'pg_dns_target: none'], []],
    ['ends as it is told to', [...virtual, 'pg_dns_suffix: .db.example'], ['10.10.10.2 pg-meta.db.example']],
  ])('%s', async (_fact, vars, records) => {
    expect(await clusters(...vars)).toEqual(records);
  });
});

describe('the name of a virtual address of nodes', () => {
  const nodes = ['vip_enabled: true', 'vip_address: 10.10.10.9', 'vip_vrid: 9'];
  const records = async (...vars: string[]): Promise<string[]> => nodeAddressRecords((await deploy([], { text: withVars(...nodes, ...vars) })).inventory);

  test('is that of the PostgreSQL cluster with its suffix', async () => {
    expect(await records('vip_dns_suffix: .vip')).toEqual(['10.10.10.9 pg-meta.vip']);
  });

  test('is that of the node cluster, where it has one', async () => {
    expect(await records('node_cluster: proxy')).toEqual(['10.10.10.9 proxy']);
  });

  test('is none where it would be that of the PostgreSQL cluster, which leads elsewhere', async () => {
    expect(await records()).toEqual([]);
  });

  test('is among the records of the deployment', async () => {
    const { host, inventory } = await deploy([dns], { text: withVars(...nodes, 'vip_dns_suffix: .vip') });

    expect(textOf(dns.resources(host, inventory), '/etc/dnsmasq.d/pgark.hosts').split('\n')).toEqual(expect.arrayContaining(['10.10.10.10 pg-meta-1', '10.10.10.10 pg-meta', '10.10.10.9 pg-meta.vip']));
  });
});
