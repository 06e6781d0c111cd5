import { each, type Progress } from '../core/progress.ts';
import { inJson, inLines, inSilence, report } from './report.ts';

export interface Display {
  progress: Progress;
  /** Writes text to the terminal now, or when the drawing that stands there is done. */
  defer(write: () => void): void;
}

/** How far the work is, on stderr: drawn in place on a terminal, a line a step elsewhere, an object a line under `--json`. */
export function openProgress(options: { json: boolean; quiet: boolean }): Display {
  if (!options.quiet && !options.json && process.stderr.isTTY) return drawSteps();
  const voice = options.json ? inJson(options.quiet) : options.quiet ? inSilence : inLines;
  return { progress: report(voice), defer: (write) => write() };
}

/** What draws is loaded with the first step: many a command has none. */
function drawSteps(): Display {
  let drawing: Promise<Display> | undefined;
  let drawn: Display | undefined;
  const open = async (): Promise<Display> => (drawn = (await import('./drawing.ts')).draw());
  const defer: Display['defer'] = (write) => (drawn ? drawn.defer(write) : write());
  return {
    progress: {
      step: async (title, act) => (await (drawing ??= open())).progress.step(title, act),
      say: () => {},
      warn: (text) => defer(() => inLines.warned(text, 0)),
      each,
    },
    defer,
  };
}
