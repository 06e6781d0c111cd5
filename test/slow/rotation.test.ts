import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, sql, until } from '../support/deploy.ts';
import { knock } from '../support/knock.ts';

interface Vault {
  [name: string]: string;
}

describe('the secrets and certificates of a cluster of three bookworm hosts, while it runs', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'rotate', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 28 }, await bundleFor('bookworm'));
    await cluster.admin.must('umask 077; mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses) });
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 2400 });
    await sql(cluster.admin, 5433, 'app', 'CREATE TABLE kept (at timestamptz DEFAULT clock_timestamp()); ALTER TABLE kept OWNER TO app;');
    await cluster.admin.must(writing);
  });
  afterAll(() => cluster?.discard());

  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 1500 });
  const vault = async (): Promise<Vault> => JSON.parse(await cluster.admin.must(['cat', '/etc/pgark/vault/secrets.json'])) as Vault;
  const onEach = <T>(act: (host: Host) => Promise<T>): Promise<T[]> => Promise.all(cluster.hosts.map(act));
  const leader = async (): Promise<string> => JSON.stringify((await members()).map(({ name, role, timeline }) => [name, role, timeline]));
  const members = async () => (JSON.parse((await pgark('pg', 'list', '--json')).stdout) as { clusters: { members: { name: string; role: string; timeline: number; lag?: number }[] }[] }).clusters[0]!.members;
  const processes = () => onEach((host) => host.must('for unit in etcd patroni pgbouncer haproxy; do systemctl show -p MainPID --value "$unit"; done; head -1 /pg/data/postmaster.pid'));

  /** Two that write through the service for the primary without a pause: one connects for each row, one keeps its connection. */
  const write = async (act: () => Promise<void>): Promise<{ fresh: number; kept: number; failures: string[] }> => {
    await cluster.admin.must('rm -f /run/writing.*; systemd-run -q --unit=writer-fresh sh /root/write-fresh; systemd-run -q --unit=writer-kept sh /root/write-kept; sleep 3');
    await act();
    await cluster.admin.must('touch /run/writing.stop; while systemctl is-active -q writer-fresh writer-kept; do sleep 0.2; done');
    const [fresh, kept, failures] = await Promise.all(['grep -c ok /run/writing.fresh || :', 'grep -c ok /run/writing.kept || :', 'cat /run/writing.failed 2>/dev/null || :'].map((command) => cluster.admin.must(command)));
    return { fresh: Number(fresh), kept: Number(kept), failures: failures!.split('\n').filter(Boolean) };
  };

  test('every password is another one afterwards, and no write has failed for it', async () => {
    const before = { vault: await vault(), leader: await leader(), processes: await processes() };
    let code = -1;
    let told = '';

    const written = await write(async () => {
      const rotated = await pgark('secret', 'rotate', '--all', '--yes');
      code = rotated.code;
      told = rotated.stdout + rotated.stderr;
    });

    const after = await vault();
    const stayed = Object.keys(after).filter((name) => after[name] === before.vault[name]);
    expect(code, told).toBe(0);
    expect(stayed.sort()).toEqual(['app', 'password_salt', 'pg-test.pg_scram_salt', 'pg-test.pgbackrest_cipher_pass']);
    expect(Object.values({ ...before.vault, ...after }).filter((value) => told.includes(value))).toEqual([]);
    console.log(`rotation of all: ${written.fresh} writes over new connections, ${written.kept} over one, ${written.failures.length} failed\n${written.failures.join('\n')}`);
    expect(written.fresh).toBeGreaterThan(20);
    expect(written.kept).toBeGreaterThan(20);
    expect(written.failures).toEqual([]);
    expect(await leader()).toBe(before.leader);
    expect((await processes()).map((each) => each.split('\n').at(-2))).toEqual(before.processes.map((each) => each.split('\n').at(-2)));

    // What was valid before opens nothing any more, and what is valid now does.
    const doors = async (values: Vault, user: string) => (await cluster.admin.must(knocking, { stdin: [values['etcd_root_password'], user, values['pg-test.pg_etcd_password'], values['pg_replication_password'], values['pg_admin_password'], values['pg_monitor_password'], values['patroni_password'], values['nginx_users.admin'], values['haproxy_admin_password']].join('\n').concat('\n') })).trim().split('\n');
    expect(await doors(before.vault, 'pg-test')).toEqual(['etcd root: closed', 'etcd user: closed', 'replicator: closed', 'admin: closed', 'admin by PgBouncer: closed', 'monitor: closed', 'monitor by PgBouncer: closed', 'Patroni: closed', 'portal: closed', 'HAProxy: closed']);
    expect(await doors(after, 'pg-test.1')).toEqual(['etcd root: open', 'etcd user: open', 'replicator: open', 'admin: open', 'admin by PgBouncer: open', 'monitor: open', 'monitor by PgBouncer: open', 'Patroni: open', 'portal: open', 'HAProxy: open']);
  });

  test('former values are on no disk, and a second look finds nothing to do', async () => {
    expect(await cluster.admin.must(['cat', '/etc/pgark/vault/rotation.json'])).not.toContain('former');
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
    await until(60, 'both replicas stream', async () => ((await members()).filter(({ lag }) => lag === 0).length === 2 ? true : undefined));
  });

  test('one that is cut off in the middle is brought to its end by the next apply', async () => {
    const before = await vault();
    await cluster.admin.must('systemd-run -q --unit=rotating pgark secret rotate --all --yes');
    await until(300, 'the first patroni.yml has the new user', async () => ((await cluster.hosts[0]!.run(['grep', '-q', 'username: pg-test.2', '/etc/patroni/patroni.yml'])).code === 0 ? true : undefined));
    await cluster.admin.must(['systemctl', 'kill', '-s', 'KILL', 'rotating']);
    const begun = await vault();

    const status = await pgark('status');
    const written = await write(async () => expect((await pgark('apply', '--yes')).code).toBe(0));

    expect(status.stderr).toContain('not every host has the new value of');
    expect(await vault()).toEqual(begun);
    expect(begun['pg_admin_password']).not.toBe(before['pg_admin_password']);
    expect(written.failures).toEqual([]);
    expect(await cluster.admin.must(['cat', '/etc/pgark/vault/rotation.json'])).not.toContain('former');
    expect(await cluster.admin.must('set -a; . /etc/etcd/etcdctl.env; etcdctl user list')).toBe('pg-test.2\nroot\n');
  });

  test('that of an application is another one when it is named, and it is said who must be told', async () => {
    const before = (await vault())['app'];

    const { code, stdout } = await pgark('secret', 'rotate', 'app', '--yes');

    expect(code).toBe(0);
    expect(stdout).toContain('role app of pg-test: the new value is app in the vault; pgark secret show app');
    expect((await vault())['app']).not.toBe(before);
    await cluster.admin.must(writing);
    expect((await write(async () => {})).failures).toEqual([]);
  });

  test('every certificate is another one afterwards, by nobody’s restart, and no write has failed for it', async () => {
    const shown = () => onEach((host) => host.must(showing));
    const before = { certificates: await shown(), processes: await processes(), leader: await leader() };
    let code = -1;
    let told = '';

    const written = await write(async () => {
      const renewed = await pgark('cert', 'renew', '--all', '--yes');
      code = renewed.code;
      told = renewed.stdout + renewed.stderr;
    });

    expect(code, told).toBe(0);
    console.log(`renewal of all: ${written.fresh} writes over new connections, ${written.kept} over one, ${written.failures.length} failed`);
    expect(written.failures).toEqual([]);
    expect(await processes()).toEqual(before.processes);
    expect(await leader()).toBe(before.leader);
    const lines = await until(60, 'everybody shows the new one', async () => {
      const now = (await shown()).map((each) => each.trim().split('\n'));
      const same = now.flatMap((rows, index) => rows.filter((row) => before.certificates[index]!.includes(row)));
      return same.length === 0 ? now : undefined;
    });
    expect(lines.map((rows) => rows.length)).toEqual([6, 5, 5]);
    expect((await pgark('plan', '--detailed-exitcode')).code).toBe(0);
  });

  test('go on under a passphrase, which is asked for only to issue', async () => {
    await cluster.admin.must('umask 077; echo correct horse > /root/passphrase');
    await cluster.admin.must(['pgark', 'ca', 'encrypt', '--passphrase-file', '/root/passphrase']);

    const idle = await pgark('apply', '--yes');
    const refused = await pgark('cert', 'renew', 'pg-test-2', '--yes');
    const issued = await pgark('cert', 'renew', 'pg-test-2', '--yes', '--ca-passphrase-file', '/root/passphrase');

    expect([idle.code, refused.code, issued.code]).toEqual([0, 6, 0]);
    expect(refused.stderr).toMatch(/is under a passphrase, and a certificate must be issued[^]*pg-test-2[^]*--ca-passphrase-file/);
    expect(await cluster.admin.must(['head', '-1', '/etc/pgark/vault/authority.key'])).toBe('-----BEGIN ENCRYPTED PRIVATE KEY-----\n');
  });

  test('go on without the key of the authority, until one must be issued', async () => {
    await cluster.admin.must(['pgark', 'ca', 'offline', '--to', '/root/away.key']);

    const idle = await pgark('apply', '--yes');
    const refused = await pgark('cert', 'renew', 'etcd-3', '--yes');
    await cluster.admin.must(['mv', '/root/away.key', '/etc/pgark/vault/authority.key']);

    expect([idle.code, refused.code]).toEqual([0, 6]);
    expect(refused.stderr).toMatch(/the key of the authority is not in the vault, and a certificate must be issued[^]*etcd-3/);
  });
});

