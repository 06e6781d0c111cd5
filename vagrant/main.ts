import { spawn } from 'node:child_process';
import manifest from '../package.json' with { type: 'json' };
import type { CommandSpec, Invocation } from '../repo/console/command.ts';
import { table } from '../repo/console/print.ts';
import { runProgram } from '../repo/console/run.ts';
import { Fault } from '../repo/core/fault.ts';
import { demoName, dropDemo, findDemo, raiseDemo, type Demo } from './demo.ts';
import { find } from './host.ts';
import { demandRoot, ensure, sandboxing } from './requirements.ts';
import { sandboxCommands } from './sandbox/commands.ts';

const demo: CommandSpec = {
  name: 'demo',
  about: 'builds the slim bundle, raises a throwaway host without a way out, and installs into it from the bundle alone',
  options: {
    status: { about: 'what runs where in the host that is up' },
    psql: { about: 'psql on it' },
    shell: { about: 'a shell on it' },
    down: { about: 'throw it away; the key, the bundle and what was downloaded stay' },
  },
  notes: 'The host is a systemd-nspawn container of the release of this machine (bookworm or trixie), on a bridge that leads nowhere.',
  run: async (invocation) => {
    await ensure(sandboxing, invocation.progress);
    demandRoot('the demo', 'sudo ./pgark demo');
    if (invocation.has('down')) return down(invocation);
    if (invocation.has('psql')) return enter(['runuser', '-u', 'postgres', '--', 'psql']);
    if (invocation.has('shell')) return enter(['bash', '--login']);
    if (invocation.has('status')) return status(invocation);
    return up(invocation);
  },
};

async function up(invocation: Invocation): Promise<object> {
  if (await findDemo()) {
    invocation.progress.warn(`${demoName} is up already; ./pgark demo --down throws it away`);
    return status(invocation);
  }
  await raiseDemo(invocation.progress, invocation.signal);
  return status(invocation);
}

async function down(invocation: Invocation): Promise<object> {
  const was = await dropDemo();
  invocation.print(was ? `${demoName} is gone` : `${demoName} was not there`);
  return { down: was };
}

async function status(invocation: Invocation): Promise<object> {
  const found = await findDemo();
  if (!found) throw new Fault('unreachable', 'there is no demo that is up', { hint: './pgark demo' });
  const traffic = await found.host.traffic();
  invocation.print(describe(found.demo));
  invocation.print(await found.host.must(['pgark', 'status']));
  invocation.print(`packets that tried to leave it since it was raised: ${traffic.elsewhere + traffic.unroutable}`);
  return { ...found.demo, traffic };
}

const describe = (demo: Demo): string =>
  [
    `PostgreSQL ${demo.pg} runs on ${demo.host} (${demo.address}, Debian ${demo.suite}), installed from ${demo.bundle} and nothing else.`,
    '',
    table([
      ['  SQL', './pgark demo --psql'],
      ['  a shell', './pgark demo --shell'],
      ['  from this machine', `postgres://dbuser_meta@${demo.address}:5433/meta (passwords: /etc/pgark/vault/secrets.json on the host)`],
      ['  the portal', `https://${demo.address}`],
      ['  throw it away', './pgark demo --down'],
    ]),
    '',
  ].join('\n');

/** Hands the terminal over to a program in the host. */
async function enter(argv: readonly string[]): Promise<{ exitCode: number }> {
  const host = await find(demoName);
  if (!host) throw new Fault('unreachable', 'there is no demo that is up', { hint: './pgark demo' });
  const [program, ...rest] = await host.entry(argv);
  const child = spawn(program, rest, { stdio: 'inherit' });
  const exitCode = await new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 128)));
  return { exitCode };
}

process.exitCode = await runProgram({ name: 'pgark', version: manifest.version, about: 'its demonstration, and sandboxes of several nodes', commands: [demo, ...sandboxCommands] }, process.argv.slice(2));
