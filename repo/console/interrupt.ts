export interface Interrupts {
  /** Aborted on the first Ctrl-C or SIGTERM; a second one ends the process. */
  signal: AbortSignal;
  /** 128 and the number of the signal, as a shell counts. */
  exitCode(): number;
  ignore(): void;
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Turns the wish to stop into a signal that work can heed: it ends where things are whole. */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  let code: number = codes.SIGINT;
  const onSignal = (name: keyof typeof codes): void => {
    code = codes[name];
    if (controller.signal.aborted) process.exit(code);
    controller.abort(new Error('interrupted'));
    process.stderr.write('stopping where things are whole; once more stops at once\n');
  };
  const names = Object.keys(codes) as (keyof typeof codes)[];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    exitCode: () => code,
    ignore: () => names.forEach((name) => process.off(name, onSignal)),
  };
}