/** The writers, and the password of the application where psql finds it. */
const writing = `umask 077
printf '*:*:*:app:%s\\n' "$(sed -n 's/.*"app": *"\\([^"]*\\)".*/\\1/p' /etc/pgark/vault/secrets.json)" > /root/.pgpass-app
cat > /root/write-fresh <<'END'
export PGPASSFILE=/root/.pgpass-app
while [ ! -e /run/writing.stop ]; do
  if said=$(psql -XAtq -h 127.0.0.1 -p 5433 -U app -d app -c "INSERT INTO kept DEFAULT VALUES RETURNING 'ok'" 2>&1); then echo ok >> /run/writing.fresh; else echo "$(date +%T) fresh: $said" >> /run/writing.failed; fi
done
END
cat > /root/write-kept <<'END'
export PGPASSFILE=/root/.pgpass-app
while [ ! -e /run/writing.stop ]; do echo "INSERT INTO kept DEFAULT VALUES RETURNING 'ok';"; sleep 0.1; done |
  psql -XAtq -v ON_ERROR_STOP=1 -h 127.0.0.1 -p 5433 -U app -d app >> /run/writing.kept 2>/run/writing.kept-said || echo "$(date +%T) kept: $(cat /run/writing.kept-said)" >> /run/writing.failed
END
`;

