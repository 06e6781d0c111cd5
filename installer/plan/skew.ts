import type { Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** How far the clock of a host is ahead of ours: between these, milliseconds. */
export interface Offset {
  host: string;
  low: number;
  high: number;
}

/** Asked first and last in one trip: what lies between the two is no doubt of ours then, only the way there and back. */
export const readClock = { argv: ['date', '+%s.%N'] } as const;

/** `asked` and `answered` by our clock, milliseconds. */
export function offsetOf(host: string, { first, last, asked, answered }: { first: Completed; last: Completed; asked: number; answered: number }): Offset {
  return { host, low: millisecondsOf(last) - answered, high: millisecondsOf(first) - asked };
}

export const millisecondsOf = ({ stdout }: Completed): number => Number(stdout) * 1000;

/** Seconds by which clocks may differ: leases in etcd and the tokens of its users bear no more. From the smaller one on it is told. */
const tolerance = 5;
const notable = 1;

/** The hosts that are apart from the one in the middle: first those with which nothing should begin, then those to know of. */
export function skewFindings(offsets: readonly Offset[]): { findings: Finding[]; warnings: string[] } {
  const findings: Finding[] = [];
  const warnings: string[] = [];
  let rest = [...offsets];
  while (spread(rest) > notable) {
    const middle = middleOf(rest);
    const farthest = rest.toSorted((a, b) => apart(b, middle) - apart(a, middle) || distance(b, middle) - distance(a, middle))[0]!;
    const said = `its clock is ${(Math.abs(distance(farthest, middle)) / 1000).toFixed(1)} s ${distance(farthest, middle) > 0 ? 'ahead of' : 'behind'} that of ${middle.host}`;
    if (spread(rest) > tolerance) findings.push({ host: farthest.host, code: 'clock-apart', message: said, remedy: 'set the clock: date -u -s TIME; then let the hosts keep the same time' });
    else warnings.push(`${farthest.host}: ${said}`);
    rest = rest.filter((each) => each !== farthest);
  }
  return { findings, warnings };
}

const centre = ({ low, high }: Offset): number => (low + high) / 2;

const distance = (a: Offset, b: Offset): number => centre(a) - centre(b);

/** Seconds for certain: what the way there and back leaves open does not count. */
const apart = (a: Offset, b: Offset): number => Math.max(0, a.low - b.high, b.low - a.high) / 1000;

function spread(offsets: readonly Offset[]): number {
  const latest = Math.max(...offsets.map(({ low }) => low));
  const earliest = Math.min(...offsets.map(({ high }) => high));
  return Math.max(0, latest - earliest) / 1000;
}

const middleOf = (offsets: readonly Offset[]): Offset => offsets.toSorted((a, b) => centre(a) - centre(b))[(offsets.length - 1) >> 1]!;
