import { describe, expect, test } from 'vitest';
import { orderOf, upstreamOf } from '../../../builder/check/compare.ts';
import type { Target } from '../../../repo/package/target.ts';

const deb = { format: 'deb' } as Target;
const rpm = { format: 'rpm' } as Target;

describe('the upstream part of a version', () => {
  test.each([
    ['1:3.3.2+dfsg-1+b2', '3.3.2+dfsg'],
    ['15.20-0+deb12u1', '15.20'],
    ['1.0.5+b1', '1.0.5'],
    ['2.0~rc1-1.pgdg12+1', '2.0~rc1'],
    ['3.6.4-1PGDG.rhel9', '3.6.4'],
    ['1.2-rc-3', '1.2-rc'],
  ])('of %s is %s', (version, expected) => {
    expect(upstreamOf(version)).toBe(expected);
  });
});

describe('a version that was seen, beside that of a row', () => {
  test.each([
    ['2.0-9', '2.0', deb, 0],
    ['2.0~rc1-1', '2.0', deb, -1],
    ['2.10-1', '2.9', deb, 1],
    ['1.0.5+b2', '1.0.5+b1', deb, 0],
    ['2.0^git1-1.el9', '2.0', rpm, 1],
    ['2.0-1.el9', '2.0', rpm, 0],
    ['18.4-2PIGSTY.el9', '18.4-2', rpm, 0],
    ['18.4-21.el9', '18.4-2', rpm, -1],
    ['1.0_rc1-1.el9', '1.0-rc1', rpm, 0],
    ['1.0~rc1-1', '1.0-rc1', deb, 0],
    ['1.0~rc2-1', '1.0-rc1', deb, -1],
  ] as const)('%s is to %s as %o says', (seen, row, target, expected) => {
    expect(Math.sign(orderOf(seen, row, target))).toBe(expected);
  });
});
