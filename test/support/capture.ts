import { vi } from 'vitest';

export interface Captured<T> {
  result: T;
  stdout: string;
  stderr: string;
}

/** Runs `act` and keeps what this process writes to its standard streams meanwhile. */
export async function capture<T>(act: () => Promise<T>): Promise<Captured<T>> {
  const texts = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: unknown) => {
      texts[name] += String(chunk);
      return true;
    }),
  );
  try {
    const result = await act();
    return { result, ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
