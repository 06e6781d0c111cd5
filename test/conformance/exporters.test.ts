import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { pgExporter, pgbouncerExporter } from '../../installer/role/pgsql/pg-exporter.ts';
import { pgbouncer } from '../../installer/role/pgsql/pgbouncer.ts';
import { postgres } from '../../installer/role/pgsql/postgres.ts';
import { pgsqlRules } from '../../installer/role/pgsql/rules.ts';
import type { Role } from '../../installer/role/role.ts';
import { directory } from '../../installer/resource/directory.ts';
import { file } from '../../installer/resource/file.ts';
import type { Resource } from '../../installer/resource/resource.ts';
import { shell, type Command } from '../../installer/transport/command.ts';
import { words } from '../../installer/transport/script.ts';
import { Secret } from '../../repo/core/secret.ts';
import { demand } from '../../vagrant/execute.ts';
import { baseRoot, type Suite } from '../../vagrant/root.ts';
import { bundle, elBundle, elFacts } from '../installer/inventory/sample.ts';
import { deploy, withVars, type Changes } from '../installer/role/deployment.ts';
import { fileOf, textOf } from '../installer/role/file.ts';
import { sidPackages } from '../support/el/sid.ts';
import { enclosed } from './enclosure.ts';
import { conformance } from './oracle.ts';

/** Real servers, and the exporters beside them. */
interface Edition {
  suite: Suite;
  pg: string;
  /** Whose exporters they are. */
  exporters: Changes;
}

const debian = { bookworm: { release: '12', codename: 'bookworm' }, trixie: { release: '13', codename: 'trixie' } };

const editions: readonly (readonly [string, Edition])[] = [
  ["Debian 12's exporters, PostgreSQL 15 and PgBouncer 1.18", { suite: 'bookworm', pg: '15', exporters: { facts: debian.bookworm, bundle } }],
  ["Debian 13's exporters, PostgreSQL 17 and PgBouncer 1.24", { suite: 'trixie', pg: '17', exporters: { facts: debian.trixie, bundle } }],
  ['pg_exporter, PostgreSQL 15 and PgBouncer 1.18', { suite: 'bookworm', pg: '15', exporters: { facts: elFacts, bundle: elBundle } }],
  ['pg_exporter, PostgreSQL 17 and PgBouncer 1.24', { suite: 'trixie', pg: '17', exporters: { facts: elFacts, bundle: elBundle } }],
];

const needs = { programs: { mmdebstrap: 'mmdebstrap', unshare: 'util-linux', ip: 'iproute2' }, root: true } as const;

