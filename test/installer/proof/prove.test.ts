import { describe, expect, test } from 'vitest';
import type { BackupInfo } from '../../../installer/backup/info.ts';
import type { Acting } from '../../../installer/cluster/clock.ts';
import type { Seat } from '../../../installer/cluster/cluster.ts';
import { outcome } from '../../../installer/command/backup-check.ts';
import type { Choice } from '../../../installer/proof/choose.ts';
import { prove, unitOf, type Manner } from '../../../installer/proof/prove.ts';
import { readProofs, type ProofResult } from '../../../installer/proof/result.ts';
import { readStand, standOf, type Stand } from '../../../installer/proof/stand.ts';
import type { Completed, Transport } from '../../../installer/transport/command.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';

const manner: Manner = { full: false, latest: false, keep: false, patience: 600 };

const result: ProofResult = {
  cluster: 'pg-test', instance: 'pg-test-2', repository: 'local', label: '20261122-172248F', verdict: 'proven', stage: 'done', started: '2026-11-22T21:00:00Z', finished: '2026-11-22T21:00:18Z', duration: 18,
  reached: '0/6000100', checksums: 'passed', amcheck: 'passed', databases: [{ name: 'app', tables: 3, size: 1 }, { name: 'postgres', tables: 0, size: 1 }],
};

/** A host that answers by what it is asked. */
const host = (answer: (words: string) => Partial<Completed>): Transport => ({
  host: 'h',
  probe: async (commands) => commands.map(({ argv }) => ({ code: 0, stdout: '', stderr: '', ...answer(argv.join(' ')) })),
  run: async () => [],
});

const choiceOn = (transport: Transport): Choice => ({ stand: { seat: { member: 'pg-test-2', address: '10.0.0.2', dbsu: 'postgres', transport } as Seat } as Stand, repository: 'local', backup: { label: '20261122-172248F' } as BackupInfo, needed: 0 });

function acting(signal: AbortSignal = new AbortController().signal): Acting {
  let now = 0;
  return { progress: silent, signal, clock: { now: () => now, sleep: async (milliseconds) => void (now += milliseconds) } };
}

describe('a proof on a host', () => {
  test('is a unit of systemd whose name says what is wanted', () => {
    const choice = choiceOn(host(() => ({})));

    expect(unitOf(choice, manner)).toBe('pgark-backup-check@local:20261122-172248F:none:600.service');
    expect(unitOf({ ...choice, backup: undefined } as unknown as Choice, { full: true, latest: true, keep: true, patience: 60 })).toBe('pgark-backup-check@local:latest:full.latest.keep:60.service');
  });

  test('is waited for, also while it has not begun, and its result is read', async () => {
    const states = ['Job=17\nActiveState=inactive\n', 'ActiveState=activating\nrestores it\n', 'ActiveState=inactive\n'];
    const told: string[] = [];
    let looks = 0;
    const transport = host((words) => {
      if (words.includes('/var/lib/pgark/proof 2>')) return { stdout: looks === states.length ? `local.json ${JSON.stringify(result)}\n` : '' };
      return words.includes('show -p Job') ? { stdout: states[looks++]! } : {};
    });

    const after = await prove(choiceOn(transport), manner, { ...acting(), progress: { ...silent, step: (_title, act) => act({ ...silent, say: (text) => told.push(text) }) } });

    expect(after).toEqual(result);
    expect(told).toEqual(['', 'restores it']);
  });

  test('goes on while its host cannot be reached', async () => {
    let looks = 0;
    const transport = host((words) => {
      if (words.includes('/var/lib/pgark/proof 2>')) return { stdout: looks > 0 ? `local.json ${JSON.stringify(result)}\n` : '' };
      if (!words.includes('show -p Job')) return {};
      if (looks++ < 3) throw new Fault('unreachable', 'h: no root shell');
      return { stdout: 'ActiveState=failed\n' };
    });

    expect(await prove(choiceOn(transport), manner, acting())).toEqual(result);
  });

  test('that ends without a result is told of with what systemd knows', async () => {
    const old = `local.json ${JSON.stringify(result)}\n`;
    const transport = host((words) => (words.includes('/var/lib/pgark/proof 2>') ? { stdout: old } : words.includes('journalctl') ? { stdout: 'another proof is under way on this host\n' } : { stdout: 'ActiveState=failed\n' }));

    await expect(prove(choiceOn(transport), manner, acting())).rejects.toMatchObject({ code: 'apply', details: ['another proof is under way on this host'] });
  });

  test('is stopped there by an interruption here', async () => {
    const interrupted = new AbortController();
    const asked: string[] = [];
    const transport = host((words) => {
      asked.push(words);
      if (words.includes('show -p Job')) interrupted.abort();
      return words.includes('show -p Job') ? { stdout: 'ActiveState=activating\n' } : {};
    });

    await expect(prove(choiceOn(transport), manner, acting(interrupted.signal))).rejects.toMatchObject({ message: 'interrupted: the proof was stopped, and its scratch instance is gone' });
    expect(asked.at(-1)).toContain('systemctl stop');
  });
});

