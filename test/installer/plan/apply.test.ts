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

type Stages = readonly (readonly [string, Item['rollout'], readonly Resource[], Pick<Item, 'needs' | 'circle'>?])[];

const wantedOn = (host: FakeHost, stages: Stages): Wanted => ({
  host: { address: host.host, name: host.host } as Host,
  items: stages.flatMap(([role, rollout, resources, more], stage) => resources.map((resource) => ({ stage, role, rollout, ...more, identity: kindOf(resource).identify(resource), resource }))),
});

async function planOn(hosts: readonly FakeHost[], stages: Stages): Promise<Plan> {
  const wanted = hosts.map((host) => wantedOn(host, stages));
  const answers = await Promise.all(wanted.map((each, index) => look(each, hosts[index]!)));
  return plan(wanted, new Map(wanted.map((each, index) => [each.host.address, answers[index]!])));
}

const applyOn = (decided: Plan, hosts: readonly FakeHost[], signal = new AbortController().signal): Promise<Outcome[]> =>
  apply(decided, { transports: new Map(hosts.map((host) => [host.host, host])), progress: silent, signal });

/** Hosts that have each their own stages. */
async function planEach(hosts: readonly FakeHost[], stages: (host: FakeHost) => Stages, lost: Plan['lost'] = []): Promise<Plan> {
  const plans = await Promise.all(hosts.map((host) => planOn([host], stages(host))));
  return { hosts: plans.flatMap((each) => each.hosts), lost };
}

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

  test('stops a host at its first failure, and goes on elsewhere', async () => {
    const [good, bad] = [fakeHost('good'), fakeHost('bad')];
    const first = (host: FakeHost): Stages => [
      ['one', 'together', [host === bad ? thing('a', 'break a') : thing('a'), thing('b')]],
      ['two', 'together', [thing('c')]],
    ];

    const outcomes = await applyOn(await planEach([good, bad], first), [good, bad]);

    expect(words(outcomes)).toEqual(['good a changed', 'good b changed', 'bad a failed', 'bad b skipped', 'good c changed', 'bad c skipped']);
    expect(outcomes.find(({ result }) => result === 'failed')).toMatchObject({ stderr: 'no luck' });
    expect(outcomes.at(-1)).toMatchObject({ because: 'condition a failed on bad' });
  });

  test('changes members of a cluster one at a time, and stops at the one that fails', async () => {
    const order: string[] = [];
    const hosts = ['h1', 'h2', 'h3'].map((name) => fakeHost(name, [], (command) => order.push(`${name} ${command}`)));
    const plans = await Promise.all(hosts.map((host) => planOn([host], [['etcd', 'one by one', [host.host === 'h2' ? thing('a', 'break a') : thing('a')]]])));

    const outcomes = await applyOn({ hosts: plans.flatMap((each) => each.hosts), lost: [] }, hosts);

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

  test('takes a host that is lost for what it is, not for a crash', async () => {
    const host = fakeHost('h');
    const decided = await planOn([host], [['one', 'together', [thing('a')]]]);
    host.run = async () => {
      throw new Fault('unreachable', 'h: lost while running make', { details: ['broken pipe'] });
    };

    const outcomes = await applyOn(decided, [host]);

    expect(outcomes).toMatchObject([{ result: 'lost', stderr: 'h: lost while running make\nbroken pipe' }]);
  });
});