/** Tries every door with passwords from standard input, none of which is ever an argument. */
const knocking = `${knock} umask 077
for name in root user userword replicator admin monitor patroni portal haproxy; do IFS= read -r "$name"; done
say() { if "$@" >/dev/null 2>&1; then echo "$what: open"; else echo "$what: closed"; fi; }
set -a; . /etc/etcd/etcdctl.env; set +a
as_etcd() { ETCDCTL_USER=$1 ETCDCTL_PASSWORD=$2 etcdctl get /pg/pg-test/ --prefix --keys-only --limit=1; }
as_pg() { PGPASSWORD=$3 PGSSLMODE=$4 psql -XAtqw -h "$host" -p "$1" -U "$2" -d "$5" -c "$6"; }
host=$(hostname -I | cut -d' ' -f1)
http() { [ "$(knock "$1" "$2" "$3")" = "$4" ]; }
what='etcd root'; say as_etcd root "$root"
what='etcd user'; say as_etcd "$user" "$userword"
what=replicator; say as_pg 5432 replicator "$replicator" require 'dbname=postgres replication=true' 'IDENTIFY_SYSTEM'
what=admin; say as_pg 5432 dbuser_dba "$admin" require postgres 'SELECT 1'
what='admin by PgBouncer'; say as_pg 6432 dbuser_dba "$admin" require postgres 'SELECT 1'
host=127.0.0.1
what=monitor; say as_pg 5432 dbuser_monitor "$monitor" prefer postgres 'SELECT 1'
what='monitor by PgBouncer'; say as_pg 6432 dbuser_monitor "$monitor" prefer pgbouncer 'SHOW VERSION'
host=$(hostname -I | cut -d' ' -f1)
what=Patroni; say http POST "https://$host:8008/reload" "postgres:$patroni" 202
what=portal; say http GET https://127.0.0.1/vmetrics/health "admin:$portal" 200
what=HAProxy; say http GET "https://127.0.0.1/haproxy/$(hostname)/" "admin:$haproxy" 200
`;

/** The fingerprint of what each port of a host shows; the portal is on the first. */
const showing = `host=$(hostname -I | cut -d' ' -f1)
show() { printf '%s ' "$1"; shift; openssl s_client -connect "$@" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256; }
mutual='-cert /etc/etcd/admin.crt -key /etc/etcd/admin.key'
show etcd "$host:2379" $mutual
show peer "$host:2380" $mutual
show patroni "$host:8008"
show postgres "$host:5432" -starttls postgres
show pgbouncer "$host:6432" -starttls postgres
if [ -e /etc/nginx/pgark.crt ]; then show portal "127.0.0.1:443"; fi
`;