describe('what a host tells of itself', () => {
  test('is read line by line', () => {
    expect(readStand({ stdout: 'free 1000\nspare 10\nstandby t\nbusy\nrepository 1 local here\nrepository 2 far shared\n' })).toEqual({
      free: 1000, spare: 10, isStandby: true, isBusy: true, repositories: [{ number: 1, name: 'local', isLocal: true }, { number: 2, name: 'far', isLocal: false }],
    });
  });

  test('leaves open whether it leads where its server does not answer', () => {
    expect(readStand({ stdout: 'free 1\nspare 1\nstandby \n' })).toEqual({ free: 1, spare: 1, isBusy: false, repositories: [] });
  });

  test('of an older run names the command that brings what is missing', async () => {
    const transport = host((words) => (words.includes('describe') ? { code: 127, stderr: 'not found' } : { stdout: '[]' }));

    await expect(standOf({ member: 'pg-test-1', dbsu: 'postgres', transport } as Seat, 'pg-test')).rejects.toMatchObject({ code: 'apply', hint: expect.stringContaining('pgark apply') as string });
  });
});

describe('the results of a host', () => {
  test('are the last one of each repository, the last good one and the last bad one', () => {
    const failed = { ...result, verdict: 'failed' };
    const stdout = [`far.json ${JSON.stringify(result)}`, `local.failed.json ${JSON.stringify(failed)}`, `local.json ${JSON.stringify(failed)}`, `local.proven.json ${JSON.stringify(result)}`, ''].join('\n');

    expect(readProofs({ stdout })).toEqual([{ repository: 'far', last: result }, { repository: 'local', last: failed, proven: result, failed }]);
  });

  test('leave out one that a power failure has cut off', () => {
    expect(readProofs({ stdout: 'local.json {"cluster": "pg-t\n' })).toEqual([]);
  });
});

describe('what a reader is told', () => {
  test('of a backup that was proven', () => {
    expect(outcome(result)).toBe('backup 20261122-172248F of pg-test in repository local is proven, in 18 s on pg-test-2: recovered to 0/6000100, 2 databases with 3 tables, pg_amcheck found nothing, the checksums of all pages are right');
  });

  test('of one that is bad: which, where, why, and what to do', () => {
    expect(outcome({ ...result, verdict: 'failed', reason: 'it cannot be restored', details: 'actual checksum 1\n  expected 2', hint: 'make a new one', notes: ' library x cannot be loaded on this host;' })).toBe(`backup 20261122-172248F of pg-test in repository local is BAD: it cannot be restored
  actual checksum 1
  expected 2
note: library x cannot be loaded on this host
next: make a new one`);
  });

  test('of one that nobody knows about', () => {
    expect(outcome({ ...result, verdict: 'untried', reason: 'it was not done within 60 s' })).toBe('backup 20261122-172248F of pg-test in repository local was not proven: it was not done within 60 s');
  });
});
