import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import type { CommandSpec, Invocation } from '../repo/console/command.ts';
import { runProgram } from '../repo/console/run.ts';
import { Fault } from '../repo/core/fault.ts';
import { demandRoot, ensure, sandboxing, vagrantLibvirt, vagrantLxc, vagrantOnly, type Requirement } from '../vagrant/requirements.ts';

const layers = ['unit', 'conformance', 'e2e', 'slow'] as const;
/** What is run when nothing is named. */
const usual = layers.filter((layer) => layer !== 'slow');
type Layer = (typeof layers)[number];

/** What the tests of a layer run beside our own code: oracles, verifiers, a terminal. */
const requirements: Record<Layer, readonly Requirement[]> = {
  unit: [
    { package: 'bzip2', known: 'bzip2' },
    { package: 'dpkg', known: 'dpkg-deb' },
    { package: 'gpgv', known: 'gpgv' },
    { package: 'openssl', known: 'openssl' },
    { package: 'xz-utils', known: 'xz' },
  ],
  conformance: [
    { package: 'mmdebstrap', known: 'mmdebstrap' },
    { package: 'debian-archive-keyring', known: '/usr/share/keyrings/debian-archive-keyring.gpg' },
    { package: 'dose-distcheck', known: 'dose-debcheck' },
    { package: 'rpm', known: 'rpmbuild' },
    { package: 'gnupg', known: 'gpg' },
    { package: 'createrepo-c', known: 'createrepo_c' },
    { package: 'dnf', known: 'dnf' },
    { package: 'dnf-plugins-core', known: '/usr/lib/python3/dist-packages/dnf-plugins/reposync.py' },
    { package: 'libsolv-tools', known: 'testsolv' },
    { package: 'golang-go', known: 'go' },
    { package: 'golang-github-hashicorp-hcl-v2-dev', known: '/usr/share/gocode/src/github.com/hashicorp/hcl/v2' },
    { package: 'python3-solv', known: '/usr/lib/python3/dist-packages/solv.py' },
    ...sandboxing.filter((each) => ['mmdebstrap', 'debian-archive-keyring'].includes(each.package)),
  ],
  e2e: [...sandboxing, ...vagrantOnly, ...vagrantLxc, ...vagrantLibvirt, { package: 'tmux', known: 'tmux' }],
  slow: [...sandboxing, ...vagrantOnly, ...vagrantLxc],
};

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const test: CommandSpec = {
  name: 'test',
  arguments: '[unit|conformance|e2e|slow …]',
  about: 'runs the types, the lint and every test; installs first what they need',
  options: {
    filter: { value: 'PATH', about: 'only test files whose path contains this' },
    named: { value: 'PATTERN', about: 'only tests whose name matches this' },
  },
  notes: 'e2e and slow raise air-gapped hosts on this machine, hence want root; the other layers do not. slow is run only when it is named.',
  run: async (invocation) => {
    const chosen = choose(invocation.args);
    await ensure(chosen.flatMap((layer) => requirements[layer]), invocation.progress);
    if (chosen.includes('e2e') || chosen.includes('slow')) demandRoot('hosts', 'sudo ./pgark test, or: ./pgark test unit conformance');
    const tallies = [await check('types', 'typescript/bin/tsc', '--noEmit'), await check('lint', 'oxlint/bin/oxlint', '--quiet')];
    for (const layer of chosen) tallies.push(await runLayer(layer, invocation));
    const tally = total(tallies);
    invocation.print(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
    return { ...tally, exitCode: tally.failed > 0 ? 1 : 0 };
  },
};

process.exitCode = await runProgram({ name: 'pgark', version: manifest.version, about: 'its tests', commands: [test] }, process.argv.slice(2));

function choose(words: readonly string[]): Layer[] {
  const unknown = words.filter((word) => !layers.includes(word as Layer));
  if (unknown.length > 0) throw new Fault('usage', `there is no layer of tests "${unknown[0]}"`, { hint: `the layers are ${layers.join(', ')}` });
  return words.length === 0 ? [...usual] : layers.filter((layer) => words.includes(layer));
}

/** A tool that judges everything at once counts as one test. */
async function check(title: string, script: string, ...argv: string[]): Promise<Tally> {
  announce(title);
  const code = await runTool(script, argv);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runLayer(layer: Layer, invocation: Invocation): Promise<Tally> {
  announce(layer);
  const folder = await mkdtemp(join(tmpdir(), 'pgark-test-'));
  try {
    const report = join(folder, 'report.json');
    const code = await runTool('vitest/vitest.mjs', ['run', '--project', layer, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...narrowing(invocation)]);
    return judge(layer, code, await readFile(report, 'utf8').catch(() => undefined));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Vitest's own verdict counts too: a file that cannot be loaded holds no test that could fail. */
function judge(layer: Layer, code: number, report: string | undefined): Tally {
  const counts = JSON.parse(report ?? '{}') as { numPassedTests?: number; numFailedTests?: number; numPendingTests?: number; numTodoTests?: number };
  const failed = counts.numFailedTests ?? 0;
  if (code !== 0 && failed === 0) process.stderr.write(`the layer ${layer} failed as a whole: vitest ended with ${code}\n`);
  return {
    passed: counts.numPassedTests ?? 0,
    failed: code === 0 ? failed : Math.max(1, failed),
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
  };
}

function narrowing(invocation: Invocation): string[] {
  const [path, name] = [invocation.value('filter'), invocation.value('named')];
  return [...(path ? [path] : []), ...(name ? ['-t', name] : []), ...(path || name ? ['--passWithNoTests'] : [])];
}

/**
 * Runs a tool of node_modules on our own Node.js; what it says goes to stderr, since stdout is for the result. Without protection keys: where a processor
 * has them, V8 may lose a page of code between threads, and end the process (nodejs/node#64500).
 */
async function runTool(script: string, argv: readonly string[]): Promise<number> {
  const top = resolve(import.meta.dirname, '..');
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
  const child = spawn(process.execPath, ['--no-memory-protection-keys', join(top, 'node_modules', script), ...argv], { cwd: top, stdio: ['ignore', 2, 2], env: { ...process.env, PATH: path } });
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 128)));
}

function announce(title: string): void {
  process.stderr.write(`\n── ${title}\n`);
}

function total(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((sum, each) => sum + of(each), 0);
  return { passed: sum((each) => each.passed), failed: sum((each) => each.failed), skipped: sum((each) => each.skipped) };
}