describe('what stands on another host', () => {
  const gone = (name: string): Plan['lost'][number] => ({ address: name, name, because: new Fault('unreachable', `${name}: no root shell`) });
  const needs = (role: string, hosts: string[], count?: number): Pick<Item, 'needs'> => ({ needs: [{ what: `the ${role} of it`, role, hosts, ...(count !== undefined && { count }) }] });
  const reasons = (outcomes: readonly Outcome[]): string[] => outcomes.flatMap((each) => (each.result === 'skipped' ? [`${each.host}: ${each.because}`] : []));

  test('is not tried where that failed, nor what follows there; others go on', async () => {
    const hosts = ['lead', 'member', 'other'].map((name) => fakeHost(name));
    const stages = ({ host }: FakeHost): Stages => [
      ['base', 'together', [host === 'lead' ? thing('a', 'break a') : thing('a')]],
      ['server', 'together', [thing('b')], host === 'member' ? needs('base', ['lead']) : {}],
      ['rest', 'together', [thing('c')]],
    ];

    const outcomes = await applyOn(await planEach(hosts, stages), hosts);

    expect(words(outcomes)).toEqual(['lead a failed', 'member a changed', 'other a changed', 'lead b skipped', 'member b skipped', 'other b changed', 'lead c skipped', 'member c skipped', 'other c changed']);
    expect(reasons(outcomes).filter((each) => each.startsWith('member'))).toEqual(Array(2).fill('member: not without the base of it: condition a failed on lead'));
  });

  test('is done where that stood before its host failed at something else', async () => {
    const hosts = [fakeHost('lead', ['a']), fakeHost('member')];
    const stages = ({ host }: FakeHost): Stages => [
      ['base', 'together', [thing('a')]],
      ['more', 'together', host === 'lead' ? [thing('x', 'break x')] : []],
      ['server', 'together', [thing('b')], host === 'member' ? needs('base', ['lead']) : {}],
    ];

    const outcomes = await applyOn(await planEach(hosts, stages), hosts);

    expect(words(outcomes)).toEqual(['lead a unchanged', 'member a changed', 'lead x failed', 'lead b skipped', 'member b changed']);
  });

  test('is not tried where that host was lost on the way, whatever stood there', async () => {
    const hosts = [fakeHost('lead', ['a']), fakeHost('member')];
    hosts[0]!.run = () => Promise.reject(new Fault('unreachable', 'lead: lost while running make'));
    const stages = ({ host }: FakeHost): Stages => [
      ['base', 'together', [thing('a')]],
      ['more', 'together', host === 'lead' ? [thing('x')] : []],
      ['server', 'together', host === 'member' ? [thing('b')] : [], needs('base', ['lead'])],
    ];

    const outcomes = await applyOn(await planEach(hosts, stages), hosts);

    expect(words(outcomes)).toEqual(['lead a unchanged', 'member a changed', 'lead x lost', 'member b skipped']);
    expect(reasons(outcomes)).toEqual(['member: not without the base of it: lead was lost at condition x']);
  });

  test.each([
    [['etcd-3'], ['h b changed']],
    [['etcd-2', 'etcd-3'], ['h b skipped']],
  ])('needs a majority, and no more: without %j', async (lost, expected) => {
    const hosts = [fakeHost('etcd-1', ['a']), fakeHost('h')];
    const stages = ({ host }: FakeHost): Stages => [
      ['etcd', 'together', host === 'h' ? [] : [thing('a')]],
      ['patroni', 'together', host === 'h' ? [thing('b')] : [], needs('etcd', ['etcd-1', 'etcd-2', 'etcd-3'], 2)],
    ];
    const decided = await planEach(hosts, stages, lost.map(gone));

    const outcomes = await applyOn(decided, hosts);

    expect(words(outcomes).slice(1)).toEqual(expected);
  });

  test('is told by the plan already where hosts are lost: as apply does it', async () => {
    const host = fakeHost('h');
    const decided = await planEach([host], () => [
      ['base', 'together', [thing('a')]],
      ['server', 'together', [thing('b')], needs('base', ['lead'])],
      ['rest', 'together', [thing('c')]],
    ], [gone('lead')]);

    const text = printPlan(decided);
    const outcomes = await applyOn(decided, [host]);

    expect(text.split('\n').map((line) => line.trim())).toEqual(['h (h)', 'base', 'condition a: bring about', 'held back: not without the base of it: lead cannot be reached', 'server', 'condition b: bring about', 'rest', 'condition c: bring about', '', 'lead (lead): cannot be reached, and is left out', 'lead: no root shell', '', '3 changes on 1 host; lead cannot be reached']);
    expect(words(outcomes)).toEqual(['h a changed', 'h b skipped', 'h c skipped']);
    expect(host.ran).toEqual(['make a']);
  });

  test('goes one by one in each cluster by itself: whom the others need first, and none after one that failed', async () => {
    const order: string[] = [];
    const hosts = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => fakeHost(name, [], (command) => order.push(`${name} ${command}`)));
    const stages = ({ host }: FakeHost): Stages => [['patroni', 'one by one', [host === 'a2' ? thing('x', 'break x') : thing('x')], { circle: host[0]!, ...(host.startsWith('a') && host !== 'a3' ? needs('patroni', ['a3']) : {}) }]];

    const outcomes = await applyOn(await planEach(hosts, stages), hosts);

    expect(order.filter((each) => each.startsWith('a'))).toEqual(['a3 make x', 'a1 make x', 'a2 break x']);
    expect(words(outcomes).toSorted()).toEqual(['a1 x changed', 'a2 x failed', 'a3 x changed', 'b1 x changed', 'b2 x changed']);
  });

  test('is healed by a rerun when the host is back', async () => {
    const hosts = [fakeHost('lead'), fakeHost('member')];
    const stages = ({ host }: FakeHost): Stages => [['base', 'together', host === 'lead' ? [thing('a')] : []], ['server', 'together', host === 'member' ? [thing('b')] : [], needs('base', ['lead'])]];

    const without = await applyOn(await planEach([hosts[1]!], stages, [gone('lead')]), hosts);
    const again = await applyOn(await planEach(hosts, stages), hosts);

    expect(words(without)).toEqual(['member b skipped']);
    expect(words(again)).toEqual(['lead a changed', 'member b changed']);
  });
});
