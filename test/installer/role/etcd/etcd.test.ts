import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Secret } from '../../../../repo/core/secret.ts';
import { etcd, etcdMembers } from '../../../../installer/role/etcd/etcd.ts';
import { etcdClientCertificate, etcdUser } from '../../../../installer/role/etcd/client.ts';
import { etcdRetired } from '../../../../installer/role/etcd/retired.ts';
import { deploy } from '../deployment.ts';
import { alive } from './alive.ts';
import { conditionsOf, fileOf, textOf } from '../file.ts';

describe('a member of etcd', () => {
  test('asks clients and peers for certificates, and has the limits of the reference', async () => {
    const { host, inventory } = await deploy([etcd]);

    const settings = parse(textOf(etcd.resources(host, inventory), '/etc/etcd/etcd.yml')) as Record<string, unknown>;

    expect(settings).toMatchSnapshot();
    expect(settings['client-transport-security']).toMatchObject({ 'client-cert-auth': true });
    expect(settings['peer-transport-security']).toMatchObject({ 'client-cert-auth': true });
  });

  test('listens nowhere in clear text', async () => {
    const { host, inventory } = await deploy([etcd]);

    expect(textOf(etcd.resources(host, inventory), '/etc/etcd/etcd.yml')).not.toContain('http://');
  });

  test('keeps passwords out of arguments and out of what others may read', async () => {
    const { host, inventory } = await deploy([etcd]);
    const resources = etcd.resources(host, inventory);
    const secrets = [inventory.secret('etcd_root_password'), inventory.secret('pg-meta.pg_etcd_password')].map((each) => each.reveal());

    const argv = resources.flatMap((each) => (each.kind === 'condition' ? [each.check, ...each.act].flatMap((command) => command.argv) : []));
    const open = resources.flatMap((each) => (each.kind === 'file' && !(each.content instanceof Secret) ? [each.content] : []));

    expect(secrets.filter((secret) => [...argv, ...open].some((text) => text.includes(secret)))).toEqual([]);
    expect(fileOf(resources, '/etc/etcd/etcdctl.env').mode ?? '0600').toBe('0600');
  });

  test('locks the door first, then gives each cluster its own keys', async () => {
    const { host, inventory } = await deploy([etcd]);

    const names = conditionsOf(etcd.resources(host, inventory));

    expect(names.slice(-2)).toEqual(['etcd: nobody gets in without a user, and root with its password', 'etcd: user pg-meta reads and writes /pg/pg-meta/, and nothing else']);
  });
});

describe('the passwords of etcd', () => {
  test('that are rotated leave the former user in until nobody needs it any more', async () => {
    const first = await deploy([etcd]);
    const { host, inventory } = await deploy([etcd], { rotate: ['pg-meta.pg_etcd_password'] });

    expect(etcdUser('pg-meta', first.inventory)).toBe('pg-meta');
    expect(etcdUser('pg-meta', inventory)).toBe('pg-meta.1');
    expect(conditionsOf(etcd.resources(host, inventory))).toContain('etcd: user pg-meta.1 reads and writes /pg/pg-meta/, and nothing else');
    expect([etcdRetired.plays(first.host, first.inventory), etcdRetired.plays(host, inventory)]).toEqual([false, true]);
    expect(conditionsOf(etcdRetired.resources(host, inventory))).toEqual(['etcd: pg-meta.1 is the only user of pg-meta']);
  });

  test('of former users end only when Patroni has had the time to read its settings', async () => {
    const { host, inventory } = await deploy([etcd], { rotate: ['pg-meta.pg_etcd_password'] });
    const { loop, retry } = host.vars.pg_rto_plan[host.vars.pg_rto];

    const [rule] = etcdRetired.resources(host, inventory);

    expect(rule).toMatchObject({ act: [{ argv: expect.arrayContaining([String(loop + retry + 2)]) as string[], timeout: loop + retry + 62 }] });
  });

  test('are tried in turn: root gets in with the one before, and with no other', async () => {
    const { host, inventory } = await deploy([etcd], { rotate: ['etcd_root_password'] });
    const root = etcd.resources(host, inventory).find((each) => each.kind === 'condition' && each.name.includes('root'));

    const given = root?.kind === 'condition' ? [root.check.stdin, root.act[0]!.stdin].map((each) => (each as Secret).reveal().split('\n')) : [];

    expect(given).toEqual([[inventory.secret('etcd_root_password').reveal(), ''], [inventory.secret('etcd_root_password').reveal(), inventory.former('etcd_root_password')!.reveal(), '']]);
  });

  test('are not a reason for a restart, and neither is a new certificate', async () => {
    const { host, inventory } = await deploy([etcdMembers], { facts: { etcd: alive } });

    const service = etcdMembers.resources(host, inventory).find((each) => each.kind === 'service');

    expect(service).toMatchObject({ restartOn: ['/etc/etcd/etcd.yml', '/etc/etcd/ca.crt', '/etc/systemd/system/etcd.service'] });
  });
});

describe('the certificate of a client of etcd', () => {
  test('has no common name, which would be a user, and which the gateway turns away', async () => {
    const { host } = await deploy([]);

    expect(etcdClientCertificate('pg-meta-1', host)).toMatchObject({ commonName: '', dns: [host.name] });
  });
});
