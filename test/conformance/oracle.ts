import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { writeWhole } from '../../repo/core/files.ts';

/** Where results are gathered, as the README quotes them: a file each, since test files run side by side. */
const results = join(import.meta.dirname, '..', '..', 'out', 'conformance');

export interface Needs {
  /** Programs, and the Debian package each comes from. */
  programs: Readonly<Record<string, string>>;
  root?: true;
}

/** A test against programs that may be missing: then it fails in CI, and is skipped elsewhere with a sentence that says why. */
export function conformance(name: string, needs: Needs, act: () => Promise<void>): void {
  const lack = lackOf(needs);
  if (lack === undefined) return void test(name, act);
  if (process.env['CI'] !== 'true') return void test.skip(`${name} (skipped: ${lack})`, act);
  test(name, () => {
    throw new Error(lack);
  });
}

function lackOf({ programs, root }: Needs): string | undefined {
  if (root && process.getuid?.() !== 0) return 'it makes a small root of another Debian release, for which it must be root';
  const missing = Object.entries(programs).filter(([program]) => !onPath(program));
  if (missing.length === 0) return undefined;
  return `${missing.map(([program]) => program).join(', ')} not found; apt-get install ${missing.map(([, item]) => item).join(' ')}`;
}

/** A program by its name; what is no program by its path. */
function onPath(program: string): boolean {
  const isPath = program.startsWith('/');
  return (isPath ? ['/'] : ['/usr/bin', '/usr/sbin', '/bin', '/sbin']).some((folder) => {
    try {
      accessSync(join(folder, program), isPath ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Rate {
  agree: number;
  of: number;
  /** Disagreements that are known and explained; they are part of `of`, not of `agree`. */
  explained: number;
  peer: string;
  seconds: number;
}

/** Prints a rate and keeps it for the README. */
export async function report(subject: string, rate: Rate): Promise<void> {
  const beside = rate.explained > 0 ? `, ${rate.explained} disagreements explained` : '';
  process.stdout.write(`${subject}: ${rate.agree} of ${rate.of} agree with ${rate.peer}${beside} (${rate.seconds.toFixed(1)} s)\n`);
  mkdirSync(results, { recursive: true });
  await writeWhole(join(results, `${subject.replaceAll(/[^A-Za-z0-9]+/g, '-')}.json`), `${JSON.stringify({ subject, ...rate }, null, 2)}\n`);
}
