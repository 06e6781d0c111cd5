import { describe, expect, test } from 'vitest';
import { HbaRule } from '../../../../installer/inventory/access.ts';
import { hbaLines, hbaSetting } from '../../../../installer/role/pgsql/hba.ts';
import { deploy, withVars } from '../deployment.ts';

const setting = {
  users: { dbsu: 'postgres', repl: 'replicator', monitor: 'dbuser_monitor', admin: 'dbuser_dba' },
  networks: { admin: ['10.0.0.1/32'], infra: ['10.0.0.1/32', '10.0.0.2/32'], cluster: ['10.0.0.3/32'], intra: ['10.0.0.0/8'] },
  roles: ['primary'],
};

const lines = (...rules: object[]): string[] => hbaLines(rules.map((rule) => HbaRule.parse(rule)), setting);

describe('the rules that every cluster has', () => {
  test('of PostgreSQL come out in their order', async () => {
    const { host, inventory } = await deploy([]);

    const made = hbaLines(host.vars.pg_default_hba_rules, hbaSetting(host, inventory));

    expect(made.join('\n')).toMatchSnapshot();
  });

  test('of PgBouncer come out in their order', async () => {
    const { host, inventory } = await deploy([]);

    const made = hbaLines(host.vars.pgb_default_hba_rules, hbaSetting(host, inventory));

    expect(made.join('\n')).toMatchSnapshot();
  });

  test('trust members of the cluster outside of the trusted networks', async () => {
    const { host, inventory } = await deploy([], { text: withVars('node_firewall_intranet: [ 192.168.0.0/16 ]') });

    expect(hbaSetting(host, inventory).networks['intra']).toEqual(['192.168.0.0/16', '10.10.10.10/32']);
  });
});

describe('an address', () => {
  test.each([
    ['local', ['local a b scram-sha-256']],
    ['localhost', ['local a b scram-sha-256', 'host a b 127.0.0.1/32 scram-sha-256', 'host a b ::1/128 scram-sha-256']],
    ['world', ['host a b 0.0.0.0/0 scram-sha-256', 'host a b ::/0 scram-sha-256']],
    ['infra', ['host a b 10.0.0.1/32 scram-sha-256', 'host a b 10.0.0.2/32 scram-sha-256']],
    ['cluster', ['host a b 10.0.0.3/32 scram-sha-256']],
    ['192.0.2.7', ['host a b 192.0.2.7/32 scram-sha-256']],
    ['fd00::/8', ['host a b fd00::/8 scram-sha-256']],
  ])('%s stands for %j', (addr, wanted) => {
    expect(lines({ db: 'a', user: 'b', addr, auth: 'pwd' })).toEqual(wanted);
  });

  test.each(['intraa', '10.0.0.0/33', '10.0.0'])('%s is refused, with the words that there are', (addr) => {
    expect(() => lines({ addr, auth: 'pwd' })).toThrow(`an HBA rule has the address "${addr}"`);
  });
});

describe('a way of coming in', () => {
  test.each([
    ['deny', 'host all all 10.0.0.0/8 reject'],
    ['ssl', 'hostssl all all 10.0.0.0/8 scram-sha-256'],
    ['cert', 'hostssl all all 10.0.0.0/8 cert'],
    ['md5', 'host all all 10.0.0.0/8 md5'],
    ['os', 'host all all 10.0.0.0/8 reject'],
  ])('"%s" over the network is "%s"', (auth, wanted) => {
    expect(lines({ addr: 'intra', auth })).toEqual([wanted]);
  });

  test('by account is peer on the socket', () => {
    expect(lines({ user: '${dbsu}', addr: 'local', auth: 'os' })).toEqual(['local all postgres peer']);
  });

  test('"trust" is no choice', () => {
    expect(HbaRule.safeParse({ addr: 'local', auth: 'trust' }).success).toBe(false);
    expect(HbaRule.safeParse({ rules: ['host all all 0.0.0.0/0 trust'] }).success).toBe(false);
  });
});

describe('rules', () => {
  test('are sorted by their order, those of equal order stay as given, those without come last', () => {
    const made = lines({ rules: ['last'] }, { rules: ['two'], order: 2 }, { rules: ['one', 'another'], order: 1 }, { rules: ['very last'] });

    expect(made).toEqual(['one', 'another', 'two', 'last', 'very last']);
  });

  test('for another role of a member are left out', () => {
    const made = lines({ rules: ['for replicas'], role: 'replica' }, { rules: ['for primaries'], role: 'primary' }, { rules: ['for all'] });

    expect(made).toEqual(['for primaries', 'for all']);
  });

  test('name several users, and quote names that hold what the format takes for its own', () => {
    const made = lines({ db: 'a, my db', user: '${admin},+dbrole_readonly', addr: 'local', auth: 'pwd' });

    expect(made).toEqual(['local a,"my db" dbuser_dba,+dbrole_readonly scram-sha-256']);
  });
});
