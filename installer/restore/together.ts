import type { Acting } from '../cluster/clock.ts';

type Act<T> = (acting: Acting) => Promise<T>;

/** Both at once. Where one fails, the other one is ended and waited for, and only then is the failure told. */
export async function together<A, B>(one: Act<A>, other: Act<B>, acting: Acting): Promise<[A, B]> {
  const failed = new AbortController();
  const both = { ...acting, signal: AbortSignal.any([acting.signal, failed.signal]) };
  const begun = <T>(act: Act<T>): Promise<T> =>
    act(both).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  const doing = [begun(one), begun(other)] as const;
  await Promise.allSettled(doing);
  if (failed.signal.aborted) throw failed.signal.reason;
  return Promise.all(doing);
}
