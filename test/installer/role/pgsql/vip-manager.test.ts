import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { patroni } from '../../../../installer/role/pgsql/patroni.ts';
import { postgres } from '../../../../installer/role/pgsql/postgres.ts';
import { serverCertificate } from '../../../../installer/role/instance.ts';
import { vipManager } from '../../../../installer/role/pgsql/vip-manager.ts';
import { elBundle, elFacts } from '../../inventory/sample.ts';
import { deploy, withVars, type Changes } from '../deployment.ts';
import { conditionsOf, fileOf, textOf } from '../file.ts';

const text = withVars('pg_vip_enabled: true', 'pg_vip_address: 10.10.10.2/24');
const onEl: Changes = { text, facts: elFacts, bundle: elBundle };
const configuration = '/etc/vip-manager/vip-manager.yml';
const follower = '/usr/local/lib/pgark/address-follower';
const unit = '/etc/systemd/system/vip-manager.service';

const resourcesOf = async (changes: Changes) => {
  const { host, inventory } = await deploy([vipManager, postgres, patroni], changes);
  return { host, inventory, resources: vipManager.resources(host, inventory) };
};

describe('the address of a cluster', () => {
  test('is nobody\'s where it is not asked for, and goes where it was', async () => {
    const { resources, host, inventory } = await resourcesOf({});

    expect(conditionsOf(resources)).toEqual(['vip-manager.service of an earlier inventory is gone']);
    expect([...vipManager.components!(host, inventory), ...vipManager.packages!(host, inventory)]).toEqual([]);
  });

  test('is kept by vip-manager, where its release reads etcd by the API that Patroni writes to', async () => {
    const { host, inventory, resources } = await resourcesOf(onEl);

    expect(vipManager.components!(host, inventory)).toEqual(['vip-manager']);
    expect(fileOf(resources, configuration).mode).toBe('0600');
    expect(parse(textOf(resources, configuration))).toEqual({
      ip: '10.10.10.2',
      netmask: 24,
      interface: 'eth0',
      'trigger-key': '/pg/pg-meta/leader',
      'trigger-value': 'pg-meta-1',
      'dcs-type': 'etcd',
      'dcs-endpoints': ['https://10.10.10.10:2379'],
      'etcd-user': 'pg-meta',
      'etcd-password': inventory.secret('pg-meta.pg_etcd_password').reveal(),
      'etcd-ca-file': '/etc/pki/ca.crt',
      'etcd-cert-file': '/etc/vip-manager/etcd.crt',
      'etcd-key-file': '/etc/vip-manager/etcd.key',
      interval: 1000,
      'retry-after': 250,
      'retry-num': 3,
      'manager-type': 'basic',
    });
    expect(textOf(resources, unit)).toContain('ExecStart=/usr/bin/vip-manager --config=/etc/vip-manager/vip-manager.yml\n');
  });

  test('no password is in the arguments of a program', async () => {
    const { inventory, resources } = await resourcesOf(onEl);
    const shown = resources.filter((each) => each.kind === 'file' && typeof each.content === 'string').map((each) => JSON.stringify(each));

    expect(shown.join()).not.toContain(inventory.secret('pg-meta.pg_etcd_password').reveal());
  });

  test('is kept by what asks the Patroni of the host, where vip-manager is older than that', async () => {
    const { host, inventory, resources } = await resourcesOf({ text });

    expect(vipManager.components!(host, inventory)).toEqual([]);
    expect(vipManager.packages!(host, inventory)).toEqual(['iproute2']);
    expect(textOf(resources, unit)).toContain(`ExecStart=${follower} https://10.10.10.10:8008/leader /etc/pki/ca.crt 10.10.10.2/24 eth0\n`);
    expect(textOf(resources, follower)).toMatch(/^#!\/usr\/bin\/python3\n/);
  });

  test('is asked for without TLS where Patroni has none', async () => {
    const { resources } = await resourcesOf({ text: withVars('pg_vip_enabled: true', 'pg_vip_address: 10.10.10.2/24', 'patroni_ssl_enabled: false') });

    expect(textOf(resources, unit)).toContain(' http://10.10.10.10:8008/leader ');
  });

  test.each([{ text }, onEl])('is taken away when nobody looks after it, and the program may do no more than that', async (changes) => {
    const written = textOf((await resourcesOf(changes)).resources, unit);

    expect(written).toContain("ExecStopPost=-/bin/sh -c 'ip address del 10.10.10.2/24 dev eth0 2>/dev/null'\n");
    expect(written).toContain('CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW\n');
  });

  test('is a name in the certificate of every member, as is what it is called', async () => {
    const { host } = await deploy([postgres], { text: withVars('pg_vip_enabled: true', 'pg_vip_address: 10.10.10.2/24', 'pg_dns_suffix: .db', 'vip_enabled: true', 'vip_address: 10.10.10.9', 'vip_vrid: 1', 'vip_dns_suffix: .vip') });
    const request = serverCertificate(host);

    expect(request.addresses).toEqual(['127.0.0.1', '10.10.10.10', '10.10.10.2', '10.10.10.9']);
    expect(request.dns).toEqual(['localhost', 'pg-meta', 'pg-meta-1', 'pg-meta.db', 'pg-meta.vip']);
  });

  test('is no name in it where there is none', async () => {
    const { host } = await deploy([postgres]);

    expect(serverCertificate(host)).toMatchObject({ addresses: ['127.0.0.1', '10.10.10.10'], dns: ['localhost', 'pg-meta', 'pg-meta-1'] });
  });

  test('can be listened on by its placeholder', async () => {
    const { host, inventory } = await deploy([postgres, patroni], { text: withVars('pg_vip_enabled: true', 'pg_vip_address: 10.10.10.2/24', "pg_listen: '${ip},${vip},${lo}'") });

    expect(textOf(patroni.resources(host, inventory), '/etc/patroni/patroni.yml')).toContain('listen: 10.10.10.10,10.10.10.2,127.0.0.1:5432\n');
  });

  test('stands for nothing where there is none', async () => {
    await expect(deploy([postgres], { text: withVars("pg_listen: '${ip},${vip}'") })).rejects.toMatchObject({ details: [expect.stringContaining('there is nothing that ${vip} stands for')] });
  });

  test('must be in a network of the host', async () => {
    await expect(deploy([postgres], { text: withVars('pg_vip_enabled: true', 'pg_vip_address: 192.168.7.2/24') })).rejects.toMatchObject({ code: 'invalid', details: [expect.stringContaining('pg_vip_address: 192.168.7.2 is in no network of pg-meta-1, whose networks are 10.0.0.0/8 at eth0; name the interface with pg_vip_interface')] });
  });

  test('may be of any network where the interface is named', async () => {
    const { resources } = await resourcesOf({ text: withVars('pg_vip_enabled: true', 'pg_vip_address: 192.168.7.2/24', 'pg_vip_interface: bond0') });

    expect(textOf(resources, unit)).toContain(' 192.168.7.2/24 bond0\n');
  });
});
