import { describe, expect, test } from 'vitest';
import { gapsIn, segmentsIn } from '../../../installer/backup/gaps.ts';

const segment = (timeline: number, file: number, part: number): string => [timeline, file, part].map((each) => each.toString(16).toUpperCase().padStart(8, '0')).join('');

describe('segments of an archive', () => {
  test('are read from the names of files, once each', () => {
    const sum = 'a'.repeat(40);

    expect(segmentsIn(`0000000100000000\n0000000100000000/${segment(1, 0, 7)}-${sum}.zst\n0000000100000000/${segment(1, 0, 6)}-${sum}\n${segment(1, 0, 6)}-${sum}.zst\n${segment(1, 0, 6)}.00000028.backup\n00000002.history\n`)).toEqual([segment(1, 0, 6), segment(1, 0, 7)]);
  });
});

describe('a gap', () => {
  test.each([
    ['is not where one follows the other', [segment(1, 0, 1), segment(1, 0, 2)], []],
    ['is not where a promotion goes on in the same segment', [segment(1, 0, 1), segment(1, 0, 2), segment(2, 0, 2), segment(2, 0, 3)], []],
    ['is not where a file ends', [segment(1, 0, 0xfe), segment(1, 0, 0xff), segment(1, 1, 0)], []],
    ['is what is missing in between', [segment(1, 0, 1), segment(1, 0, 3)], [{ from: segment(1, 0, 2), to: segment(1, 0, 2) }]],
    ['may be long, and on another timeline', [segment(2, 0, 0xfe), segment(2, 0, 0xff), segment(4, 1, 3)], [{ from: segment(2, 1, 0), to: segment(4, 1, 2) }]],
    ['is not told of segments of 1 MB', [segment(1, 0, 0x100), segment(1, 0, 0x102)], []],
    ['is not told of segments of 64 MB', [segment(1, 0, 0x3f), segment(1, 1, 0)], []],
    ['is not where there is nothing', [], []],
  ])('%s', (_, segments, gaps) => {
    expect(gapsIn(segments)).toEqual(gaps);
  });
});
