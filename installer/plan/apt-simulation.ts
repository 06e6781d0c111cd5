import { repositoryComponent, repositorySuite, target } from '../../repo/bundle/paths.ts';
import { shell } from '../transport/command.ts';
import { unpackIndex } from './carried-index.ts';
import type { Simulation, Simulator } from './simulation.ts';

/** Nothing is written, not even apt's cache. */
export const aptSimulator: Simulator = {
  probe: (names, index) => (index === undefined ? { argv: shell(here + probing, target.sourceList, ...names), timeout: 120 } : { argv: shell(carried + probing, ...names), stdin: index, timeout: 120 }),
  read: ({ code, stdout, stderr }) => {
    const lines = stdout.split('\n');
    const sizes = lines.filter((line) => line.startsWith('Installed-Size: ')).map((line) => Number(line.slice(16)));
    return {
      repository: !lines.includes('no repository'),
      ...(code === 0 ? { problems: [], missing: [] } : explain(lines, stderr)),
      // apt-get(8), --simulate: `Remv name [version]`
      removes: lines.flatMap((line) => /^Remv (\S+)/.exec(line)?.[1] ?? []),
      installed: sizes.reduce((sum, size) => sum + size, 0),
    };
  },
};

/** The lines that name packages; else what apt said at all. */
function explain(lines: readonly string[], stderr: string): Pick<Simulation, 'problems' | 'missing'> {
  const missing = [...stderr.matchAll(/^E: (?:Unable to locate package (\S+)|Package '([^']+)' has no installation candidate)$/gm)].map((match) => (match[1] ?? match[2])!);
  const start = lines.findIndex((line) => line.includes('unmet dependencies'));
  // The list ends with the first line that is not indented; what apt 3 adds below the errors is the path of its solver.
  const list = start < 0 ? [] : lines.slice(start + 1);
  const named = list.slice(0, list.findIndex((line) => !line.startsWith(' '))).map((line) => line.trim().replace(/\s+/g, ' '));
  return { missing, problems: missing.length > 0 || named.length > 0 ? named : [`apt-get could not simulate: ${stderr.trim()}`] };
}

const here = `
list=$1
shift
if [ ! -e "$list" ]; then echo 'no repository'; exit 0; fi
options="-o Dir::Etc::sourcelist=$list -o Dir::Etc::sourceparts=-"
`;

const carried = `${unpackIndex}
mkdir -p "$work/lists/partial"
printf '%s\\n' 'Types: deb' "URIs: file:$work" 'Suites: ${repositorySuite}' 'Components: ${repositoryComponent}' "Signed-By: $work/${target.keyring.slice(target.keyring.lastIndexOf('/') + 1)}" >"$work/pgark.sources"
options="-o Dir::Etc::sourcelist=$work/pgark.sources -o Dir::Etc::sourceparts=- -o Dir::State::lists=$work/lists -o APT::Sandbox::User=root"
apt-get $options -qq -o APT::Update::Error-Mode=any update >&2
`;

const probing = `
options="$options -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
said=$(apt-get $options -s install --no-install-recommends -- "$@" 2>&1) || { printf '%s\\n' "$said"; printf '%s\\n' "$said" >&2; exit 1; }
printf '%s\\n' "$said"
chosen=$(printf '%s\\n' "$said" | sed -n 's/^Inst \\([^ ]*\\) \\(\\[[^]]*\\] \\)\\{0,1\\}(\\([^ ]*\\) .*$/\\1=\\3/p')
if [ -n "$chosen" ]; then apt-cache $options show --no-all-versions $chosen | grep '^Installed-Size: '; fi
`;
