import type { Progress } from '../core/progress.ts';
import { draw } from './drawing.ts';
import { inJson, inLines, inSilence, report } from './report.ts';

export interface Display {
  progress: Progress;
  /** Writes text to the terminal now, or when the drawing that stands there is done. */
  defer(write: () => void): void;
}

/** How far the work is, on stderr: drawn in place on a terminal, a line a step elsewhere, an object a line under `--json`. */
export function openProgress(options: { json: boolean; quiet: boolean }): Display {
  if (!options.quiet && !options.json && process.stderr.isTTY) return draw();
  const voice = options.json ? inJson(options.quiet) : options.quiet ? inSilence : inLines;
  return { progress: report(voice), defer: (write) => write() };
}
