import { Secret } from '../../repo/core/secret.ts';
import type { Command, Completed } from './command.ts';
import { quote } from './quote.ts';

/**
 * One POSIX sh script that runs the commands in order, for `sh -s` as root. After each command a frame is written:
 * a line with the boundary and the exit code on stdout, one with the boundary on stderr. The boundary is random, so no output can forge it.
 * What a command gets on standard input travels inside the script, base64, never in an argument.
 */
export function writeScript(commands: readonly Command[], boundary: string, after: 'go on' | 'stop at a failure'): string {
  const frame = [
    'code=$?',
    `printf '\\n${boundary} %s\\n' "$code"`,
    `printf '\\n${boundary}\\n' >&2`,
    ...(after === 'stop at a failure' ? ['[ "$code" = 0 ] || exit 0'] : []),
  ];
  return [...surroundings, ...commands.flatMap((command) => [writeCommand(command, boundary), ...frame]), 'exit 0', ''].join('\n');
}

/** Cuts the output of such a script into one answer per command that ran to its end. */
export function readFrames(output: Completed, boundary: string, commands: readonly Command[]): Completed[] {
  const errors = output.stderr.split(`\n${boundary}\n`);
  const pieces = output.stdout.split(new RegExp(`\\n${boundary} (\\d+)\\n`));
  const answers: Completed[] = [];
  for (let index = 0; index * 2 + 1 < pieces.length; index++) {
    const code = Number(pieces[index * 2 + 1]);
    const stderr = errors[index] ?? '';
    answers.push({ code, stdout: pieces[index * 2]!, stderr: code === 124 ? `${stderr}${endedText(commands[index]!)}` : stderr });
  }
  return answers;
}

/** The command as words for a shell that is root: environment, time limit, user. Without its standard input. */
export function words(command: Command): string {
  const settings = { ...command.env };
  const assignments = Object.entries(settings).map(([name, value]) => `${checkedName(name)}=${quote(value)}`);
  const user = command.as !== undefined && command.as !== 'root' ? checkedUser(command.as) : undefined;
  // A tilde with a login name is that user's home (XCU 2.6.1); runuser(1) keeps the environment, HOME included.
  if (user) assignments.unshift(`HOME=~${user}`, `USER=${user}`, `LOGNAME=${user}`);
  const limit = `timeout -k 10 ${command.timeout ?? 600}`;
  return [...assignments, limit, ...(user ? ['runuser', '-u', user, '--'] : []), ...command.argv.map(quote)].join(' ');
}

/** Nothing of the caller's environment reaches a command: messages are in one language, paths are the system's. */
const surroundings = [
  'export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=~root USER=root LOGNAME=root',
  'umask 022',
  'cd /',
];

function writeCommand(command: Command, boundary: string): string {
  if (command.stdin === undefined) return `${words(command)} </dev/null`;
  const text = command.stdin instanceof Secret ? command.stdin.reveal() : command.stdin;
  const lines = Buffer.from(text).toString('base64').match(/.{1,4000}/g) ?? [];
  // base64 has no "-", the boundary does: no content can end the here-document.
  return [`base64 -d <<'${boundary}' | ${words(command)}`, ...lines, boundary].join('\n');
}

const endedText = (command: Command): string => `${command.argv[0]} was ended after ${command.timeout ?? 600} s\n`;

function checkedName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`not the name of an environment variable: ${name}`);
  return name;
}

function checkedUser(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) throw new Error(`not the name of a user: ${name}`);
  return name;
}
