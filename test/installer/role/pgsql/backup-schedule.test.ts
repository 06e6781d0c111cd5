import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../../installer/inventory/draft.ts';
import type { Resource } from '../../../../installer/resource/resource.ts';
import { needsCron, schedule } from '../../../../installer/role/pgsql/backup-schedule.ts';
import { Fault } from '../../../../repo/core/fault.ts';
import { deploy, withVars } from '../deployment.ts';

const given = "[ '00 01 * * * /pg/bin/pg-backup full' ]";

async function resources(lines: string, ...vars: string[]): Promise<{ made: Resource[]; isForCron: boolean }> {
  const { host } = await deploy([], { text: withVars(...vars).replace(given, lines) });
  return { made: schedule(host), isForCron: needsCron(host) };
}

const contents = (made: readonly Resource[]): Record<string, string> => Object.fromEntries(made.flatMap((each) => (each.kind === 'file' ? [[each.path, String(each.content)]] : [])));

describe('a line that calls pg-backup', () => {
  test('becomes a timer that makes up for what it missed, on every member', async () => {
    const { made, isForCron } = await resources(given);

    expect(contents(made)['/etc/systemd/system/pgark-backup-full.timer']).toContain('[Timer]\nOnCalendar=*-*-* 01:00:00\nPersistent=true\nRandomizedDelaySec=0\n');
    expect(contents(made)['/etc/systemd/system/pgark-backup-full.service']).toContain('Type=oneshot\nUser=postgres\nExecCondition=/pg/bin/pg-backup --leads\nExecStart=/pg/bin/pg-backup full\nTimeoutStartSec=infinity\n');
    expect(made).toContainEqual({ kind: 'service', unit: 'pgark-backup-full.timer', enabled: true, running: true });
    expect(made).toContainEqual({ kind: 'absent', path: '/etc/cron.d/pgark-pg-meta' });
    expect(isForCron).toBe(false);
  });

  test('shares its timer with those that ask for the same', async () => {
    const { made } = await resources("[ '0 1 * * 1 /pg/bin/pg-backup full', '0 1 * * 4 /pg/bin/pg-backup full', '@daily /pg/bin/pg-backup diff --repo local' ]");

    expect(Object.keys(contents(made)).map((path) => path.split('/').at(-1))).toEqual(['pgark-backup-full.service', 'pgark-backup-full.timer', 'pgark-backup-diff-local.service', 'pgark-backup-diff-local.timer']);
    expect(contents(made)['/etc/systemd/system/pgark-backup-full.timer']).toContain('OnCalendar=Mon *-*-* 01:00:00\nOnCalendar=Thu *-*-* 01:00:00\n');
    expect(contents(made)['/etc/systemd/system/pgark-backup-diff-local.service']).toContain('ExecStart=/pg/bin/pg-backup diff --repo local\n');
  });

  test('starts nothing any more when it is taken out', async () => {
    const { made } = await resources("[ '@daily /pg/bin/pg-backup diff' ]");
    const [sweep] = made.filter((each) => each.kind === 'condition');

    expect(sweep?.check.argv.slice(4)).toEqual(['pgark-backup-diff.timer']);
    expect(sweep?.act[0]?.argv.slice(4)).toEqual(['pgark-backup-diff.timer']);
  });

  test('must name a repository that is used', () => {
    const text = withVars().replace(given, "[ '@daily /pg/bin/pg-backup diff --repo far' ]");
    const line = text.split('\n').findIndex((each) => each.includes('pg_crontab')) + 1;

    const read = () => parseInventory(text, 'pgark.yml');

    expect(read).toThrow(Fault);
    expect(read).toThrow(expect.objectContaining({ details: [`pgark.yml:${line}:23  pg_crontab: pgbackrest_method has no "far", it has local`] }));
  });
});

describe('any other line', () => {
  test('is a matter of cron, as the superuser of the database', async () => {
    const { made, isForCron } = await resources("[ '00 01 * * 1 /pg/bin/pg-backup full', '0 3 * * * vacuumdb -a', '@daily  psql -c \"SELECT 1\"' ]");

    expect(contents(made)['/etc/cron.d/pgark-pg-meta']!.split('\n').slice(1, 3)).toEqual(['0 3 * * * postgres vacuumdb -a', '@daily postgres psql -c "SELECT 1"']);
    expect(isForCron).toBe(true);
  });

  test('is all that there is where nothing is backed up', async () => {
    const { made } = await resources(given, 'pgbackrest_enabled: false');

    expect(contents(made)['/etc/cron.d/pgark-pg-meta']!.split('\n')[1]).toBe('00 01 * * * postgres /pg/bin/pg-backup full');
    expect(made.filter((each) => each.kind === 'service')).toEqual([]);
  });
});
