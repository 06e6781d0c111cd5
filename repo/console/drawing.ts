import { PassThrough } from 'node:stream';
import { DefaultRenderer, Listr, ListrLogger, PRESET_TIMER, ProcessOutput, type ListrTaskWrapper } from 'listr2';
import { each, type Progress } from '../core/progress.ts';
import { paint } from './print.ts';
import type { Display } from './progress.ts';

type Task = ListrTaskWrapper<unknown, any, any>;

type Act<T> = (progress: Progress) => Promise<T>;

/** What stands on the terminal: the step that opened it, and what is to be written once it is done. */
interface Drawing {
  root: Task | undefined;
  waiting: (() => void)[];
}

/**
 * Steps drawn in place on stderr by listr2. A tree grows as the work goes: the first step opens a drawing, and a step
 * within it (or beside it, while it lasts) becomes a branch of it.
 */
export function draw(): Display {
  const drawing: Drawing = { root: undefined, waiting: [] };
  process.once('exit', () => {
    if (drawing.root) process.stderr.write(showCursor);
  });
  return { progress: within(drawing, undefined), defer: (write) => defer(drawing, write) };
}

function within(drawing: Drawing, task: Task | undefined): Progress {
  return {
    step: (title, act) => {
      const parent = task ?? drawing.root;
      return parent ? branch(drawing, parent, title, act) : open(drawing, title, act);
    },
    say: (text) => {
      if (task) task.output = text;
    },
    warn: (text) => defer(drawing, () => process.stderr.write(`${paint.yellow('!')} ${text}\n`)),
    each,
  };
}

function defer(drawing: Drawing, write: () => void): void {
  if (drawing.root) drawing.waiting.push(write);
  else write();
}

async function open<T>(drawing: Drawing, title: string, act: Act<T>): Promise<T> {
  const { entry, result } = enclose(title, (task) => {
    drawing.root = task;
    return act(within(drawing, task));
  });
  try {
    await new Listr([entry], { ...alone, renderer: OnStderr, rendererOptions: rendererOptions() }).run();
    return result();
  } finally {
    drawing.root = undefined;
    for (const write of drawing.waiting.splice(0)) write();
  }
}

async function branch<T>(drawing: Drawing, parent: Task, title: string, act: Act<T>): Promise<T> {
  const { entry, result } = enclose(title, (task) => act(within(drawing, task)));
  const list = new Listr([entry], { ...alone, renderer: 'silent' }, parent.task);
  // What listr2 does with a list that a task returns; here the task goes on beside it.
  parent.task.subtasks = [...(parent.task.subtasks ?? []), ...list.tasks];
  await list.run();
  return result();
}

/** `act` as an entry of a list, and a way to its result. */
function enclose<T>(title: string, act: (task: Task) => Promise<T>): { entry: { title: string; task: (context: unknown, task: Task) => Promise<void> }; result: () => T } {
  let value: T | undefined;
  const task = async (_: unknown, task: Task): Promise<void> => {
    value = await act(task);
  };
  return { entry: { title, task }, result: () => value as T };
}

/** listr2 draws where stdout is a terminal; here that is decided before, by stderr. */
class OnStderr extends DefaultRenderer {
  static override nonTTY = true;
}

const showCursor = '\u001B[?25h';

const alone = { exitOnError: true, registerSignalListeners: false, concurrent: true } as const;

// Only stderr is taken over while it is drawn on; data on stdout goes its own way.
const rendererOptions = () => ({
  logger: new ListrLogger({ processOutput: new ProcessOutput(process.stderr, new PassThrough() as unknown as NodeJS.WriteStream, { leaveEmptyLine: false }) }),
  collapseErrors: false,
  showErrorMessage: false,
  timer: PRESET_TIMER,
});
