/** What became of one entry of a plan. A judgement, not an exception. */
export type Outcome = { host: string; role: string; identity: string } & (
  | { result: 'changed'; change: string; seconds: number }
  | { result: 'unchanged' }
  | { result: 'failed'; change: string; stderr: string; seconds: number }
  | { result: 'skipped'; because: string }
);
