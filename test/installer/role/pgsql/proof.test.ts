import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { FileResource, Resource } from '../../../../installer/resource/resource.ts';
import { backup } from '../../../../installer/role/pgsql/backup.ts';
import { proof } from '../../../../installer/role/pgsql/proof.ts';
import { calendarOf, intervalOf } from '../../../../installer/role/pgsql/proof-schedule.ts';
import { deploy, withReplica, withVars } from '../deployment.ts';

const shared = "pgbackrest_repo: { local: { path: /pg/backup }, far: { type: s3, s3_bucket: pgsql, s3_endpoint: s3.internal, s3_region: r, s3_key: k, s3_key_secret: '${secret.s3}' } }";

/** A primary, a replica, and another repository for both. */
const both = withReplica.replace('        pg_crontab:', `        pgbackrest_method: [ local, far ]\n        ${shared}\n        pg_crontab:`);

async function onEach(text?: string): Promise<Resource[][]> {
  const { inventory } = await deploy([backup, proof], text === undefined ? {} : { text });
  return inventory.hosts.filter((host) => proof.plays(host, inventory)).map((host) => proof.resources(host, inventory));
}

const contentOf = (resources: readonly Resource[], path: string): string => String(resources.find((each): each is FileResource => each.kind === 'file' && each.path === path)?.content);

const program = '/usr/local/lib/pgark/backup-check';
const timer = '/etc/systemd/system/pgark-backup-check.timer';

describe('the program that proves a backup', () => {
  test('can be read by every shell that calls itself sh', async () => {
    const [resources] = await onEach();

    for (const shell of ['dash', 'bash']) {
      const { status, stderr } = spawnSync(shell, ['-n'], { input: contentOf(resources!, program), encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
  });

  test('knows where it runs', async () => {
    const [resources] = await onEach();

    expect(contentOf(resources!, program)).toContain(`stanza=pg-meta
instance=pg-meta-1
binaries=/usr/pgsql/bin
folder=/pg/proof
socket=/var/run/postgresql
port=5432
interval=604800
repositories='1 local here due'
state=/var/lib/pgark/proof
`);
  });

  test('puts the scratch instance beside the data, wherever these are', async () => {
    const [resources] = await onEach(withVars('pg_data: /disk/data'));

    expect(resources).toContainEqual({ kind: 'directory', path: '/disk/proof', owner: 'postgres', group: 'postgres', mode: '0700' });
    expect(contentOf(resources!, program)).toContain('folder=/disk/proof\n');
  });

  test('is for the repository of its own host everywhere, and for one that all see on a single host', async () => {
    const [primary, replica] = await onEach(both);

    expect(contentOf(primary!, program)).toContain("repositories='1 local here due\n2 far shared -'");
    expect(contentOf(replica!, program)).toContain("repositories='1 local here due\n2 far shared due'");
  });

  test('yields to everything else, and takes its server with it when it ends', async () => {
    const [resources] = await onEach();
    const unit = contentOf(resources!, '/etc/systemd/system/pgark-backup-check@.service');

    expect(unit.split('\n')).toEqual(expect.arrayContaining(['User=postgres', `ExecStart=${program} %i`, 'KillMode=mixed', 'Nice=19', 'IOSchedulingClass=idle']));
  });
});

describe('a proof', () => {
  test('can write nothing but its own folders: WAL names the folders of tablespaces that are in use', async () => {
    const [resources] = await onEach();
    const units = ['pgark-backup-check@.service', 'pgark-backup-check.service'].map((name) => contentOf(resources!, `/etc/systemd/system/${name}`).split('\n'));

    for (const unit of units) expect(unit).toEqual(expect.arrayContaining(['ProtectSystem=strict', 'ReadWritePaths=/pg/proof /var/lib/pgark/proof', 'PrivateTmp=yes']));
    expect(contentOf(resources!, program)).toContain('--spool-path="$scratch/spool"');
  });
});

describe('the schedule of proofs', () => {
  test('is a timer, and its result is among the metrics of the host', async () => {
    const [resources] = await onEach(withVars("pgbackrest_check: 'Sun 03:00'"));

    expect(contentOf(resources!, timer)).toContain('OnCalendar=Sun *-*-* 03:00:00');
    expect(resources).toContainEqual({ kind: 'link', path: '/var/lib/prometheus/node-exporter/backup-proof.prom', to: '/var/lib/pgark/proof/metrics.prom' });
  });

  test('is taken away by off, and the program stays', async () => {
    const [resources] = await onEach(withVars('pgbackrest_check: off'));

    expect(contentOf(resources!, program)).toContain('interval=0\n');
    expect(resources).toContainEqual({ kind: 'service', unit: 'pgark-backup-check.timer', enabled: false, running: false });
    expect(resources).toContainEqual({ kind: 'absent', path: '/var/lib/prometheus/node-exporter/backup-proof.prom' });
  });

  test('belongs to nobody where nothing is backed up', async () => {
    expect(await onEach(withVars('pgbackrest_enabled: false'))).toEqual([]);
  });

  test.each([
    ['off', undefined, 0],
    ['daily', '*-*-* 03:30:00', 86_400],
    ['weekly', 'Sat *-*-* 03:30:00', 604_800],
    ['Wed 23:15', 'Wed *-*-* 23:15:00', 604_800],
    ['monthly 04:00', '*-*-01 04:00:00', 2_678_400],
  ])('%s', (schedule, calendar, interval) => {
    expect([calendarOf(schedule), intervalOf(schedule)]).toEqual([calendar, interval]);
  });

  test('is refused where nobody could say how often that is', async () => {
    await expect(onEach(withVars('pgbackrest_check: sometimes'))).rejects.toMatchObject({ code: 'invalid' });
  });
});
