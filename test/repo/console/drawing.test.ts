import { describe, expect, test } from 'vitest';
import { draw } from '../../../repo/console/drawing.ts';
import { capture } from '../../support/capture.ts';

// Drawn for a terminal: control sequences out, last state kept.
const visible = (text: string): string => text.replaceAll(/\u001B\[[0-9;?]*[A-Za-z]/g, '');

describe('a drawing', () => {
  test('gives the results of steps, nested and side by side', async () => {
    const { progress } = draw();

    const { result } = await capture(() =>
      progress.step('outer', async (outer) => {
        const left = outer.step('left', async (left) => left.step('deeper', async () => 1));
        const right = outer.step('right', async () => 2);
        return [await left, await right];
      }),
    );

    expect(result).toEqual([1, 2]);
  });

  test('passes a failure on as it is, and names the step that failed', async () => {
    const { progress } = draw();
    const failure = new Error('no luck');

    const { result, stderr } = await capture(() =>
      progress
        .step('outer', (outer) =>
          outer.step('inner', async () => {
            throw failure;
          }),
        )
        .catch((error: unknown) => error),
    );

    expect(result).toBe(failure);
    expect(visible(stderr)).toMatch(/outer\n {2}. inner\n/);
    expect(stderr).not.toContain('no luck');
  });

  test('holds back other text until it is done', async () => {
    const { progress, defer } = draw();
    const order: string[] = [];

    await capture(() =>
      progress.step('outer', async () => {
        defer(() => order.push('written'));
        order.push('still drawing');
      }),
    );
    defer(() => order.push('at once'));

    expect(order).toEqual(['still drawing', 'written', 'at once']);
  });
});
