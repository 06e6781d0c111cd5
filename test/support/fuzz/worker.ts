import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../../../repo/core/fault.ts';
import { mutant, readers, type Kind } from './readers.ts';

/** Reads the mutants of some seeds, one after another, and tells of each which it is before it begins. */
const { kind, content, from, to, at } = workerData as { kind: Kind; content: Uint8Array; from: number; to: number; at: SharedArrayBuffer };
const clock = new Int32Array(at);
const document = Buffer.from(content);
let [read, refused] = [0, 0];
const strange: string[] = [];

for (let seed = from; seed < to; seed++) {
  Atomics.store(clock, 0, seed);
  try {
    await readers[kind](mutant(kind, document, seed));
    read++;
  } catch (error) {
    if (error instanceof Fault && error.code !== 'usage') refused++;
    else strange.push(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error)}`);
  }
}

// Not a window's.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort!.postMessage({ read, refused, strange });
