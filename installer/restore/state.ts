import type { Seat } from '../cluster/cluster.ts';
import { shell } from '../transport/command.ts';
import { must, written } from './on.ts';

/** How far a restore is; written beside the data of the member that restores, so that whoever comes later can go on or take it back. */
export interface State {
  format: 1;
  /** Part of the names under which what was there is kept. */
  stamp: string;
  phase: Phase;
  /** In words. */
  target: string;
  /** The backup, where it lies, and the timeline. */
  backup: string;
  timeline: number;
  inPlace: boolean;
  /** Tablespaces of the backup, by the number that PostgreSQL gives them. */
  tablespaces: readonly Tablespace[];
  /** Who led before. */
  leader?: string;
  /** What PostgreSQL says of the point that it has reached. */
  reached?: string;
}

export interface Tablespace {
  oid: number;
  location: string;
}

/** `ready`: beside, at the point, with a timeline of its own. `replacing`: on its way into the place of what was there. `done`: what was there is still kept. `back`: on the way back to it. */
export type Phase = 'copying' | 'ready' | 'replacing' | 'done' | 'back';

/** Of one that is under way, in its folder; of the last one that is done, beside it. */
const fileIn = (folder: string, phase: Phase): string => (phase === 'done' ? `${folder}d.json` : `${folder}/state.json`);

export async function readState({ transport }: Pick<Seat, 'transport'>, folder: string): Promise<State | undefined> {
  const [told] = await transport.probe([{ argv: shell('cat -- "$1" 2>/dev/null || cat -- "$2" 2>/dev/null || :', fileIn(folder, 'copying'), fileIn(folder, 'done')), timeout: 20 }]);
  return told!.stdout.trim() === '' ? undefined : (JSON.parse(told!.stdout) as State);
}

export async function writeState(seat: Seat, folder: string, state: State): Promise<State> {
  await must(seat.transport, 'how far the restore is, is written down', written(fileIn(folder, state.phase), seat.dbsu, '0600', `${JSON.stringify(state, undefined, 2)}\n`));
  return state;
}

/** Nothing can be taken back any more. */
export const forgotten = ({ transport }: Seat, folder: string): Promise<string> => must(transport, 'the restore is forgotten', { argv: shell('rm -rf -- "$@"', folder, fileIn(folder, 'done')), timeout: 600 });
