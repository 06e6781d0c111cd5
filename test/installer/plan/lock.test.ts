import { describe, expect, test } from 'vitest';
import { isGone, locked, ourselves, type Holder } from '../../../installer/plan/lock.ts';
import type { Command, Completed, Transport } from '../../../installer/transport/command.ts';
import { Fault } from '../../../repo/core/fault.ts';

const here: Holder = { by: 'alice@admin', pid: 10, began: '5', machine: 'm1', boot: 'b1', since: '2026-01-01T00:00:00Z' };
const bob: Holder = { by: 'bob@admin-2', pid: 77, began: '6', machine: 'm2', boot: 'b2', since: '2026-11-22T08:00:00Z' };

describe('a lock', () => {
  test.each([
    ['of a process that is gone', {}, undefined, true],
    ['of a process that lives', {}, '5', false],
    ['of a process whose number another one has by now', {}, '900', true],
    ['from before the last boot of this machine', { boot: 'b0' }, '5', true],
    ['of another machine', { machine: 'm2', boot: 'b2' }, undefined, false],
    ['that does not say from which machine it is', { machine: undefined }, undefined, false],
  ])('%s', (_what, difference, began, gone) => {
    expect(isGone({ ...here, pid: 11, ...difference } as Holder, here, () => began)).toBe(gone);
  });

  test('is held by us as long as we live', () => {
    const us = ourselves(new Date());

    expect(us.began).toMatch(/^\d+$/);
    expect(isGone(us, { ...us, pid: 1, began: 'other' })).toBe(false);
    expect(isGone({ ...us, began: '1' }, us)).toBe(true);
  });
});

/** A host with a place for one lock, as `set -C` makes it. */
function lockable(host: string, held?: Holder) {
  const fine = { code: 0, stdout: '', stderr: '' };
  let content = held && JSON.stringify(held);
  const one = ({ argv, stdin }: Command): Completed => {
    const isTaking = argv.join(' ').includes('set -C');
    if (isTaking && content !== undefined) return { ...fine, code: 1, stdout: content };
    if (isTaking) content = String(stdin);
    else if (content === String(stdin)) content = undefined;
    return fine;
  };
  const transport: Transport = { host, probe: async () => [], run: async (commands) => commands.map(one) };
  return { transport, holder: () => content };
}

describe('the lock of several hosts', () => {
  test('is held on every one of them while something is done, and on none after it', async () => {
    const hosts = [lockable('a'), lockable('b'), lockable('c')];

    const during = await locked(hosts.map(({ transport }) => transport), here, async () => hosts.map(({ holder }) => holder()));

    expect(during).toEqual([1, 2, 3].map(() => JSON.stringify(here)));
    expect(hosts.map(({ holder }) => holder())).toEqual([undefined, undefined, undefined]);
  });

  test('is not had where somebody else holds one of them: it says who, where and since when, and leaves the others as they were', async () => {
    const hosts = [lockable('a'), lockable('b', bob), lockable('c')];
    let acted = false;

    const run = locked(hosts.map(({ transport }) => transport), here, async () => (acted = true));

    await expect(run).rejects.toMatchObject({ code: 'apply', message: 'b: bob@admin-2 is changing this host since 2026-11-22T08:00:00Z (process 77)' });
    expect(acted).toBe(false);
    expect(hosts.map(({ holder }) => holder())).toEqual([undefined, JSON.stringify(bob), undefined]);
  });

  test('of two who come at once, from two machines, is had by one at most', async () => {
    const hosts = [lockable('a'), lockable('b')];
    const transports = hosts.map(({ transport }) => transport);
    let inside = 0;
    const act = async (): Promise<number> => {
      const among = ++inside;
      await new Promise(setImmediate);
      inside--;
      return among;
    };

    const runs = await Promise.allSettled([locked(transports, here, act), locked(transports, bob, act), locked(transports.toReversed(), { ...bob, pid: 78 }, act)]);

    expect(runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])).every((among) => among === 1)).toBe(true);
    expect(runs.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect(hosts.map(({ holder }) => holder())).toEqual([undefined, undefined]);
  });

  test('is given back where a host cannot be reached', async () => {
    const first = lockable('a');
    const lost: Transport = { host: 'b', probe: async () => [], run: () => Promise.reject(new Fault('unreachable', 'b: no root shell')) };

    await expect(locked([first.transport, lost], here, async () => true)).rejects.toMatchObject({ code: 'unreachable' });
    expect(first.holder()).toBeUndefined();
  });
});
