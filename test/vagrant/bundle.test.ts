import { describe, expect, test } from 'vitest';
import { silent } from '../../repo/core/progress.ts';
import { relay } from '../../vagrant/bundle.ts';

/** What a line from another program becomes in our own progress. */
const told = (line: string): string[] => {
  const heard: string[] = [];
  relay(line, { ...silent, say: (text) => heard.push(`say ${text}`), warn: (text) => heard.push(`warn ${text}`) });
  return heard;
};

describe('the progress of another program', () => {
  test.each([
    ['{"step":"pack","depth":0,"state":"started"}', ['say pack']],
    ['{"say":"12 of 170","depth":1}', ['say 12 of 170']],
    ['{"warning":"the clock is off","depth":0}', ['warn the clock is off']],
    ['  ✓ a line for people  ', ['say ✓ a line for people']],
    ['', []],
  ])('%j is told as ours', (line, expected) => {
    expect(told(line)).toEqual(expected);
  });
});
