import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../../installer/commands.ts';
import { writeDocument } from '../../../repo/core/document.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { capture } from '../../support/capture.ts';
import { bundle, sample } from '../inventory/sample.ts';

describe('an inventory that somebody wrote', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pgark-adopt-'));
    writeFileSync(join(folder, 'bundle.json'), writeDocument(bundle));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const configure = (text: string, ...words: string[]) => {
    writeFileSync(join(folder, 'mine.yml'), text);
    return capture(() => runProgram({ name: 'pgark', version: '0', about: '', commands }, ['configure', '--inventory', join(folder, 'mine.yml'), '--output', join(folder, 'etc/pgark.yml'), '--bundle', join(folder, 'bundle.json'), ...words]));
  };

  test('is refused with its mistakes, each in its own file, and nothing is written', async () => {
    const { result, stderr } = await configure(sample.replace('pg_version: 15', 'pg_verison: 15').replace('infra_seq: 1', 'infra_seq: one'));

    expect(result).toBe(3);
    expect(stderr).toContain(`${join(folder, 'mine.yml')}:3:49  infra_seq`);
    expect(stderr).toContain(`${join(folder, 'mine.yml')}:10:9  unknown parameter "pg_verison", did you mean "pg_version"?`);
    expect(existsSync(join(folder, 'etc'))).toBe(false);
  }, 30_000);

  test.each([[['--pg', '15'], '--pg'], [['--topology', 'trio', '--node', '10.0.0.2'], '--topology, --node']])('takes no answers beside it: %j', async (words, named) => {
    const { result, stderr } = await configure(sample, ...words);

    expect(result).toBe(2);
    expect(stderr).toContain(`an inventory says everything itself: ${named} cannot be given beside it`);
    expect(existsSync(join(folder, 'etc'))).toBe(false);
  });

  test('that is not there is told', async () => {
    const { result, stderr } = await capture(() => runProgram({ name: 'pgark', version: '0', about: '', commands }, ['configure', '--inventory', join(folder, 'none.yml'), '--output', join(folder, 'etc/pgark.yml'), '--bundle', join(folder, 'bundle.json')]));

    expect(result).toBe(3);
    expect(stderr).toContain(`${join(folder, 'none.yml')}`);
  });
});
