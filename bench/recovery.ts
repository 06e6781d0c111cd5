/**
 * A recovery beside what pgBackRest takes for the same data: `node bench/recovery.ts [megabytes] [rounds]`, as root. On one host of its own, filled
 * with so much; by turns, first pgBackRest alone restores to a moment into an empty folder and a server is recovered there and promoted, then `pgark
 * restore` brings the cluster back to the same moment: from the command to a cluster that takes writes and archives. Some
 * seconds of ours are the same for any amount of data (Patroni stops, starts and takes the lead), so the ratio depends on how much there is.
 */
import { loadavg } from 'node:os';
import { table } from '../repo/console/print.ts';
import { raiseCluster, trioInventory, type Cluster } from '../test/support/cluster.ts';
import { bundleFor, sql } from '../test/support/deploy.ts';
import { median, seconds } from './measure.ts';

const [megabytes = 4000, rounds = 3] = process.argv.slice(2).map(Number);

const cluster = await raiseCluster({ name: 'bench', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 1, network: 37 }, await bundleFor('bookworm'));
try {
  await report(await measured(cluster));
} finally {
  await cluster.discard();
}

interface Round {
  bare: number;
  ours: number;
}

async function measured({ admin, addresses }: Cluster): Promise<Round[]> {
  await admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(addresses) });
  await admin.must(['pgark', 'install', '--yes'], { timeout: 3600 });
  await sql(admin, 5433, 'app', `CREATE TABLE filled AS SELECT i, md5(i::text) || md5((i + 1)::text) AS note FROM generate_series(1, ${megabytes * 10_000}) i`);
  await admin.must(['pgbackrest', '--stanza=pg-test', '--type=full', 'backup'], { as: 'postgres', timeout: 3600 });
  await sql(admin, 5433, 'app', `UPDATE filled SET note = md5(note) WHERE i % 20 = 0`);
  const moment = await sql(admin, 5433, 'app', "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'");
  await sql(admin, 5433, 'app', "SELECT pg_sleep(2); SELECT txid_current()");
  await sql(admin, 5433, 'app', "CREATE TABLE switched AS SELECT pg_walfile_name(pg_switch_wal()) AS segment");
  await admin.must(archived(), { as: 'postgres', timeout: 3600 });
  const found: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await timed(() => admin.must(alone(moment), { timeout: 3600 }));
    const ours = await timed(() => admin.must(['pgark', 'restore', '--cluster', 'pg-test', '--time', moment.replace('+00', 'Z'), '--confirm', 'pg-test'], { timeout: 3600 }));
    await admin.must(['pgark', 'restore', '--cluster', 'pg-test', '--drop', '--confirm', 'pg-test'], { timeout: 600 });
    found.push({ bare, ours });
  }
  return found;
}

/** What archives meanwhile is not to be measured. */
function archived(): string {
  return `until [ "$(psql -XAtq -d app -c "SELECT coalesce(last_archived_wal, '') COLLATE ucs_basic >= segment FROM pg_stat_archiver, switched")" = t ]; do sleep 1; done; sleep 10`;
}

/** What an operator would type who has nothing else. */
function alone(moment: string): string {
  return `set -e
install -d -m 0700 -o postgres -g postgres /data/postgres/alone /data/postgres/alone/data
cat > /data/postgres/alone/run <<'END'
cd /data/postgres/alone
pgbackrest --stanza=pg-test --pg1-path=$PWD/data --type=time --target='${moment}' --target-action=promote --target-timeline=current restore
/usr/pgsql/bin/pg_ctl -D data -w -t 3600 -l log -o "-c listen_addresses= -c port=5499 -c unix_socket_directories=$PWD -c archive_command= -c logging_collector=off -c hba_file=$PWD/data/pg_hba.conf -c ident_file=$PWD/data/pg_ident.conf" start
until [ "$(psql -XAtq -h $PWD -p 5499 -d postgres -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done
/usr/pgsql/bin/pg_ctl -D data -w -m immediate stop
END
runuser -u postgres -- sh -e /data/postgres/alone/run >/dev/null
rm -rf /data/postgres/alone`;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return (performance.now() - begin) / 1000;
}

async function report(found: readonly Round[]): Promise<void> {
  const ratio = median(found.map(({ bare, ours }) => ours / bare));
  process.stdout.write(`a recovery of ${megabytes} MB, medians of ${rounds} rounds by turns, load ${loadavg()[0]!.toFixed(1)}\n`);
  process.stdout.write(`${table([['measured', 'time', 'ratio', 'to reach'], ['pgbackrest restore, recovered and promoted', seconds(median(found.map(({ bare }) => bare))), '1.00', ''], ['pgark restore, to a cluster that takes writes and archives', seconds(median(found.map(({ ours }) => ours))), ratio.toFixed(2), 'at most 1.5']])}\n`);
  process.exitCode = ratio <= 1.5 ? 0 : 1;
}
