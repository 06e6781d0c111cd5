/** The seam through which work tells how far it is. The console draws it; tests ignore it. */
export interface Progress {
  /** Runs one named step; nested steps are drawn below it. */
  step<T>(title: string, act: (progress: Progress) => Promise<T>): Promise<T>;
  /** Says where the running step is, in its own words: `12 of 170, 48 MB`. */
  say(text: string): void;
  /** Something the user should know, that is no error. */
  warn(text: string): void;
  /** Acts on every item, at most `concurrency` at once; the first failure stops new starts and is thrown once all that run have ended. */
  each<T, R>(items: readonly T[], concurrency: number, act: (item: T) => Promise<R>): Promise<R[]>;
}

/** For tests and for callers that need no drawing. */
export const silent: Progress = {
  step: (_title, act) => act(silent),
  say: () => {},
  warn: () => {},
  each,
};

/** The loop behind every `Progress.each`. Results stand in the order of the items. */
export async function each<T, R>(items: readonly T[], concurrency: number, act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await act(items[index] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
