import { each, type Progress } from '../core/progress.ts';
import { harmless } from './harmless.ts';
import { paint } from './print.ts';

/** What is told of the work, in one way of telling it. */
export interface Voice {
  started(title: string, depth: number): void;
  done(title: string, depth: number, seconds: number): void;
  failed(title: string, depth: number, seconds: number): void;
  said(text: string, depth: number): void;
  warned(text: string, depth: number): void;
}

/** Tells of the work as it goes; what is said within a step is told every few seconds at most. */
export function report(voice: Voice, pause = 5000, depth = 0): Progress {
  let last = performance.now();
  return {
    step: async (given, act) => {
      const title = harmless(given);
      const start = performance.now();
      const seconds = (): number => (performance.now() - start) / 1000;
      voice.started(title, depth);
      try {
        const result = await act(report(voice, pause, depth + 1));
        voice.done(title, depth, seconds());
        return result;
      } catch (error) {
        voice.failed(title, depth, seconds());
        throw error;
      }
    },
    say: (text) => {
      if (performance.now() - last < pause) return;
      last = performance.now();
      voice.said(harmless(text), depth);
    },
    warn: (text) => voice.warned(harmless(text), depth),
    each,
  };
}

const line = (depth: number, text: string): void => {
  process.stderr.write(`${'  '.repeat(depth)}${text}\n`);
};

const time = (seconds: number): string => paint.dim(`${seconds.toFixed(1)} s`);

export const inLines: Voice = {
  started: (title, depth) => line(depth, `${paint.dim('…')} ${title}`),
  done: (title, depth, seconds) => line(depth, `${paint.green('✓')} ${title} ${time(seconds)}`),
  failed: (title, depth, seconds) => line(depth, `${paint.red('✗')} ${title} ${time(seconds)}`),
  said: (text, depth) => line(depth, `  ${paint.dim(text)}`),
  warned: (text, depth) => line(depth, `${paint.yellow('!')} ${text}`),
};

/** Warnings are no progress: they are told even then. */
export const inSilence: Voice = { started: () => {}, done: () => {}, failed: () => {}, said: () => {}, warned: inLines.warned };

export function inJson(quiet: boolean): Voice {
  const tell = (event: object): void => {
    process.stderr.write(`${JSON.stringify(event)}\n`);
  };
  const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  const warned: Voice['warned'] = (text, depth) => tell({ warning: text, depth });
  if (quiet) return { ...inSilence, warned };
  return {
    started: (step, depth) => tell({ step, depth, state: 'started' }),
    done: (step, depth, seconds) => tell({ step, depth, state: 'done', seconds: rounded(seconds) }),
    failed: (step, depth, seconds) => tell({ step, depth, state: 'failed', seconds: rounded(seconds) }),
    said: (say, depth) => tell({ say, depth }),
    warned,
  };
}
