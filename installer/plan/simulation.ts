import { target } from '../../repo/bundle/paths.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** What the package transaction would do to a host. */
export interface Simulation {
  /** Whether the host has the repository of a bundle at all. */
  repository: boolean;
  /** What apt says cannot go together, a line each. */
  problems: readonly string[];
  /** Packages that are in no index. */
  missing: readonly string[];
  removes: readonly string[];
  /** KiB that the new packages fill. */
  installed: number;
}

/**
 * Asks apt what it would do with the repository of the bundle alone, whatever other sources the host has. Nothing is
 * written, not even apt's cache.
 */
export const probeSimulation = (names: readonly string[]): Command => ({ argv: shell(probing, target.sourceList, ...names), timeout: 120 });

export function readSimulation({ code, stdout, stderr }: Completed): Simulation {
  const lines = stdout.split('\n');
  const sizes = lines.filter((line) => line.startsWith('Installed-Size: ')).map((line) => Number(line.slice(16)));
  return {
    repository: !lines.includes('no repository'),
    ...(code === 0 ? { problems: [], missing: [] } : explain(lines, stderr)),
    // apt-get(8), --simulate: `Remv name [version]`
    removes: lines.flatMap((line) => /^Remv (\S+)/.exec(line)?.[1] ?? []),
    installed: sizes.reduce((sum, size) => sum + size, 0),
  };
}

export function packageFindings(host: string, simulation: Simulation): Finding[] {
  if (!simulation.repository) return [{ host, code: 'no-repository', message: `${target.sourceList} is missing: the packages of the bundle are not on this host`, remedy: 'run bootstrap of the bundle on it first' }];
  const { problems, missing } = simulation;
  const lacking: Finding[] = missing.length > 0 ? [{ host, code: 'packages-missing', message: `the bundle holds no ${missing.join(', ')}`, remedy: 'take a bundle with these packages, or leave out what needs them' }] : [];
  const conflicts = problems.map((problem): Finding => ({ host, code: 'packages-conflict', message: problem, remedy: 'the host holds packages of its own that the bundle cannot go with: dpkg -l; apt-mark showhold' }));
  return [...lacking, ...conflicts];
}

/** The lines that name packages; else what apt said at all. */
function explain(lines: readonly string[], stderr: string): Pick<Simulation, 'problems' | 'missing'> {
  const missing = [...stderr.matchAll(/^E: (?:Unable to locate package (\S+)|Package '([^']+)' has no installation candidate)$/gm)].map((match) => (match[1] ?? match[2])!);
  const start = lines.findIndex((line) => line.includes('unmet dependencies'));
  // The list ends with the first line that is not indented; what apt 3 adds below the errors is the path of its solver.
  const list = start < 0 ? [] : lines.slice(start + 1);
  const named = list.slice(0, list.findIndex((line) => !line.startsWith(' '))).map((line) => line.trim().replace(/\s+/g, ' '));
  return { missing, problems: missing.length > 0 || named.length > 0 ? named : [`apt-get could not simulate: ${stderr.trim()}`] };
}

const probing = `
list=$1
shift
if [ ! -e "$list" ]; then echo 'no repository'; exit 0; fi
set -- -o Dir::Etc::sourcelist="$list" -o Dir::Etc::sourceparts=- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -- "$@"
said=$(apt-get -s install --no-install-recommends "$@" 2>&1) || { printf '%s\\n' "$said"; printf '%s\\n' "$said" >&2; exit 1; }
printf '%s\\n' "$said"
chosen=$(printf '%s\\n' "$said" | sed -n 's/^Inst \\([^ ]*\\) \\(\\[[^]]*\\] \\)\\{0,1\\}(\\([^ ]*\\) .*$/\\1=\\3/p')
if [ -n "$chosen" ]; then apt-cache "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" show --no-all-versions $chosen | grep '^Installed-Size: '; fi
`;
