import { z } from 'zod';
import { RtoPlan } from './access.ts';

/** The recovery time objectives, the shortest outage first. */
export const objectives = ['rapid', 'fast', 'norm', 'safe', 'wide'] as const;

/**
 * The plans behind them. `rapid` is ours, for networks on which nothing is ever late by seconds: the shortest turn and the shortest patience that
 * Patroni takes (1 s and 3 s), so that a leader without etcd has stopped after 7 s at the latest, and a lease three seconds longer than that.
 * etcd would bear less (one and a half of its elections, 2 s). Patroni up to 3.1 takes such a lease; later ones do not, see lease.ts.
 */
const plans: Readonly<Record<(typeof objectives)[number], z.input<typeof RtoPlan>>> = {
  rapid: { ttl: 10, loop: 1, retry: 3, start: 10, margin: 5, inter: '1s', fastinter: '500ms', downinter: '500ms', rise: 1, fall: 3 },
  fast: { ttl: 20, loop: 5, retry: 5, start: 15, margin: 5, inter: '1s', fastinter: '500ms', downinter: '1s', rise: 3, fall: 3 },
  norm: { ttl: 30, loop: 5, retry: 10, start: 25, margin: 5, inter: '2s', fastinter: '1s', downinter: '2s', rise: 3, fall: 3 },
  safe: { ttl: 60, loop: 10, retry: 20, start: 45, margin: 10, inter: '3s', fastinter: '1500ms', downinter: '3s', rise: 3, fall: 3 },
  wide: { ttl: 120, loop: 20, retry: 30, start: 95, margin: 15, inter: '4s', fastinter: '2s', downinter: '4s', rise: 3, fall: 3 },
};

/** `pg_rto_plan`: those that an inventory describes go before ours, one by one. */
export const RtoPlans = z
  .partialRecord(z.enum(objectives), RtoPlan)
  .transform((given): Record<(typeof objectives)[number], RtoPlan> => ({ ...plans, ...given }))
  .prefault(plans);
