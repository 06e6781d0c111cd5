import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeWhole } from '../../../repo/core/files.ts';
import { table } from '../../../repo/console/print.ts';
import type { Round } from './round.ts';

/** Where the rounds of a plan are kept. */
export const reports = resolve(import.meta.dirname, '../../../out/drills');

export async function keep(plan: string, rounds: readonly Round[]): Promise<void> {
  await mkdir(reports, { recursive: true });
  await writeWhole(join(reports, `${plan.replaceAll(' ', '-')}.json`), `${JSON.stringify(rounds, undefined, 2)}\n`);
}

/** A line for each drill of each plan, and one for all drills of a plan. */
export function tableOf(rounds: readonly Round[]): string {
  const plans = [...new Set(rounds.map(({ plan }) => plan))];
  const rows = plans.flatMap((plan) => {
    const own = rounds.filter((round) => round.plan === plan);
    const names = [...new Set(own.map(({ drill }) => drill))];
    return [...names.map((name) => row(plan, name, own.filter(({ drill }) => drill === name))), row(plan, 'all', own)];
  });
  return table([['plan', 'drill', 'rounds', 'min', 'median', 'max', 'commits', 'lost', 'lost there', 'two primaries', 'strayed', 'load'], ...rows]);
}

function row(plan: string, name: string, rounds: readonly Round[]): string[] {
  const sum = (of: (round: Round) => number): string => String(rounds.reduce((total, round) => total + of(round), 0));
  const outages = rounds.map(({ outage }) => outage);
  const spread = [Math.min(...outages), median(outages), Math.max(...outages)].map((value) => `${value.toFixed(1)} s`);
  const load = Math.max(...rounds.map(({ load }) => load)).toFixed(1);
  return [plan, name, String(rounds.length), ...spread, sum(({ commits }) => commits), sum(({ lost }) => lost), sum(({ lostThere }) => lostThere), sum(({ twoPrimaries }) => twoPrimaries), sum(({ strayed }) => strayed), load];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
