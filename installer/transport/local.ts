import type { Transport } from './command.ts';
import { asRoot, rootShell } from './root.ts';

/** The host that we run on. */
export function localTransport(): Transport {
  const [program, ...rest] = asRoot(process.getuid?.() === 0);
  return rootShell('local', { argv: [program!, ...rest] });
}
