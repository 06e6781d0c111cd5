import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from './fault.ts';

/**
 * Unpacks what bzip2 packed, piece by piece. Neither Node.js nor a library that is still looked after does that, and hardly any
 * repository asks for it; the program is part of every distribution. @throws Fault invalid when it is not there
 */
export async function* unbzip2(content: Uint8Array, program = 'bzip2'): AsyncGenerator<Uint8Array> {
  const child = spawn(program, ['--decompress', '--stdout'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  const ended = once(child, 'close') as Promise<[number | null]>;
  // Whoever waits for the end hears of a program that is not there; until then nobody does.
  ended.catch(() => undefined);
  child.stderr.on('data', (piece: Buffer) => said.push(piece));
  // A program that ends early tells why by its status.
  child.stdin.on('error', () => undefined).end(content);
  try {
    yield* child.stdout;
    const [status] = await ended;
    if (status !== 0) throw new Error(Buffer.concat(said).toString('utf8').trim().split('\n')[0] || `bzip2 ended with ${status}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Fault('invalid', `the program ${program} is not there, which unpacks what is packed with bzip2`, { hint: 'apt-get install bzip2, or dnf install bzip2', cause: error });
  } finally {
    child.kill();
  }
}
