import { describe, expect, test } from 'vitest';
import type { Host } from '../../../installer/inventory/inventory.ts';
import { apply } from '../../../installer/plan/apply.ts';
import type { Outcome } from '../../../installer/plan/outcome.ts';
import { countChanges, look, plan, type Plan } from '../../../installer/plan/plan.ts';
import { planAsJson, printPlan } from '../../../installer/plan/print.ts';
import type { Item, Wanted } from '../../../installer/plan/wanted.ts';
import { kindOf } from '../../../installer/resource/kinds.ts';
import type { Resource } from '../../../installer/resource/resource.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';
import { Secret } from '../../../repo/core/secret.ts';
import { fakeHost, thing, type FakeHost } from './fake-host.ts';

type Stages = readonly (readonly [string, Item['rollout'], readonly Resource[]])[];

const wantedOn = (host: FakeHost, stages: Stages): Wanted => ({
  host: { address: host.host, name: host.host } as Host,
  items: stages.flatMap(([role, rollout, resources], stage) => resources.map((resource) => ({ stage, role, rollout, identity: kindOf(resource).identify(resource), resource }))),
});

async function planOn(hosts: readonly FakeHost[], stages: Stages): Promise<Plan> {
  const wanted = hosts.map((host) => wantedOn(host, stages));
  const answers = await Promise.all(wanted.map((each, index) => look(each, hosts[index]!)));
  return plan(wanted, new Map(wanted.map((each, index) => [each.host.address, answers[index]!])));
}

const applyOn = (decided: Plan, hosts: readonly FakeHost[], signal = new AbortController().signal): Promise<Outcome[]> =>
  apply(decided, { transports: new Map(hosts.map((host) => [host.host, host])), progress: silent, signal });

const words = (outcomes: readonly Outcome[]): string[] => outcomes.map((each) => `${each.host} ${each.identity.replace('condition ', '')} ${each.result}`);

describe('a plan', () => {
  test('asks a host once for everything, and changes nothing', async () => {
    const host = fakeHost('h', ['a']);

    const decided = await planOn([host], [['one', 'together', [thing('a'), thing('b')]]]);

    expect(host.probed).toBe(1);
    expect(host.ran).toEqual([]);
    expect(countChanges(decided)).toBe(1);
  });

  test('shows what it would do, and no secret', async () => {
    const host = fakeHost('h');
    const key: Resource = { kind: 'file', path: '/key', content: new Secret('hunter2') };

    const decided = await planOn([host], [['one', 'together', [key]]]);

    expect(printPlan(decided)).toBe('h (h)\n  one\n    file /key: write, mode 0600, secret\n\n1 change on 1 host');
    expect(JSON.stringify(planAsJson(decided))).not.toContain('hunter2');
    expect(JSON.stringify(planAsJson(decided))).toContain('"stdin":"••••"');
  });
});