describe.each(editions)('%s', (_name, edition) => {
  conformance('tell every series that the rules ask for, whether the servers run, and no password', needs, async () => {
    const { up, down, journal } = await observe(edition);

    expect(seriesOfRules.size).toBeGreaterThan(15);
    expect([...seriesOfRules].filter((name) => !told(up).has(name))).toEqual([]);
    expect(valuesOf(up, /^(pg|pgbouncer)_up /)).toEqual([1, 1]);
    expect(valuesOf(up, /^pg_stat_activity_count\{(?=.*datname="meta")(?=.*state="idle in transaction")/)).toContain(1);
    expect(valuesOf(up, /^pg_stat_database_xact_commit\{.*datname="meta"/)[0]).toBeGreaterThan(0);
    expect(valuesOf(up, /^pg_slot_active\{(?=.*slot_name="forgotten")/)).toEqual([0]);
    expect(valuesOf(up, /^pgbouncer_stats_queries_pooled_total\{.*database="meta"/)).toEqual([2]);
    expect(valuesOf(down, /^(pg|pgbouncer)_up /)).toEqual([0, 0]);
    expect(journal).toContain('--web.listen-address=');
    expect(journal).not.toMatch(/pg_monitor_password/);
  });
});

/** Those of exporters: a rule's own names have a colon, and what Patroni, the host and the backups tell begins otherwise. */
const seriesOfRules = new Set(pgsqlRules.flatMap((group) => group.rules.flatMap((rule) => rule.expr.match(/(?<![\w:"])(pg|pgbouncer)_\w+(?![\w:])/g) ?? [])));

/** The names of the series in a text of metrics. */
const told = (text: string): Set<string> => new Set(text.split('\n').map((line) => /^\w+/.exec(line)?.[0] ?? ''));

const valuesOf = (text: string, series: RegExp): number[] => text.split('\n').filter((line) => series.test(line)).map((line) => Number(line.split(' ').at(-1)));

/** One that shows whether it is escaped wherever it is written. */
const password = (name: string): string => `p'w %"$\\{${name}`;

/** What both exporters say while the servers run and once they do not, and what they wrote and were told in words meanwhile. */
async function observe({ suite, pg, exporters }: Edition): Promise<{ up: string; down: string; journal: string }> {
  const root = await baseRoot(suite, ['curl', 'pgbouncer', `postgresql-${pg}`, 'prometheus-pgbouncer-exporter', 'prometheus-postgres-exporter']);
  const programs = `/usr/lib/postgresql/${pg}/bin`;
  const server = await part([postgres, pgbouncer], { facts: debian[suite], bundle });
  const watchers = await part([pgExporter, pgbouncerExporter], exporters);
  const said = await enclosed(root, over, [
    ...server.flatMap(broughtAbout),
    ...watchers.flatMap(broughtAbout),
    ...serving(programs, server),
    ...watchers.filter(isUnit).map(start),
    ask,
    stopServers(programs),
    ask,
    { argv: shell('cat /tmp/*.log; cat /proc/[0-9]*/cmdline') },
  ]);
  const [up, , down, journal] = said.slice(-4).map(({ stdout }) => stdout);
  return { up: up!, down: down!, journal: journal! };
}

let folder: string;
let over: string;

// Of its package the program alone: what it reads is ours.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-exporters-'));
  over = join(folder, 'over');
  const [deb] = await sidPackages(['pg-exporter'], folder);
  await demand(['dpkg-deb', '--extract', deb!, over]);
  for (const each of ['etc', 'usr/share', 'usr/lib']) await rm(join(over, each), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What these roles want of their host, less what is not needed to serve or to watch. */
async function part(roles: readonly Role[], changes: Changes): Promise<Resource[]> {
  const { host, inventory } = await deploy(roles, { text: withVars('pgbouncer_sslmode: disable'), ...changes });
  const named = { ...inventory, authority: inventory.authority, secret: (name: string) => new Secret(password(name)) };
  return roles.flatMap((role) => (role === postgres ? [fileOf(role.resources(host, named), '/var/lib/pgsql/.pgpass')] : role.resources(host, named)));
}

/** On a host that has nothing of it yet. Services are started here by hand: there is no systemd. */
function broughtAbout(resource: Resource): readonly Command[] {
  switch (resource.kind) {
    case 'file':
      return file.diff({ ...resource, validate: undefined } as typeof resource, { node: { type: 'none' } }, new Set());
    case 'directory':
      return directory.diff(resource, { type: 'none' }, new Set());
    case 'condition':
      return [{ argv: shell(`${words(resource.check)} >&2 || { ${resource.act.map(words).join('; ')}; }`) }];
    default:
      return [];
  }
}

type Unit = Resource & { kind: 'file'; content: string };

const isUnit = (resource: Resource): resource is Unit => resource.kind === 'file' && /^\/etc\/systemd\/system\/[^/]+\.service$/.test(resource.path);

/** As systemd would start it: its account, its environment, its words. */
function start({ path, content }: Unit): Command {
  const settings = (key: string): string[] => [...content.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1]!);
  const [user, words] = [settings('User')[0]!, settings('ExecStart')[0]!];
  const environment = settings('EnvironmentFile').map((each) => `. ${each}`);
  return { argv: shell(`set -a; ${[...settings('Environment'), ...environment, ':'].join('; ')}; set +a; runuser -u ${user} -- ${words} >/tmp/$1.log 2>&1 &`, path.split('/').at(-1)!) };
}

/** A cluster with a role that watches, a database, a session that does nothing in a transaction, and two queries through PgBouncer. */
function serving(programs: string, server: readonly Resource[]): Command[] {
  const as = 'postgres';
  const [, verifier] = /^"dbuser_monitor" "(.+)"$/m.exec(textOf(server, '/etc/pgbouncer/userlist.txt'))!;
  return [
    { argv: shell('install -d -o postgres -g postgres /var/run/postgresql /tmp/data') },
    { argv: [`${programs}/initdb`, '--pgdata=/tmp/data', '--auth-local=trust', '--auth-host=scram-sha-256'], as },
    { argv: [`${programs}/pg_ctl`, '--pgdata=/tmp/data', '--wait', '--log=/tmp/server.log', 'start'], as },
    { argv: ['psql', '-qX', '-d', 'postgres'], as, stdin: new Secret(`CREATE ROLE dbuser_monitor LOGIN PASSWORD '${verifier}'; GRANT pg_monitor TO dbuser_monitor; CREATE DATABASE meta; SELECT pg_create_physical_replication_slot('forgotten', true);`) },
    { argv: shell("{ echo 'BEGIN; SELECT 1;'; sleep 600; } | psql -qX -d meta >/dev/null 2>&1 &"), as },
    ...server.filter(isUnit).map(start),
    { argv: shell('for try in $(seq 50); do pg_isready -q -h 127.0.0.1 -p 6432 && exit 0; sleep 0.2; done; cat /tmp/pgbouncer.service.log >&2; exit 1') },
    { argv: shell("PGPASSWORD=$(cat) exec psql -qX -h 127.0.0.1 -p 6432 -U dbuser_monitor -d meta -c 'SELECT 1' -c 'SELECT 2'"), stdin: new Secret(password('pg_monitor_password')) },
  ];
}

/** Both, in one text. */
const ask: Command = { argv: ['curl', '--silent', '--show-error', '--fail', '--retry', '50', '--retry-delay', '1', '--retry-all-errors', '--max-time', '60', 'http://127.0.0.1:9630/metrics', 'http://127.0.0.1:9631/metrics'] };

const stopServers = (programs: string): Command => ({ argv: shell('kill -KILL "$(cat /var/run/postgresql/pgbouncer.pid)"; exec "$1/pg_ctl" --pgdata=/tmp/data --wait --mode=immediate stop', programs), as: 'postgres' });
