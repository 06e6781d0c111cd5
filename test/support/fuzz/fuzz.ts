import { Worker } from 'node:worker_threads';
import type { Kind } from './readers.ts';

/** How many mutants were read after all, how many refused with a Fault, and what else happened, each with its seed. */
export interface Fuzzed {
  read: number;
  refused: number;
  strange: readonly string[];
}

/**
 * Reads mutants of a document on a thread of its own, so that one which never ends, or takes all memory, is told by its seed:
 * `mutant(kind, document, seed)` makes it again.
 */
export function fuzz(kind: Kind, content: Uint8Array, { from, count }: { from: number; count: number }): Promise<Fuzzed> {
  const at = new SharedArrayBuffer(4);
  const clock = new Int32Array(at);
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { kind, content, from, to: from + count, at }, resourceLimits: { maxOldGenerationSizeMb: memory, stackSizeMb: 1 } });
  return new Promise((resolve, reject) => {
    let [seed, since] = [-1, performance.now()];
    const watch = setInterval(() => {
      if (seed !== clock[0]) [seed, since] = [clock[0]!, performance.now()];
      else if (performance.now() - since > patience) end(() => reject(new Error(`${kind}: seed ${seed} is not read within ${patience} ms`)));
    }, 50);
    const end = (tell: () => void): void => {
      clearInterval(watch);
      void worker.terminate().then(tell);
    };
    worker.once('message', (result: Fuzzed) => end(() => resolve(result)));
    worker.once('error', (error) => end(() => reject(new Error(`${kind}: seed ${clock[0]}: ${error.message}`, { cause: error }))));
  });
}

/** Megabytes that all mutants of a document, none larger than a few, may take at a time. */
const memory = 256;

/** Milliseconds for one mutant. Most take one or two, none more than a second on a machine that does nothing else. */
const patience = 10_000;
