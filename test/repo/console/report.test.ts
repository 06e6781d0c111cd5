import { describe, expect, test } from 'vitest';
import { inJson, inLines, inSilence, report, type Voice } from '../../../repo/console/report.ts';
import type { Progress } from '../../../repo/core/progress.ts';
import { capture } from '../../support/capture.ts';

const work = async (progress: Progress): Promise<number> =>
  progress.step('outer', async (outer) => {
    outer.warn('careful');
    return outer.step('inner', async (inner) => {
      inner.say('half way');
      return 42;
    });
  });

const told = async (voice: Voice, act = work) => {
  const { result, stdout, stderr } = await capture(() => act(report(voice, 0)).catch((error: Error) => error.message));
  return { result, stdout, lines: stderr.replaceAll(/\d\.\d+/g, 'N').trimEnd().split('\n') };
};

describe('the tale of the work', () => {
  test('is a line a step, indented by depth, and passes the result through', async () => {
    const { result, stdout, lines } = await told(inLines);

    expect([result, stdout]).toEqual([42, '']);
    expect(lines).toEqual(['… outer', '  ! careful', '  … inner', '      half way', '  ✓ inner N s', '✓ outer N s']);
  });

  test('marks every step that a failure passes through', async () => {
    const { result, lines } = await told(inLines, (progress) =>
      progress.step('outer', (outer) =>
        outer.step('inner', async () => {
          throw new Error('no luck');
        }),
      ),
    );

    expect(result).toBe('no luck');
    expect(lines).toEqual(['… outer', '  … inner', '  ✗ inner N s', '✗ outer N s']);
  });

  test('is one object a line for programs', async () => {
    const { lines } = await told(inJson(false));

    expect(lines.map((line) => JSON.parse(line.replace('"seconds":N', '"seconds":0')))).toEqual([
      { step: 'outer', depth: 0, state: 'started' },
      { warning: 'careful', depth: 1 },
      { step: 'inner', depth: 1, state: 'started' },
      { say: 'half way', depth: 2 },
      { step: 'inner', depth: 1, state: 'done', seconds: 0 },
      { step: 'outer', depth: 0, state: 'done', seconds: 0 },
    ]);
  });

  test('keeps warnings when it is asked to be quiet', async () => {
    const { lines } = await told(inSilence);

    expect(lines).toEqual(['  ! careful']);
  });

  test('repeats what is said in a step only after a pause', async () => {
    const { stderr } = await capture(() =>
      report(inLines, 60_000).step('load', async (progress) => {
        for (let count = 0; count < 1000; count++) progress.say(`${count} of 1000`);
      }),
    );

    expect(stderr).not.toContain('of 1000');
  });
});
