import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { Host, Inventory } from '../../../../installer/inventory/inventory.ts';
import { kindOf } from '../../../../installer/resource/kinds.ts';
import { access } from '../../../../installer/role/pgsql/access.ts';
import { firstBackup } from '../../../../installer/role/pgsql/backup.ts';
import { leaseOf } from '../../../../installer/role/pgsql/lease.ts';
import { patroni, patroniOfStandbys } from '../../../../installer/role/pgsql/patroni.ts';
import { dynamicConfig, patroniConfig } from '../../../../installer/role/pgsql/patroni-config.ts';
import { pgAnswer, pgService } from '../../../../installer/role/pgsql/pg-service.ts';
import { pgbouncer } from '../../../../installer/role/pgsql/pgbouncer.ts';
import { postgres } from '../../../../installer/role/pgsql/postgres.ts';
import { bundle } from '../../inventory/sample.ts';
import { deploy, withReplica, withVars } from '../deployment.ts';
import { textOf } from '../file.ts';

const all = [postgres, patroni, patroniOfStandbys, access, firstBackup, pgbouncer, pgService, pgAnswer];

/** `pg-a` on .11 and .12, and `pg-b`, whose lines are given, after it. */
const two = (...members: string[]): string => `all:
  children:
    infra: { hosts: { 10.10.10.11: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.11: { etcd_seq: 1 } } }
    pg-a:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars:
        pg_cluster: pg-a
        pg_users: [ { name: app, password: '\${secret.app}', pgbouncer: true } ]
        pg_databases: [ { name: app, owner: app, extensions: [ pg_cron ] } ]
    pg-b:
      hosts:
${members.map((line) => `        ${line}\n`).join('')}      vars: { pg_cluster: pg-b }
`;

const standby = two('10.10.10.13: { pg_seq: 1, pg_role: primary, pg_upstream: 10.10.10.12 }', '10.10.10.14: { pg_seq: 2, pg_role: replica }');

async function planned(text: string): Promise<{ inventory: Inventory; at: (last: number) => Host; shared: (last: number) => Record<string, any>; own: (last: number) => Record<string, any> }> {
  const { inventory } = await deploy(all, { text, facts: { addresses: [] } });
  const at = (last: number): Host => inventory.hosts.find(({ address }) => address.endsWith(`.${last}`))!;
  return { inventory, at, shared: (last) => dynamicConfig(at(last), inventory) as Record<string, any>, own: (last) => parse(patroniConfig(at(last), inventory).reveal()) as Record<string, any> };
}

