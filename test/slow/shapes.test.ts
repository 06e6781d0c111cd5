import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';

describe('clusters of other shapes, on four bookworm hosts', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'shapes', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 4, network: 34 }, await bundleFor('bookworm'));
    await describeAs({});
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 1800 });
  });
  afterAll(() => cluster?.discard());

  /** `pg-a` on the first three, without allowance for loss; `pg-b` on the fourth, its copy. */
  function describeAs({ upstream = true, extension = '', away = [] }: { upstream?: boolean; extension?: string; away?: readonly string[] }): Promise<string> {
    const [first, second, third, fourth] = cluster.addresses;
    const text = `all:
  children:
    infra: { hosts: { ${first}: { infra_seq: 1 } } }
    etcd:
      hosts: { ${first}: { etcd_seq: 1 }, ${second}: { etcd_seq: 2 }, ${third}: { etcd_seq: 3 } }
      vars: { etcd_cluster: etcd }
    pg-b:
      hosts: { ${fourth}: { pg_seq: 1, pg_role: primary${upstream ? `, pg_upstream: ${second}` : ''} } }
      vars:
        pg_cluster: pg-b
${away.map((line) => `        ${line}\n`).join('')}    pg-a:
      hosts:
        ${first}: { pg_seq: 1, pg_role: primary }
        ${second}: { pg_seq: 2, pg_role: replica }
        ${third}: { pg_seq: 3, pg_role: offline, pg_upstream: ${second} }
      vars:
        pg_cluster: pg-a
        pg_rpo: 0
        pg_rto: rapid
        pg_libs: auto_explain
        pg_default_extensions: []
        pg_users: [ { name: app, password: '\${secret.app}', pgbouncer: true, roles: [ dbrole_readwrite ] } ]
        pg_databases: [ { name: app, owner: app${extension} } ]
  vars:
    admin_ip: ${first}
    ansible_user: root
`;
    return cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: text });
  }

  const apply = (...words: string[]) => cluster.admin.run(['pgark', 'apply', '--yes', ...words], { timeout: 900 });
  const ask = async (host: Host, question: string, database = 'postgres'): Promise<string> => (await host.must(['psql', '-XAtq', '-d', database, '-c', question], { as: 'postgres' })).trim();
  const sources = async (host: Host): Promise<string> => ask(host, "SELECT string_agg(application_name, ',' ORDER BY application_name) FROM pg_stat_replication");
  const leaderOf = async (): Promise<Host> => {
    for (const host of cluster.hosts.slice(0, 3)) if ((await ask(host, 'SELECT pg_is_in_recovery()').catch(() => '')) === 'f') return host;
    throw new Error('nobody leads pg-a');
  };

  test('a cascading replica streams from the member that is named', async () => {
    const [first, second] = cluster.hosts as [Host, Host];

    await until(60, 'the third streams from the second', async () => ((await sources(second)) === 'pg-a-3' ? true : undefined));

    expect((await sources(first)).split(',')).toContain('pg-a-2');
    expect(await sources(first)).not.toContain('pg-a-3');
  });

  test('reports are read from the offline member', async () => {
    expect(await sql(cluster.admin, 5438, 'postgres', 'SELECT host(inet_server_addr())')).toBe(cluster.addresses[2]);
  });

  test('a commit waits for a replica', async () => {
    await until(60, 'a replica is synchronous', async () => (Number(await ask(cluster.hosts[0]!, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) === 1 ? true : undefined));

    expect(await ask(cluster.hosts[0]!, 'SHOW synchronous_standby_names')).not.toBe('');
  });

  test('a standby cluster has what the other one has, and takes no writes', async () => {
    const away = cluster.hosts[3]!;
    await sql(cluster.admin, 5433, 'postgres', "CREATE TABLE kept (note text); INSERT INTO kept VALUES ('from a');");

    await until(30, 'it has come over', async () => ((await ask(away, 'SELECT count(*) FROM kept').catch(() => '')) === '1' ? true : undefined));

    await expect(ask(away, "INSERT INTO kept VALUES ('from b')")).rejects.toThrow('read-only');
    expect(await ask(away, "SELECT count(*) FROM pg_roles WHERE rolname = 'app'")).toBe('1');
    expect(await ask(cluster.hosts[0]!, "SELECT active FROM pg_replication_slots WHERE slot_name = 'pg_b'")).toBe('t');
  });

  test('a second apply changes nothing', async () => {
    const { code, stdout, stderr } = await cluster.admin.run(['pgark', 'plan', '--detailed-exitcode'], { timeout: 300 });

    expect(code, stdout + stderr).toBe(0);
  });

  test('a library is loaded by restarts in turn, and then its extension is created', async () => {
    const before = await leaderOf();
    await describeAs({ extension: ', extensions: [ pg_stat_statements ]' });

    const { code, stdout, stderr } = await apply();

    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('its members are restarted in turn to load pg_stat_statements');
    const after = await leaderOf();
    expect(after.name).not.toBe(before.name);
    expect(await ask(after, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'", 'app')).toBe('1');
  });

  test('a standby cluster outlives that the other one has another leader', async () => {
    await sql(cluster.admin, 5433, 'postgres', "INSERT INTO kept VALUES ('from another leader')");

    await until(60, 'it has come over', async () => ((await ask(cluster.hosts[3]!, 'SELECT count(*) FROM kept').catch(() => '')) === '2' ? true : undefined));
    expect(await ask(await leaderOf(), "SELECT active FROM pg_replication_slots WHERE slot_name = 'pg_b'")).toBe('t');
  });

  test('a standby cluster takes writes when it follows nobody any more, and does not become a standby again', async () => {
    const away = cluster.hosts[3]!;
    await describeAs({ upstream: false, extension: ', extensions: [ pg_stat_statements ]', away: ["pg_users: [ { name: app, password: '${secret.app}', pgbouncer: true, roles: [ dbrole_readwrite ] } ]", 'pg_databases: [ { name: app, owner: app, extensions: [ pg_stat_statements ] } ]'] });

    const { code, stdout, stderr } = await apply();
    await describeAs({ extension: ', extensions: [ pg_stat_statements ]' });
    const back = await cluster.admin.run(['pgark', 'plan'], { timeout: 300 });

    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('patroni: pg-b follows no other cluster and takes writes');
    expect(await ask(away, "INSERT INTO kept VALUES ('from b') RETURNING 'written'")).toBe('written');
    expect(back.code).toBe(3);
    expect(back.stderr).toContain('pg_upstream: pg-b takes writes of its own');
  });
});
