import { describe, expect, test } from 'vitest';
import { offsetOf, skewFindings, type Offset } from '../../../installer/plan/skew.ts';

const said = (seconds: number) => ({ code: 0, stdout: `${seconds}\n`, stderr: '' });
const at = (host: string, ahead: number, doubt = 0.05): Offset => ({ host, low: (ahead - doubt) * 1000, high: (ahead + doubt) * 1000 });

describe('clocks', () => {
  test('are known within the way there and back, however long the look took', () => {
    // Two seconds ahead; a tenth of a second each way, thirty seconds of work there.
    const offset = offsetOf('h', { first: said(1002.1), last: said(1032.1), asked: 1_000_000, answered: 1_030_200 });

    expect([offset.low, offset.high].map(Math.round)).toEqual([1900, 2100]);
  });

  test('that agree are no matter, and what only the way leaves open is none either', () => {
    expect(skewFindings([at('a', 0), at('b', 0.4), at('c', -0.4)])).toEqual({ findings: [], warnings: [] });
    expect(skewFindings([at('a', 0, 4), at('b', 6, 4)])).toEqual({ findings: [], warnings: [] });
  });

  test('that are more than a second apart are told', () => {
    expect(skewFindings([at('a', 0), at('b', 0.1), at('c', 2.5)])).toEqual({ findings: [], warnings: ['c: its clock is 2.4 s ahead of that of b'] });
  });

  test('that are more than five seconds apart stand in the way, with the number and who it is', () => {
    const { findings, warnings } = skewFindings([at('a', 0), at('b', -7.2), at('c', 0.1), at('d', 1.9)]);

    expect(findings.map(({ host, code, message }) => `${host} ${code} ${message}`)).toEqual(['b clock-apart its clock is 7.2 s behind that of a']);
    expect(warnings).toEqual(['d: its clock is 1.8 s ahead of that of c']);
  });

  test('of one host alone agree with themselves', () => {
    expect(skewFindings([at('a', 900)])).toEqual({ findings: [], warnings: [] });
    expect(skewFindings([])).toEqual({ findings: [], warnings: [] });
  });
});
