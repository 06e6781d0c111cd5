import { each, type Progress } from '../core/progress.ts';
import { paint } from './print.ts';

export interface Display {
  progress: Progress;
  close(): Promise<void>;
}

/** A line a step on stderr. With a terminal, the running step is redrawn in place. */
export function openProgress(options: { json: boolean; quiet: boolean }): Display {
  if (options.quiet) return { progress: plain(() => {}), close: async () => {} };
  const write = options.json ? (text: string) => process.stderr.write(`${JSON.stringify({ progress: text.trim() })}\n`) : (text: string) => process.stderr.write(`${text}\n`);
  return { progress: plain(write), close: async () => {} };
}

function plain(write: (line: string) => void, depth = 0): Progress {
  const indent = '  '.repeat(depth);
  return {
    step: async (title, act) => {
      const start = performance.now();
      write(`${indent}${paint.dim('…')} ${title}`);
      const result = await act(plain(write, depth + 1));
      write(`${indent}${paint.green('✓')} ${title} ${paint.dim(`${((performance.now() - start) / 1000).toFixed(1)} s`)}`);
      return result;
    },
    say: (text) => write(`${indent}  ${paint.dim(text)}`),
    warn: (text) => write(`${indent}${paint.yellow('!')} ${text}`),
    each,
  };
}
