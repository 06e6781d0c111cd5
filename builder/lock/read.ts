import { readDocument, writeDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { Lock } from './lock.ts';
import { contradictions } from './sound.ts';

/** Reads a lock; every place in it leads to a package, and it does not contradict itself. @throws Fault invalid */
export function readLock(text: string, file: string): Lock {
  const lock = quickly(text) ?? readDocument(Lock, text, file);
  const strays = places(lock).filter((place) => place >= lock.packages.length);
  if (strays.length > 0) throw new Fault('invalid', `${file}: it names the packages ${[...new Set(strays)].join(', ')}, but has only ${lock.packages.length}`);
  const against = contradictions(lock);
  if (against.length > 0) throw new Fault('invalid', `${file} contradicts itself`, { details: against, hint: 'lock the bundle again; a lock is not made to be edited' });
  return lock;
}

/** One key a line, but lists of places on one; they would be most of the lines. */
export function writeLock(lock: Lock): string {
  return writeDocument(lock).replace(/\[\s+(\d+(?:,\s+\d+)*)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`);
}

/** A sound lock needs no lines and columns, and JSON.parse is many times faster than a reader that keeps them. */
function quickly(text: string): Lock | undefined {
  try {
    return Lock.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function places(lock: Lock): number[] {
  return [
    ...lock.roots.flatMap((root) => [...root.proof, ...root.removes]),
    ...lock.packages.flatMap((item) => item.because.flatMap((reason) => ('by' in reason ? [reason.by] : []))),
    ...(lock.choice?.barred ?? []).flatMap((branch) => [branch.by, ...branch.taken]),
  ];
}