describe('applying a plan', () => {
  test('changes what differs, and the next plan is empty', async () => {
    const host = fakeHost('h', ['a']);
    const stages: Stages = [['one', 'together', [thing('a'), thing('b')]]];

    const outcomes = await applyOn(await planOn([host], stages), [host]);

    expect(words(outcomes)).toEqual(['h a unchanged', 'h b changed']);
    expect(host.ran).toEqual(['make b']);
    expect(countChanges(await planOn([host], stages))).toBe(0);
  });

  test('looks again before each change: what an earlier one brought about is left alone', async () => {
    const host = fakeHost('h');

    const outcomes = await applyOn(await planOn([host], [['one', 'together', [thing('a', 'make a', 'make b'), thing('b')]]]), [host]);

    expect(words(outcomes)).toEqual(['h a changed', 'h b unchanged']);
    expect(host.ran).toEqual(['make a', 'make b']);
  });

  test('changes plain things that follow each other in one trip', async () => {
    const host = fakeHost('h');
    const file = (path: string): Resource => ({ kind: 'file', path, content: path });

    const outcomes = await applyOn(await planOn([host], [['one', 'together', [file('/a'), file('/b'), thing('c'), file('/d')]]]), [host]);

    expect(outcomes.map(({ result }) => result)).toEqual(['changed', 'changed', 'changed', 'changed']);
    expect([host.probed, host.trips]).toEqual([1 + 3, 3]);
  });

  test('tells which of them failed, and leaves the rest', async () => {
    const host = fakeHost('h');
    const file = (path: string): Resource => ({ kind: 'file', path, content: '' });
    const decided = await planOn([host], [['one', 'together', [file('/a'), file('/b'), file('/c')]]]);
    let runs = 0;
    const failing = { ...host, run: async (commands: readonly unknown[]) => commands.slice(0, 2).map(() => ({ code: runs++, stdout: '', stderr: 'no room' })) };

    const outcomes = await apply(decided, { transports: new Map([['h', failing]]), progress: silent, signal: new AbortController().signal });

    expect(outcomes).toMatchObject([{ result: 'changed' }, { result: 'failed', stderr: 'no room' }, { result: 'skipped', because: 'file /b failed on h' }]);
  });

  test('stops a host at its first failure, finishes the stage elsewhere, and goes no further anywhere', async () => {
    const [good, bad] = [fakeHost('good'), fakeHost('bad')];
    const first = (host: FakeHost): Stages => [
      ['one', 'together', [host === bad ? thing('a', 'break a') : thing('a'), thing('b')]],
      ['two', 'together', [thing('c')]],
    ];
    const plans = await Promise.all([good, bad].map((host) => planOn([host], first(host))));

    const outcomes = await applyOn({ hosts: plans.flatMap(({ hosts }) => hosts) }, [good, bad]);

    expect(words(outcomes)).toEqual(['good a changed', 'good b changed', 'bad a failed', 'bad b skipped', 'good c skipped', 'bad c skipped']);
    expect(outcomes.find(({ result }) => result === 'failed')).toMatchObject({ stderr: 'no luck' });
    expect(outcomes.at(-1)).toMatchObject({ because: 'condition a failed on bad' });
  });

  test('changes members of a cluster one at a time, and stops at the one that fails', async () => {
    const order: string[] = [];
    const hosts = ['h1', 'h2', 'h3'].map((name) => fakeHost(name, [], (command) => order.push(`${name} ${command}`)));
    const plans = await Promise.all(hosts.map((host) => planOn([host], [['etcd', 'one by one', [host.host === 'h2' ? thing('a', 'break a') : thing('a')]]])));

    const outcomes = await applyOn({ hosts: plans.flatMap((each) => each.hosts) }, hosts);

    expect(order).toEqual(['h1 make a', 'h2 break a']);
    expect(words(outcomes)).toEqual(['h1 a changed', 'h2 a failed', 'h3 a skipped']);
  });

  test('ends after the command that is running when it is interrupted, and a rerun heals', async () => {
    const controller = new AbortController();
    const host = fakeHost('h', [], (command) => command === 'prepare a' && controller.abort());
    const stages: Stages = [['one', 'together', [thing('a', 'prepare a', 'make a'), thing('b')]]];

    const outcomes = await applyOn(await planOn([host], stages), [host], controller.signal);
    const again = await applyOn(await planOn([host], stages), [host]);

    expect(words(outcomes)).toEqual(['h a failed', 'h b skipped']);
    expect(outcomes.map((each) => ('because' in each ? each.because : 'stderr' in each ? each.stderr : ''))).toEqual(['interrupted', 'interrupted']);
    expect(host.ran).toEqual(['prepare a', 'prepare a', 'make a', 'make b']);
    expect(words(again)).toEqual(['h a changed', 'h b changed']);
  });

  test('takes a host that is lost for a failure, not for a crash', async () => {
    const host = fakeHost('h');
    const decided = await planOn([host], [['one', 'together', [thing('a')]]]);
    host.run = async () => {
      throw new Fault('unreachable', 'h: lost while running make', { details: ['broken pipe'] });
    };

    const outcomes = await applyOn(decided, [host]);

    expect(outcomes).toMatchObject([{ result: 'failed', stderr: 'h: lost while running make\nbroken pipe' }]);
  });
});