describe('a standby cluster', () => {
  test('follows whoever takes writes there, through a slot that is kept for it', async () => {
    const { shared } = await planned(standby);

    expect(shared(13)['standby_cluster']).toEqual({ host: '10.10.10.12,10.10.10.11', port: 5432, primary_slot_name: 'pg_b', create_replica_methods: ['basebackup'] });
    expect(shared(14)['standby_cluster']).toEqual(shared(13)['standby_cluster']);
    expect(shared(11)['slots']).toEqual({ pg_b: { type: 'physical' } });
    expect(shared(11)).not.toHaveProperty('standby_cluster');
    expect(shared(13)).not.toHaveProperty('slots');
  });

  test('is begun when the other one stands', async () => {
    const { inventory, at } = await planned(standby);

    expect([11, 12, 13, 14].map((each) => [patroni.plays(at(each), inventory), patroniOfStandbys.plays(at(each), inventory)])).toEqual([[true, false], [true, false], [false, true], [false, true]]);
    expect(patroniOfStandbys.needs!(at(13), inventory)).toContainEqual({ what: 'the leader of pg-a', role: 'patroni', hosts: ['10.10.10.11'] });
  });

  test('gets no roles, databases, stanza and backup of its own', async () => {
    const { inventory, at } = await planned(standby);

    expect([11, 13].map((each) => [access.plays(at(each), inventory), firstBackup.plays(at(each), inventory)])).toEqual([[true, true], [false, false]]);
  });

  test('lets in who is let in there, with the same verifier', async () => {
    const { inventory, at } = await planned(standby);
    const lists = [11, 13].map((each) => textOf(pgbouncer.resources(at(each), inventory), '/etc/pgbouncer/userlist.txt').split('\n').find((line) => line.startsWith('"app"')));

    expect(lists[0]).toMatch(/^"app" "SCRAM-SHA-256\$/);
    expect(lists[1]).toBe(lists[0]);
    expect(textOf(pgbouncer.resources(at(13), inventory), '/etc/pgbouncer/database.txt')).toContain('app = host=');
  });

  test('has the libraries of the other one', async () => {
    const { own } = await planned(standby);

    expect(own(13)['postgresql'].parameters.shared_preload_libraries).toContain('pg_cron');
  });

  test('must answer readers alone', async () => {
    const { inventory, at } = await planned(standby);

    expect(pgAnswer.resources(at(13), inventory).map((each) => each.kind === 'condition' && each.name)).toEqual(['haproxy: pg-b-replica answers on port 5434']);
  });

  test('of a cluster elsewhere follows the host that is named', async () => {
    const { shared } = await planned(two('10.10.10.13: { pg_seq: 1, pg_role: primary, pg_upstream: 192.168.1.1 }'));

    expect(shared(13)['standby_cluster']).toEqual({ host: '192.168.1.1', port: 5432, create_replica_methods: ['basebackup'] });
    expect(shared(11)).not.toHaveProperty('slots');
  });

  test('can be late, and holds nothing back there', async () => {
    const { shared, own } = await planned(two('10.10.10.13: { pg_seq: 1, pg_role: primary, pg_upstream: 10.10.10.11, pg_delay: 1h }'));

    expect(shared(13)['standby_cluster']).toMatchObject({ recovery_min_apply_delay: '1h' });
    expect([own(11), own(13)].map((each) => each['postgresql'].parameters.hot_standby_feedback)).toEqual(['on', 'off']);
  });

  test('is not made of one that takes writes', async () => {
    const { inventory, at } = await planned(standby);
    const writing = { ...inventory, authority: inventory.authority, cluster: (name: string) => inventory.cluster(name).map((host) => (name === 'pg-b' ? { ...host, facts: { ...host.facts, postgres: 'primary' as const } } : host)) };

    expect(() => dynamicConfig(at(13), writing)).toThrow('pg_upstream: pg-b takes writes of its own on 10.10.10.13');
  });

  test('is late behind somebody only', async () => {
    const { shared } = await planned(two('10.10.10.13: { pg_seq: 1, pg_role: primary, pg_delay: 1h }'));

    expect(() => shared(13)).toThrow('pg_delay: pg-b is no standby of another cluster');
  });

  test('that is one no more is told so, and waited for', async () => {
    const { inventory, at } = await planned(two('10.10.10.13: { pg_seq: 1, pg_role: primary }'));
    const promotion = patroni.resources(at(13), inventory).find((each) => each.kind === 'condition' && each.name === 'patroni: pg-b follows no other cluster and takes writes');

    expect(promotion).toMatchObject({ kind: 'condition', act: [{ stdin: '{"standby_cluster":null}' }] });
  });

  test('does not follow itself by way of another', async () => {
    const circle = two('10.10.10.13: { pg_seq: 1, pg_role: primary, pg_upstream: 10.10.10.11 }').replace('10.10.10.11: { pg_seq: 1, pg_role: primary }', '10.10.10.11: { pg_seq: 1, pg_role: primary, pg_upstream: 10.10.10.13 }');

    await expect(planned(circle)).rejects.toThrow('follow each other in a circle');
  });
});

describe('a cascading replica', () => {
  const cascade = (second: string, third: string): string => two(`10.10.10.13: { pg_seq: 1, pg_role: primary }`, `10.10.10.14: { pg_seq: 2, pg_role: replica${second} }`, `10.10.10.15: { pg_seq: 3, pg_role: replica${third} }`);

  test('streams from the member that is named', async () => {
    const { own } = await planned(cascade('', ', pg_upstream: 10.10.10.14'));

    expect([13, 14, 15].map((each) => own(each)['tags'].replicatefrom)).toEqual([undefined, undefined, 'pg-b-2']);
  });

  test('does not stream from one that streams from it', async () => {
    const { own } = await planned(cascade(', pg_upstream: 10.10.10.15', ', pg_upstream: 10.10.10.14'));

    expect(() => own(14)).toThrow('stream from each other in a circle');
  });
});

describe('a member for reports', () => {
  test('comes last when somebody must take over', async () => {
    const { own } = await planned(two('10.10.10.13: { pg_seq: 1, pg_role: primary }', '10.10.10.14: { pg_seq: 2, pg_role: replica }', '10.10.10.15: { pg_seq: 3, pg_role: offline }'));

    expect([11, 13, 14, 15].map((each) => own(each)['tags'].failover_priority)).toEqual([undefined, 2, 2, 1]);
    expect(own(15)['tags']).toMatchObject({ nofailover: false, noloadbalance: false });
  });
});

describe('a lease', () => {
  const withPatroni = (version: string) => ({ ...bundle, roots: bundle.roots.map((root) => (root.package === 'patroni' ? { ...root, version } : root)) });

  test.each([['3.0.2-1', 10], ['1:3.1.2-1', 10], ['3.2.0-1', 20], ['4.0.7-3~deb13u1', 20], ['10.1', 20], ['unreadable', 20]])('with Patroni %s is of %i s at the shortest', (version, seconds) => {
    expect(leaseOf(10, withPatroni(version))).toBe(seconds);
    expect(leaseOf(30, withPatroni(version))).toBe(30);
  });

  test('ends after a leader without etcd has stopped', async () => {
    const plan = (ttl: number): string => withVars('pg_rto: rapid', `pg_rto_plan: { rapid: { ttl: ${ttl}, loop: 2, retry: 3, start: 5, margin: 3, inter: 1s, fastinter: 1s, downinter: 1s, rise: 1, fall: 1 } }`);

    await expect(planned(plan(7))).rejects.toMatchObject({ details: [expect.stringContaining('needs a ttl of at least loop + 2 * retry')] });
    await expect(planned(plan(8))).resolves.toBeDefined();
  });

  test('of the plan rapid is the shortest', async () => {
    const { host, inventory } = await deploy(all, { text: withVars('pg_rto: rapid'), bundle: withPatroni('3.0.2-1') });

    expect(dynamicConfig(host, inventory)).toMatchObject({ ttl: 10, loop_wait: 1, retry_timeout: 3, primary_start_timeout: 10 });
  });
});

test('without allowance for loss a member may lack WAL that nobody waited for', async () => {
  const { shared } = await planned(withVars('pg_rpo: 0'));

  expect(shared(10)).toMatchObject({ synchronous_mode: true, maximum_lag_on_failover: 1_048_576 });
});

test('a paused cluster is one that the inventory calls so', async () => {
  const names = async (text: string): Promise<string[]> => {
    const { host, inventory } = await deploy(all, { text });
    return patroni.resources(host, inventory).flatMap((each) => (each.kind === 'condition' ? each.act.map(({ stdin }) => `${each.name}: ${String(stdin)}`) : [])).filter((each) => each.includes('paused'));
  };

  expect(await names(withVars('patroni_mode: pause'))).toEqual(['patroni: pg-meta is paused, nobody takes over: {"pause":true}']);
  expect(await names(withVars())).toEqual(['patroni: pg-meta is not paused: {"pause":null}']);
});

test('writes are not held back by a slow start, reads of many are spread by one', async () => {
  const { host, inventory } = await deploy(all);
  const line = (service: string) => /default-server .*/.exec(textOf(pgService.resources(host, inventory), `/etc/haproxy/conf.d/pg-meta-${service}.cfg`))![0];

  expect(['primary', 'default', 'replica', 'offline'].map((service) => line(service).includes('slowstart'))).toEqual([false, false, true, true]);
});

describe('a library', () => {
  const cron = (text: string): string => text.replace('vector ]', 'pg_cron ]');
  const conditions = async (text: string) => {
    const { host, inventory } = await deploy(all, { text });
    return patroni.resources(host, inventory).find((each) => each.kind === 'condition' && each.name.startsWith('postgresql: loaded'))!;
  };

  test('is loaded in place where nobody could take over', async () => {
    expect(await conditions(cron(withVars()))).toMatchObject({ name: 'postgresql: loaded pg_stat_statements, auto_explain, pg_cron (restarts when it must)', act: [expect.anything()] });
  });

  test('is loaded by all members in turn where somebody could, and the plan says so', async () => {
    const condition = await conditions(cron(withReplica));
    const answer = { code: 0, stdout: 'note: its members are restarted in turn to load pg_cron; the leader hands over\n', stderr: '' };

    expect(condition).toMatchObject({ name: 'postgresql: loaded pg_stat_statements, auto_explain, pg_cron', act: [] });
    expect(kindOf(condition).note!(condition, kindOf(condition).parse(answer, condition))).toMatch(/^its members are restarted in turn to load pg_cron/);
  });

  test('comes before the extensions that need it, and keeps no others waiting', async () => {
    const { host, inventory } = await deploy(all, { text: cron(withReplica) });
    const created = access.resources(host, inventory).flatMap((each) => (each.kind === 'sql' && each.name.startsWith('extensions') && each.database === 'meta' ? [{ name: each.name, check: String(each.check), apply: String(each.apply) }] : []));

    expect(created.map(({ name, apply }) => [name, apply.includes('"pg_cron"'), apply.includes('"postgis"')])).toEqual([['extensions in meta', false, true], ['extensions with libraries in meta', true, false]]);
    expect(created[1]!.check).toMatch(/^SELECT NOT '\{pg_cron\}'::text\[\] <@ regexp_split_to_array\(current_setting\('shared_preload_libraries'\), '\\s\*,\\s\*'\) OR \(/);
  });
});
