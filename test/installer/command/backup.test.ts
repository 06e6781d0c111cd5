import { describe, expect, test } from 'vitest';
import { takeAway } from '../../../installer/command/backup-expire.ts';
import { tell } from '../../../installer/command/backup-list.ts';
import { backUp, now } from '../../../installer/command/backup-now.ts';
import { bytes } from '../../../installer/command/backup-page.ts';
import type { Invocation } from '../../../repo/console/command.ts';
import { silent } from '../../../repo/core/progress.ts';
import { fakeBackups, far, local, told } from '../backup/fake-backups.ts';

/** A command line without a terminal. */
function typed(options: Readonly<Record<string, string | true>> = {}, args: readonly string[] = []) {
  const warnings: string[] = [];
  const printed: string[] = [];
  const invocation: Invocation = {
    args,
    value: (option) => (typeof options[option] === 'string' ? options[option] : undefined),
    values: (option) => (typeof options[option] === 'string' ? [options[option]] : []),
    has: (option) => option in options,
    progress: { ...silent, warn: (text) => warnings.push(text) },
    print: (text) => printed.push(text),
    interactive: false,
    signal: new AbortController().signal,
  };
  return { invocation, warnings, printed };
}

const incr = { type: 'incr', annotations: [] } as const;

describe('pgark backup now', () => {
  test('is done on the member that leads, and tells what was made in each repository', async () => {
    const { backedUp, asked, fake } = fakeBackups([local, far]);
    fake.members[0]!.backups = [told('20261121-010000F'), told('20261121-010000F', 2)];
    fake.next = [told('20261121-010000F_20261122-010000I'), told('20261121-010000F_20261122-010001I', 2)];
    const { invocation, warnings } = typed();

    const result = await backUp(backedUp, { type: 'incr', annotations: ['why=a change'] }, 10, invocation);

    expect(asked[0]).toEqual({ member: 'pg-test-1', argv: 'pgark-backup-now.service postgres incr --annotation why=a change' });
    expect(result).toMatchObject({ cluster: 'pg-test', member: 'pg-test-1', backups: [{ repository: 'local', label: '20261121-010000F_20261122-010000I' }, { repository: 'far', label: '20261121-010000F_20261122-010001I' }] });
    expect(warnings).toEqual([]);
  });

  test('says when it became a full one, since there was none before', async () => {
    const { backedUp, fake } = fakeBackups([local]);
    fake.next = [told('20261122-010000F')];
    const { invocation, warnings } = typed();

    await backUp(backedUp, incr, 10, invocation);

    expect(warnings).toEqual(['local had nothing that a backup of type incr could stand on: it is one of type full']);
  });

  test('tells why it failed', async () => {
    const { backedUp, fake } = fakeBackups([local]);
    fake.outcome = 'ActiveState=failed\nSubState=failed\nResult=exit-code\nLoadState=loaded\n2026-11-22 21:41:55.729 P00   INFO: backup command begin 2.45: --all=options\nERROR: [082]: WAL segment was not archived\n';

    await expect(backUp(backedUp, incr, 10, typed().invocation)).rejects.toMatchObject({ code: 'apply', message: 'pg-test-1: the backup failed', details: ['ERROR: [082]: WAL segment was not archived'] });
  });

  test('says nothing of the kind for one that the schedule has made meanwhile', async () => {
    const { backedUp, fake } = fakeBackups([local]);
    fake.next = [told('20261122-010000F'), told('20261122-010000F_20261122-010001I')];
    const { invocation, warnings } = typed();

    await backUp(backedUp, incr, 10, invocation);

    expect(warnings).toEqual([]);
  });

  test('that somebody stops waiting for goes on', async () => {
    const { backedUp, fake } = fakeBackups([local]);
    fake.outcome = 'ActiveState=activating\nSubState=start\nResult=success\nLoadState=loaded\n2026-11-22 21:41:55.729 P01 DETAIL: backup file /pg/data/base\n';
    const { invocation } = typed();

    await expect(backUp(backedUp, incr, 10, { ...invocation, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'apply', message: 'interrupted', hint: 'the backup goes on by itself: journalctl -fu pgark-backup-now.service on 10.0.0.1' });
  });

  test('does not start a second one', async () => {
    const { backedUp, fake } = fakeBackups([local]);
    fake.start = { code: 75, stderr: '' };

    await expect(backUp(backedUp, incr, 10, typed().invocation)).rejects.toMatchObject({ code: 'apply', message: 'pg-test-1: a backup that was started by hand runs already' });
  });

  test('needs a leader', async () => {
    const { backedUp, asked, members } = fakeBackups([local]);
    members[0]!.lost = true;

    await expect(backUp(backedUp, incr, 10, typed().invocation)).rejects.toMatchObject({ code: 'apply', message: 'pg-test: no member takes writes, and only such a one is backed up', details: ['pg-test-1: 10.0.0.1: no root shell'] });
    expect(asked).toEqual([]);
  });

  test.each([[{ type: 'total' }, '--type: "total" is none of full, diff, incr'], [{ annotation: 'why' }, '--annotation: "why" is no KEY=VALUE'], [{ patience: 'long' }, '--patience: "long" is no number of seconds']])('refuses %j before any host is spoken to', async (options, message) => {
    await expect(now.run(typed(options, ['pg-test']).invocation)).rejects.toMatchObject({ code: 'usage', message });
  });
});

describe('pgark backup list', () => {
  test('shows each repository where it lies', async () => {
    const { backedUp, members } = fakeBackups([local, far]);
    members[0]!.backups = [told('20261121-010000F'), told('20261121-010000F_20261122-010000I', 1, { error: true }), told('20261121-020000F', 2, { annotation: { why: 'a change' } })];
    members[1]!.backups = [told('20261101-010000F')];
    members[0]!.timers = 'timer.Id=pgark-backup-full.timer\ntimer.ActiveState=active\ntimer.NextElapseUSecRealtime=Mon 2026-11-23 01:00:00 UTC\ntimer.LastTriggerUSec=Sun 2026-11-22 01:00:00 UTC\nservice.ActiveState=failed\nservice.Result=exit-code\n\n';
    const { invocation, printed } = typed();

    const result = await tell([backedUp], invocation);

    expect(printed.join('\n')).toMatchSnapshot();
    expect(result).not.toHaveProperty('exitCode');
  });

  test('says that the new leader has no full backup of its own', async () => {
    const { backedUp, members } = fakeBackups([local]);
    members[0]!.leads = false;
    members[0]!.backups = [told('20261121-010000F')];
    members[1]!.leads = true;
    const { invocation, printed } = typed();

    await tell([backedUp], invocation);

    expect(printed[0]).toContain('  the repository of the leader has no full backup (local on pg-test-2): pgark backup now pg-test makes one\n');
    expect(printed[0]).toContain('  repository local (1) on pg-test-1, not in use while another leads: well\n');
    expect(printed[0]).toContain('  no schedule: pg_crontab has no line that calls /pg/bin/pg-backup\n');
  });

  test('ends with 7 when a member does not tell', async () => {
    const { backedUp, members } = fakeBackups([local]);
    members[0]!.backups = [told('20261121-010000F')];
    members[2]!.lost = true;
    const { invocation, printed } = typed();

    expect(await tell([backedUp], invocation)).toMatchObject({ exitCode: 7 });
    expect(printed[0]).toContain('  pg-test-3 does not tell: 10.0.0.3: no root shell\n');
  });

  test('says since when WAL is not archived', async () => {
    const { backedUp, members } = fakeBackups([local]);
    members[0]!.failed = '00000001000000000000000A 1795368200';
    const { invocation, printed } = typed();

    await tell([backedUp], invocation);

    expect(printed[0]).toContain('  WAL is not archived: 00000001000000000000000A failed at 2026-11-22 17:23:20 UTC\n');
  });

  test('says which WAL is missing in a repository whose member did not lead for a while', async () => {
    const { backedUp, members } = fakeBackups([local]);
    members[0]!.backups = [told('20261121-010000F')];
    members[0]!.segments = ['000000010000000000000006', '000000020000000000000009'].map((name) => `${name.slice(0, 16)}/${name}-${'a'.repeat(40)}.zst\n`).join('');
    const { invocation, printed } = typed();

    await tell([backedUp], invocation);

    expect(printed[0]).toContain('    missing WAL 000000010000000000000007 to 000000020000000000000008: recovery from an earlier backup ends there\n');
    expect(printed[0]).toContain('  nothing after the missing WAL 000000020000000000000008 can be recovered from local on pg-test-1 until there is a backup: pgark backup now pg-test\n');

    members[0]!.backups.push(told('20261122-010000F', 1, { archive: { start: '000000020000000000000009', stop: '000000020000000000000009' } }));
    await tell([backedUp], invocation);

    expect(printed[1]).toContain('missing WAL');
    expect(printed[1]).not.toContain('nothing after the missing WAL');
  });

  test('marks a backup whose WAL is gone', async () => {
    const { backedUp, members } = fakeBackups([local]);
    members[0]!.backups = [told('20261121-010000F')];
    members[0]!.archive = { min: '000000010000000000000007', max: '000000010000000000000009' };
    const { invocation, printed } = typed();

    await tell([backedUp], invocation);

    expect(printed[0]).toContain('its WAL is not in the archive');
  });
});

describe('pgark backup expire', () => {
  const three = () => {
    const all = fakeBackups([local, far]);
    all.members[0]!.backups = [told('20261101-010000F'), told('20261101-010000F_20261102-010000I'), told('20261108-010000F'), told('20261108-020000F', 2)];
    all.members[1]!.backups = [told('20261001-010000F')];
    return all;
  };

  test('without a name does what the retention says, in each repository by way of whom it lies with', async () => {
    const { backedUp, asked, fake } = three();
    fake.expired = 'P00   INFO: repo1: expire full backup set 20261101-010000F, 20261101-010000F_20261102-010000I\nP00   INFO: repo1: remove expired backup 20261101-010000F\nP00   INFO: [DRY-RUN] repo1: 15-1 remove archive, start = 1, stop = 2\nP00   INFO: expire command end: completed successfully\n';

    const result = await takeAway(backedUp, typed({ 'dry-run': true }).invocation);

    expect(asked).toEqual([
      { member: 'pg-test-1', argv: 'pgbackrest --stanza=pg-test --repo=1 --log-level-console=info --dry-run expire' },
      { member: 'pg-test-2', argv: 'pgbackrest --stanza=pg-test --repo=1 --log-level-console=info --dry-run expire' },
      { member: 'pg-test-3', argv: 'pgbackrest --stanza=pg-test --repo=1 --log-level-console=info --dry-run expire' },
      { member: 'pg-test-1', argv: 'pgbackrest --stanza=pg-test --repo=2 --log-level-console=info --dry-run expire' },
    ]);
    expect(result).toMatchObject({ dryRun: true, removed: [] });
    expect((result as { going: string[] }).going.slice(0, 2)).toEqual(['local on pg-test-1: expire full backup set 20261101-010000F, 20261101-010000F_20261102-010000I', 'local on pg-test-1: 15-1 remove archive, start = 1, stop = 2']);
  });

  test('removes nothing without consent', async () => {
    const { backedUp, asked, fake } = three();
    fake.expired = 'P00   INFO: repo1: expire full backup 20261101-010000F\n';

    await expect(takeAway(backedUp, typed().invocation)).rejects.toMatchObject({ code: 'usage' });
    await expect(takeAway(backedUp, typed({ set: '20261101-010000F', yes: true }).invocation)).rejects.toMatchObject({ code: 'usage', hint: '--confirm 20261101-010000F' });
    expect(asked.filter(({ argv }) => !argv.includes('--dry-run'))).toEqual([]);
  });

  test('with a name says what goes with it, and removes it where it lies', async () => {
    const { backedUp, asked, fake } = three();
    fake.expired = 'P00   INFO: repo1: expire adhoc backup set 20261101-010000F, 20261101-010000F_20261102-010000I\n';
    const { invocation, printed } = typed({ set: '20261101-010000F', 'dry-run': true });

    const result = await takeAway(backedUp, invocation);

    expect(printed).toEqual(['20261101-010000F goes from local on pg-test-1, and with it 20261101-010000F_20261102-010000I']);
    expect(asked).toEqual([{ member: 'pg-test-1', argv: 'pgbackrest --stanza=pg-test --repo=1 --log-level-console=info --set=20261101-010000F --dry-run expire' }]);
    expect(result).toMatchObject({ dryRun: true });
  });

  test.each([['20261001-010000F', 'local on pg-test-2'], ['20261108-020000F', 'far']])('refuses the last full backup %s', async (label, place) => {
    const { backedUp, asked } = three();

    await expect(takeAway(backedUp, typed({ set: label, confirm: label }).invocation)).rejects.toMatchObject({ code: 'usage', message: `${label} is the last full backup in ${place}: without it nothing can be recovered from there` });
    expect(asked).toEqual([]);
  });

  test('refuses a name that there is no backup of', async () => {
    await expect(takeAway(three().backedUp, typed({ set: 'nothing' }).invocation)).rejects.toMatchObject({ code: 'usage', message: 'pg-test has no backup "nothing"' });
  });
});

test.each([[0, '0 B'], [1023, '1023 B'], [4_172_736, '4.0 MB'], [5 * 1024 ** 4, '5.0 TB']])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});
