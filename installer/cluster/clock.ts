import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';

/** Time as far as waiting goes by it; a test has its own. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Acting {
  progress: Progress;
  /** Ends the waiting, and everything that has not begun. */
  signal: AbortSignal;
  clock: Clock;
}

/** The time of this machine. A sleeper is woken by an interruption. */
export const clockUntil = (signal: AbortSignal): Clock => ({
  now: () => performance.now(),
  sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
});

/** Until the next look, after so much waiting: an eighth of it, a tenth of a second at least and a whole one at most. Milliseconds. */
export const pauseAfter = (waited: number): number => Math.min(Math.max(waited / 8, 100), 1000);

/**
 * Looks again and again until the look answers with something. That a host or etcd does not answer for a while is part of what is waited for.
 * @throws Fault apply when it takes longer, or was interrupted
 */
export async function until<T>(seconds: number, what: string, look: () => Promise<T | undefined>, acting: Acting): Promise<T> {
  const { signal, clock } = acting;
  const begin = clock.now();
  const deadline = begin + seconds * 1000;
  let last: Fault | undefined;
  for (;;) {
    const found = await look().catch((error: unknown) => {
      if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
      last = error;
      return undefined;
    });
    if (found !== undefined) return found;
    if (signal.aborted) throw interrupted(what, acting);
    if (clock.now() >= deadline) throw new Fault('apply', `not within ${seconds} s: ${what}`, { details: last ? [last.message, ...last.details] : [], hint: 'pgark pg list shows how it stands' });
    await clock.sleep(Math.min(pauseAfter(clock.now() - begin), deadline - clock.now()));
  }
}

/** @throws Fault apply */
export function refuseInterrupted(acting: Acting, before: string): void {
  if (acting.signal.aborted) throw interrupted(before, acting);
}

function interrupted(before: string, { progress }: Acting): Fault {
  progress.warn(`interrupted before this was seen: ${before}. What Patroni has begun it ends by itself; pgark pg list shows how it stands`);
  return new Fault('apply', 'interrupted');
}
