import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSmall, type Small } from './small.ts';

let small: Small;
beforeEach(async () => {
  small = await openSmall();
});
afterEach(async () => {
  terminal(false);
  await small.close();
});

const terminal = (isTTY: boolean): void => void Object.assign(process.stdout, { isTTY });

describe('pgark ext avail', () => {
  test('shows platforms by majors, with the preferred version, its source and its packages', async () => {
    const { result, stdout } = await small.pgark('ext avail postgis');

    expect(result).toBe(0);
    expect(stdout).toBe(`postgis  Shapes

     13      16      17
el9          3.6.3   3.6.3
d11  3.1.1¹
d12          3.6.10  3.6.10

from     pgdg
         ¹debian
package  rpm  postgis_{pg}
         deb  postgresql-{pg}-postgis, postgresql-{pg}-postgis-scripts
         d11 13 debian  postgresql-{pg}-postgis-old
also     debian 3.3.2  d12  16
`);
  });

  test('tells what is missing from what was never meant to be, and architectures apart where they differ', async () => {
    const { stdout } = await small.pgark('ext avail h3');

    expect(stdout).toContain(`
             13  16   17
el9.x86_64       4.1  4.2
el9.aarch64      ·    4.2
d11          ·
d12              ·    ✗
`);
    expect(stdout).toContain('✗ its makers name it, no source publishes it\n');
    expect(stdout).toContain('· not made for it\n');
  });

  test('is confined to targets and a major', async () => {
    expect((await small.pgark('ext avail postgis --target el9.x86_64 --pg 17')).stdout).toContain('\n            17\nel9.x86_64  3.6.3\n\n');
    expect((await small.pgark('ext avail postgis --target deb --pg 17')).stdout).toContain('\n     17\nd12  3.6.10\n\n');
  });

  test('goes by a name that it creates', async () => {
    expect((await small.pgark('ext avail postgis_topology')).stdout).toContain('postgis_topology, which postgis brings  Shapes\n');
  });

  test('prints every cell under --json, further sources too', async () => {
    const { stdout } = await small.pgark('ext avail postgis --target d12.x86_64 --pg 16 --json');

    const extras = ['postgresql-16-postgis-scripts'];
    expect(JSON.parse(stdout)).toEqual({
      name: 'postgis', asked: 'postgis', about: 'Shapes',
      cells: [{
        target: 'd12.x86_64', pg: '16', availability: 'available',
        carriers: [{ package: 'postgresql-16-postgis', extras, source: 'pgdg', version: '3.6.10' }, { package: 'postgresql-16-postgis', extras, source: 'debian', version: '3.3.2' }],
      }],
    });
  });

  test('is coloured on a terminal only, and not where NO_COLOR is set', async () => {
    const plain = (await small.pgark('ext avail h3')).stdout;
    terminal(true);
    vi.stubEnv('NO_COLOR', '');
    const coloured = (await small.pgark('ext avail h3 --quiet')).stdout;
    vi.stubEnv('NO_COLOR', '1');
    const uncoloured = (await small.pgark('ext avail h3 --quiet')).stdout;

    expect(coloured).toContain('\u001B[31m✗');
    expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain);
    expect(uncoloured).toBe(plain);
  });
});
