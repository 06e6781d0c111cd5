import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogCheck } from '../../../builder/command/catalog-check.ts';
import { catalogUpdate } from '../../../builder/command/catalog-update.ts';
import type { Finding } from '../../../builder/check/finding.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { madeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import { debs, makeWorld, rpms, type World } from '../../support/checked.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

describe('pgark catalog check', () => {
  test('has nothing to say where the sources have what the rows promise, but names what is disabled', async () => {
    const { code, stdout } = await run('--detailed-exitcode');

    expect(code).toBe(0);
    expect(stdout).toContain('disabled  off        not checked: its owner publishes no fingerprint');
    expect(stdout).toContain('(3 of 3 read whole): 0 errors, 0 changes, 0 that could not be read, 1 notes');
  });

  test('tells a newer version from an older one, with the line of the row, and leaves the exit code alone unless asked', async () => {
    await world.publishDeb({ ...debs, 'postgresql-15-moving': '2.0.1-1', tool: '3.0-9' });

    const { code, findings } = await check();
    const { code: strict, stdout } = await run('--detailed-exitcode');

    expect([code, strict]).toEqual([0, 10]);
    expect(findings.filter(({ target }) => target === 'd12.x86_64')).toEqual([
      expect.objectContaining({ kind: 'newer', grade: 'change', subject: 'moving', pg: '15', package: 'postgresql-15-moving', from: '2.0', to: '2.0.1', where: 'extensions/test.yml:24' }),
      expect.objectContaining({ kind: 'older', subject: 'tool', from: '3.1', to: '3.0', where: 'components/test.yml:15' }),
    ]);
    // Both architectures have it: said once.
    expect(stdout.match(/2\.0 → 2\.0\.1/g)).toHaveLength(1);
  });

  test('calls a package vanished that is in no suite, and renamed when another takes its place', async () => {
    const { 'postgresql-15-stable': _, tool: __, ...rest } = debs;
    await world.publishDeb({ ...rest, 'better-tool': { Version: '4', Replaces: 'tool (<< 4)' } });

    const { code, findings } = await check('--target', 'd12.aarch64');

    expect(code).toBe(4);
    expect(findings).toEqual([
      expect.objectContaining({ kind: 'vanished', grade: 'error', subject: 'stable', package: 'postgresql-15-stable' }),
      expect.objectContaining({ kind: 'renamed', grade: 'error', subject: 'tool', to: 'better-tool' }),
      expect.objectContaining({ kind: 'disabled' }),
    ]);
  });

  test('sees a gap filled and a row that could be wider', async () => {
    await world.publishDeb({ ...debs, 'postgresql-15-coming': '0.1-1', 'postgresql-16-stable': '1.2+dfsg-3' });

    const { code, findings } = await check('--source', 'apt', '--target', 'd12.x86_64');

    expect(code).toBe(0);
    expect(findings.map(({ kind, subject, pg, to }) => [kind, subject, pg, to])).toEqual([['new', 'stable', '16', '1.2+dfsg'], ['new', 'coming', '15', '0.1']]);
  });

  test('tells what a package depends on since the manifests were last brought up to date, whatever its bounds', async () => {
    await runCommand(catalogUpdate.name, '--write');
    await world.publishDeb({ ...debs, 'postgresql-15': { Version: '15.21-0+deb12u1', Depends: 'libc6 (>= 2.40), libpq5' }, 'postgresql-15-moving': { Version: '2.0-2', Depends: 'libc6, libgeos-c1v5' } });

    const { code, findings } = await check('--target', 'd12');

    expect(code).toBe(0);
    expect(findings.filter(({ kind }) => kind !== 'disabled').map(({ kind, target, subject, text }) => [kind, target, subject, text])).toEqual([
      ['dependencies', 'd12.x86_64', 'moving', '+libgeos-c1v5'],
      ['dependencies', 'd12.aarch64', 'moving', '+libgeos-c1v5'],
    ]);
  });

  test('tells that another of the pinned keys signs now', async () => {
    await runCommand(catalogUpdate.name, '--write');
    await world.publishDeb(debs, { key: world.keys[1] });

    const { code, findings } = await check('--source', 'apt', '--target', 'd12.x86_64');

    expect(code).toBe(0);
    expect(findings).toEqual([expect.objectContaining({ kind: 'signer', grade: 'change', from: world.keys[0].fingerprint, to: world.keys[1].fingerprint })]);
  });

  test('does not believe a Release signed by a key that is not pinned, names both, and goes on with the other sources', async () => {
    const stranger = await madeKey('a stranger');
    await world.publishDeb({}, { key: stranger });

    const { code, findings, read } = await check();

    const [first, ...rest] = findings.filter(({ kind }) => kind !== 'disabled');
    expect(code).toBe(6);
    expect(first).toMatchObject({ kind: 'untrusted', grade: 'error', subject: 'apt/bookworm', from: expect.stringContaining(world.keys[0].fingerprint) as string });
    expect(first!.details!.join()).toContain(stranger.fingerprint);
    // Nothing of it was read, so nothing of it is gone.
    expect(rest.map(({ kind }) => kind)).toEqual(['untrusted']);
    expect(read.map(({ name }) => name)).toEqual(['yum/main']);
  });

  test('names a source that cannot be reached once, whatever the number of its suites, and goes on', async () => {
    const { code, findings, read } = await check('--mirror', 'apt=http://127.0.0.1:9');

    expect(code).toBe(0);
    expect(findings.filter(({ kind }) => kind !== 'disabled')).toEqual([expect.objectContaining({ kind: 'unreachable', grade: 'trouble', source: 'apt', text: expect.stringMatching(/cannot be fetched.*; 2 indexes not read$/) as string })]);
    expect(read.map(({ name }) => name)).toEqual(['yum/main']);
  });

  test('says with its exit code that no source could be read', async () => {
    const { code } = await run('--source', 'apt', '--mirror', 'apt=http://127.0.0.1:9');

    expect(code).toBe(5);
  });

  test('works without the network on what is in the store', async () => {
    await run();
    world.server.meddle = (_path, _request, response) => (response.destroy(), true);

    const { code, stdout } = await run('--offline', '--detailed-exitcode');

    expect(code).toBe(0);
    expect(stdout).toContain('3 of 3 read whole');
  });

  test('reads repositories of RPM packages by the order of their versions', async () => {
    await world.publishRpm({ ...rpms, moving_16: '2.0^git1-1.el9', coming_17: '1.0-1.el9' });

    const { findings } = await check('--source', 'yum');

    expect(findings.map(({ kind, subject, pg, from, to }) => [kind, subject, pg, from, to])).toEqual([['newer', 'moving', '16', '2.0', '2.0^git1'], ['new', 'coming', '17', undefined, '1.0']]);
  });

  test('takes a release for its targets, and guesses what a misspelt name means', async () => {
    const { read } = await check('--target', 'd12', '--source', 'apt');
    const target = await run('--target', 'd13.x86_64');
    const source = await run('--source', 'aptt');
    const major = await run('--pg', 'seventeen');

    expect(read.map((each) => each.target)).toEqual(['d12.x86_64', 'd12.aarch64']);
    expect([target.code, source.code, major.code]).toEqual([2, 2, 2]);
    expect(source.stderr).toContain('there is no source "aptt", did you mean "apt"?');
  });
});

interface Result {
  findings: Finding[];
  read: { name: string; target: string }[];
}

async function check(...argv: string[]): Promise<Result & { code: number }> {
  const { code, stdout } = await run('--json', ...argv);
  return { code, ...(JSON.parse(stdout) as Result) };
}

const run = (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> => runCommand(catalogCheck.name, ...argv);

async function runCommand(name: string, ...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { result, stdout, stderr } = await capture(() => runProgram({ name: 'pgark', version: '0', about: 'x', commands: [catalogCheck, catalogUpdate] }, [...name.split(' '), ...world.options, ...argv]));
  return { code: result, stdout, stderr };
}
