import { spawn } from 'node:child_process';

export interface Measured {
  seconds: number;
  /** What it said on stderr. */
  stderr: string;
  /** Peak resident memory in megabytes, as the program itself saw it; 0 for a program that is not ours. */
  megabytes: number;
}

/** Runs one of our own programs in a fresh process, on the Node that runs this one. */
export async function measureOwn(argv: readonly string[]): Promise<Measured> {
  const atExit = `process.on('exit', () => process.stderr.write('\\nmaxRSS ' + process.resourceUsage().maxRSS + '\\n'))`;
  const { seconds, stderr } = await timed([process.execPath, '--import', `data:text/javascript,${encodeURIComponent(atExit)}`, ...argv], [0]);
  return { seconds, stderr, megabytes: Number(/maxRSS (\d+)\s*$/.exec(stderr)?.[1] ?? 0) / 1024 };
}

/** Runs another program; its output is thrown away. */
export async function measure(argv: readonly string[], statuses: readonly number[] = [0]): Promise<Measured> {
  return { ...(await timed(argv, statuses)), megabytes: 0 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const seconds = (value: number): string => `${value.toFixed(2)} s`;

function timed([program, ...rest]: readonly string[], statuses: readonly number[]): Promise<{ seconds: number; stderr: string }> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject).on('close', (status) => {
      if (statuses.includes(status ?? -1)) resolve({ seconds: (performance.now() - begin) / 1000, stderr });
      else reject(new Error(`${program} ${rest.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`));
    });
  });
}
