import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Descriptor, type BundleExtension } from '../../repo/bundle/descriptor.ts';
import { target } from '../../repo/bundle/paths.ts';
import { targets } from '../../vagrant/bundle.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import type { Suite } from '../../vagrant/root.ts';
import { bootstrap, bundleFor, sql } from '../support/deploy.ts';

describe.each<Suite>(['bookworm', 'trixie'])('the extensions of a bundle of everything that the archive of %s has', (suite) => {
  let host: Host;
  let extensions: readonly BundleExtension[];
  let failures: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const bundle = await bundleFor(suite, 'debian');
    host = await raise({ name: `extensions-${suite}`, suite, network: 'none' });
    await bootstrap(bundle, host);
    ({ extensions } = Descriptor.parse(JSON.parse(await host.must(['cat', target.descriptor]))));
    await installAll(host, targets[suite].pg, extensions);
    failures = await createAll(host, targets[suite].pg, extensions);
  });
  afterAll(() => host?.destroy());

  test('can be created, each of them that has no caveat', () => {
    const unexplained = extensions.filter((each) => each.caveat === undefined && failures.has(each.name));

    expect(unexplained.map((each) => `${each.name}: ${failures.get(each.name)}`)).toEqual([]);
    expect(extensions.length).toBeGreaterThan(130);
  });

  test('have no caveat that is no longer true', () => {
    const outdated = extensions.filter((each) => each.caveat !== undefined && !failures.has(each.name));

    expect(outdated.map((each) => `${each.name} works: ${each.caveat}`)).toEqual([]);
  });
});

describe('a host of trixie whose database shall have postgis, vector and pg_cron', () => {
  let host: Host;

  beforeAll(async () => {
    const bundle = await bundleFor('trixie', 'debian');
    host = await raise({ name: 'extensions-asked', suite: 'trixie', network: { bridge: 'pgark-ext', address: '10.10.10.10/24' } });
    await bootstrap(bundle, host);
    await host.must(['pgark', 'configure', '--non-interactive', '--template', 'slim', '--extension', 'postgis,vector,pg_cron']);
  });
  afterAll(() => host?.destroy());

  test('has them after one command', async () => {
    await host.must(['pgark', 'install', '--yes'], { timeout: 800 });

    expect(await sql(host, 5432, 'meta', `SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension WHERE extname IN ('postgis', 'vector', 'pg_cron');`)).toBe('pg_cron postgis vector');
    expect(await sql(host, 5432, 'meta', 'SHOW shared_preload_libraries;')).toContain('pg_cron');
    expect(await sql(host, 5432, 'meta', "SELECT ST_AsText(ST_Point(1, 2)) || ' ' || ('[3,4]'::vector <-> '[0,0]');")).toBe('POINT(1 2) 5');
  });

  test('is left alone by the next run', async () => {
    const { changed } = JSON.parse(await host.must(['pgark', 'install', '--yes', '--json'])) as { changed: number };

    expect(changed).toBe(0);
  });
});

/** Every package, as one transaction; nothing is started by it. */
async function installAll(host: Host, pg: string, extensions: readonly BundleExtension[]): Promise<void> {
  await host.must(`mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d`);
  const packages = new Set(extensions.map((each) => each.package));
  await host.must(['apt-get', 'install', '--yes', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-unsafe-io', `postgresql-${pg}`, ...packages], { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600 });
}

/** Creates each on a throwaway server that has exactly its libraries loaded: the names that failed, and how. */
async function createAll(host: Host, pg: string, extensions: readonly BundleExtension[]): Promise<Map<string, string>> {
  const programs = `/usr/lib/postgresql/${pg}/bin`;
  await host.must(`install -d -o postgres /trial
    runuser -u postgres -- ${programs}/initdb --no-sync -D /trial/data -A trust
    cat >>/trial/data/postgresql.conf`, { stdin: settings });
  const failures = new Map<string, string>();
  for (const [libraries, loaded] of Map.groupBy(extensions, (each) => each.preload.join(', '))) {
    const trouble = await restart(host, programs, libraries);
    for (const each of loaded) {
      const failure = trouble ?? (await failureOf(host, each));
      if (failure !== undefined) failures.set(each.name, failure);
    }
  }
  return failures;
}

// pg_cron can be created in its own database only. Logical decoding is what some of them exist for.
const settings = `
listen_addresses = ''
max_connections = 20
max_worker_processes = 40
shared_buffers = 64MB
fsync = off
wal_level = logical
cron.database_name = 'postgres'
`;

/**
 * In good order: after a crash the numbers of files that were taken back are given again, while the files are still there.
 * @returns what the server says when it does not start
 */
async function restart(host: Host, programs: string, libraries: string): Promise<string | undefined> {
  const { code, stdout } = await host.run(
    `[ ! -e /trial/data/postmaster.pid ] || ${programs}/pg_ctl -D /trial/data -w -t 30 stop -m fast >/dev/null || exit 1
    cat >/trial/data/postgresql.auto.conf
    rm -f /trial/log
    ${programs}/pg_ctl -D /trial/data -w -t 30 start -l /trial/log >/dev/null 2>&1 || { grep -E 'FATAL|HINT' /trial/log; exit 1; }`,
    { as: 'postgres', stdin: `shared_preload_libraries = '${libraries}'\n`, timeout: 90 },
  );
  return code === 0 ? undefined : `the server does not start: ${stdout.trim()}`;
}

/** Taken back once it is seen to work, so that the next one finds a database without any. */
async function failureOf(host: Host, { name, requires }: BundleExtension): Promise<string | undefined> {
  const statements = [...requires, name].map((each) => `CREATE EXTENSION IF NOT EXISTS "${each}" CASCADE;`);
  const { code, stderr } = await host.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', 'postgres'], { as: 'postgres', stdin: ['BEGIN;', ...statements, 'SET CONSTRAINTS ALL IMMEDIATE;', 'ROLLBACK;'].join('\n'), timeout: 60 });
  return code === 0 ? undefined : stderr.trim() || `psql ended with ${code}`;
}
