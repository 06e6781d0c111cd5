import { nearest } from '../../repo/core/nearest.ts';

/** `, did you mean "x"?`, or nothing when no known name is near. */
export function guess(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near === undefined ? '' : `, did you mean "${near}"?`;
}
