import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor } from '../support/deploy.ts';
import { drillsOf } from '../support/drill/drills.ts';
import { fieldOf, type Field } from '../support/drill/field.ts';
import { plans, type DrillPlan } from '../support/drill/plans.ts';
import { keep, median, tableOf } from '../support/drill/report.ts';
import { play, type Round } from '../support/drill/round.ts';
import type { Suite } from '../../vagrant/root.ts';

/** `PGARK_DRILL_PLANS=norm,rapid` plays some of them; `PGARK_DRILL_ROUNDS=3` each drill so often; `PGARK_DRILL_SUITE=trixie` on Debian 13. */
const chosen = process.env['PGARK_DRILL_PLANS']?.split(',') ?? plans.map(({ name }) => name);
const suite = (process.env['PGARK_DRILL_SUITE'] ?? 'bookworm') as Suite;
const turns = Number(process.env['PGARK_DRILL_ROUNDS'] ?? 1);

describe(`a cluster of three ${suite} hosts that clients write to all the time`, () => {
  const rounds: Round[] = [];
  let cluster: Cluster;
  let field: Field;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'drill', ground: { suite, packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 25 }, await bundleFor(suite));
    await describeAs(plans[0]!);
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 1500 });
    field = await fieldOf(cluster);
  }, 1_800_000);
  afterAll(async () => {
    process.stderr.write(`\n${tableOf(rounds)}\n`);
    await cluster?.discard();
  });

  const describeAs = ({ vars }: DrillPlan) => cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses, ...vars) });
  const series = (plan: DrillPlan) => Array.from({ length: turns }, () => drillsOf(...plan.drills)).flat();

  test('knows every plan that was asked for', () => {
    expect(plans.map(({ name }) => name)).toEqual(expect.arrayContaining(chosen));
  });

  describe.each(plans.filter(({ name }) => chosen.includes(name)))('as $name', (plan) => {
    const own = (): Round[] => rounds.filter((round) => round.plan === plan.name);

    beforeAll(async () => {
      await describeAs(plan);
      await cluster.admin.must(['pgark', 'apply', '--yes'], { timeout: 600 });
      field = { ...field, waits: plan.waits === true };
    });

    test.each(series(plan))('stays one and loses nothing that it may not: $name', async (drill) => {
      const round = await play(field, drill, { plan: plan.name, number: rounds.length });
      rounds.push(round);
      await keep(suite === 'bookworm' ? plan.name : `${plan.name} ${suite}`, own());

      expect.soft(round.twoPrimaries, 'writes on an old primary when there was a new one').toBe(0);
      expect.soft(round.outage, 'seconds without a write').toBeLessThan(plan.most ?? 60);
      if (plan.waits || drill.loses !== true) expect.soft([round.lost, round.lostThere], 'acknowledged and not there').toEqual([0, 0]);
    });

    if (plan.median !== undefined)
      test(`takes writes again within ${plan.median} s, half of the time`, () => {
        expect(median(own().map(({ outage }) => outage))).toBeLessThan(plan.median!);
      });
  });
});
