import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Fault } from '../core/fault.ts';
import { readGiven } from '../core/files.ts';
import { Secret } from '../core/secret.ts';

/** The first line of a file. A passphrase never stands in an argument or in the environment. @throws Fault invalid when it is empty */
export async function readPassphrase(file: string): Promise<Secret> {
  const line = (await readGiven(file)).toString('utf8').split(/\r?\n/, 1)[0]!;
  if (line === '') throw new Fault('invalid', `${file} holds no passphrase on its first line`);
  return new Secret(line);
}

/** Asks on the terminal, without an echo, until `signal` says that it was interrupted. @throws Fault usage when nothing is typed */
export async function askPassphrase(question: string, signal: AbortSignal): Promise<Secret> {
  process.stderr.write(question);
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: mute, terminal: true });
  // In raw mode a Ctrl-C is but a key: it is sent on, and comes back as the interrupt that it is everywhere else.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const line = await reader.question('', { signal });
    process.stderr.write('\n');
    if (line === '') throw new Fault('usage', 'no passphrase was typed');
    return new Secret(line);
  } finally {
    reader.close();
  }
}
