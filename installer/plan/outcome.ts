/** What became of one entry of a plan. A judgement, not an exception. */
export type Outcome = { host: string; role: string; identity: string } & (
  | { result: 'changed'; change: string; seconds: number }
  | { result: 'unchanged' }
  | { result: 'failed'; change: string; stderr: string; seconds: number }
  /** The host went away while it was changed: nobody knows how far it came. */
  | { result: 'lost'; change: string; stderr: string; seconds: number }
  | { result: 'skipped'; because: string }
);

/** `file /etc/hosts failed on pg-1` */
export const reasonOf = ({ result, identity, host }: Outcome): string => (result === 'lost' ? `${host} was lost at ${identity}` : `${identity} failed on ${host}`);

/** The first of them that ends what follows it. */
export function reasonToStop(outcomes: readonly Outcome[]): string | undefined {
  const failed = outcomes.find(({ result }) => result === 'failed' || result === 'lost');
  return failed && reasonOf(failed);
}
