import type { Host } from '../inventory/inventory.ts';
import { instanceOf } from '../role/instance.ts';

/** Where on a member what is restored lies, until it takes the place of what is there. */
export interface Place {
  /** The data directory of the instance, and beside it: what is restored, and what was there before. */
  data: string;
  stage: string;
  kept: string;
  /** What a restore needs besides: the configuration of pgBackRest, the socket, the log, how far it is. */
  folder: string;
  binaries: string;
  dbsu: string;
}

export function placeOf(host: Host, stamp: string): Place {
  const { vars } = host;
  const { home, binaries } = instanceOf(host);
  return { data: vars.pg_data, stage: `${vars.pg_data}-restore`, kept: keptBy(vars.pg_data, stamp), folder: `${home}/restore`, binaries, dbsu: vars.pg_dbsu };
}

/** What lay there until a restore of this time. */
export const keptBy = (path: string, stamp: string): string => `${path}-before-${stamp}`;

export const restoredBy = (path: string): string => `${path}-restore`;
