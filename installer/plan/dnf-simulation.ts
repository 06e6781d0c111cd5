import { repositoryKeys, target } from '../../repo/bundle/paths.ts';
import { shell } from '../transport/command.ts';
import { unpackIndex } from './carried-index.ts';
import type { Simulation, Simulator } from './simulation.ts';

/** What dnf must write, it writes into a folder that goes away. Its keys are those that lie in the repository; packages are not taken, so rpm learns of none. */
export const dnfSimulator: Simulator = {
  probe: (names, index) => (index === undefined ? { argv: shell(here + probing, target.yumFile, ...names), timeout: 120 } : { argv: shell(carried + probing, ...names), stdin: index, timeout: 120 }),
  read: ({ code, stdout, stderr }) => {
    const lines = stdout.split('\n');
    const sizes = lines.filter((line) => line.startsWith('installed size ')).map((line) => Number(line.slice(15)));
    return {
      repository: !lines.includes('no repository'),
      ...(code === 0 ? { problems: [], missing: [] } : explain([...lines, ...stderr.split('\n')], stderr)),
      removes: removals(lines),
      installed: Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1024),
    };
  },
};

/** The problems of its solver, each in one line, and what it left out by the host's own settings; else what dnf said at all. */
function explain(lines: readonly string[], stderr: string): Pick<Simulation, 'problems' | 'missing'> {
  const missing = lines.flatMap((line) => /^No match for argument: (\S+)$/.exec(line)?.[1] ?? []);
  const excluded = lines.filter((line) => /^All matches were filtered out by |^Argument '.*' matches only excluded packages/.test(line));
  const problems = [...problemsIn(lines), ...excluded];
  return { missing, problems: missing.length > 0 || problems.length > 0 ? problems : [`dnf could not simulate: ${essence(stderr)}`] };
}

/** dnf 4 marks what is an error among what it says besides. */
function essence(stderr: string): string {
  const errors = stderr.split('\n').flatMap((line) => /^Error: (.+)$/.exec(line)?.[1] ?? []);
  return errors.length > 0 ? errors.join('; ') : stderr.trim();
}

/** ` Problem 2: what cannot be`, then `  - why` line by line; dnf 4 and 5 write them alike. `conflicting requests` only says that there is more. */
function problemsIn(lines: readonly string[]): string[] {
  const problems: string[][] = [];
  for (const line of lines) {
    const head = /^\s*Problem(?: \d+)?: (.*)$/.exec(line)?.[1];
    const why = /^\s+- (.*)$/.exec(line)?.[1];
    if (head !== undefined) problems.push([head]);
    else if (why !== undefined) problems.at(-1)?.push(why);
  }
  return problems.map((parts) => parts.filter((part) => part !== 'conflicting requests').join('; ')).filter((problem) => problem !== '');
}

/** The rows below `Removing:` and its kin, and what others come in the place of. dnf 5 says of an update that it replaces its older self. */
function removals(lines: readonly string[]): string[] {
  const gone: string[] = [];
  let [section, row] = ['', ''];
  for (const line of lines) {
    section = /^(\S.*):$/.exec(line)?.[1] ?? (line === '' ? '' : section);
    row = /^ (\S+)/.exec(line)?.[1] ?? row;
    const replaced = /^ +replacing +(\S+)/.exec(line)?.[1]?.replace(/\.(noarch|x86_64|aarch64|i686)$/, '');
    if (replaced !== undefined && replaced !== row) gone.push(replaced);
    if (section.startsWith('Removing') && /^ \S/.test(line)) gone.push(row);
  }
  return gone;
}

const here = `
file=$1
shift
if [ ! -e "$file" ]; then echo 'no repository'; exit 0; fi
from=
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 143' HUP INT TERM
`;

const carried = `${unpackIndex}
mkdir "$work/repos"
printf '%s\\n' '[pgark]' 'name=pgark' "baseurl=file://$work" 'repo_gpgcheck=1' 'gpgcheck=1' "gpgkey=file://$work/${repositoryKeys.index}" 'module_hotfixes=1' >"$work/repos/pgark.repo"
from="--setopt=reposdir=$work/repos"
`;

// Plugins keep files of their own, and are left out but for the one that knows what an administrator holds. Answering no ends dnf
// with 1 like any failure; what it says tells them apart. Names begin their row, however it goes on.
const probing = `
apart() {
  dnf $from --disablerepo='*' --enablerepo=pgark --disableplugin='*' --enableplugin=versionlock --setopt=cachedir="$work/cache" --setopt=persistdir="$work/state" --setopt=logdir="$work" \\
    --setopt=install_weak_deps=False --setopt=strict=True "$@"
}
apart -y -q makecache >"$work/said" 2>&1 || { cat -- "$work/said" >&2; exit 1; }
code=0
apart -C --assumeno install -- "$@" >"$work/said" 2>"$work/errors" || code=$?
cat -- "$work/said"
cat -- "$work/errors" >&2
if [ "$code" != 0 ] && ! grep -q '^Operation aborted' "$work/said" "$work/errors"; then exit 1; fi
chosen=$(sed -n 's/^ \\([^ ][^ ]*\\).*$/\\1/p' "$work/said")
if [ -n "$chosen" ]; then apart -C -q repoquery --latest-limit=1 --qf 'installed size %{installsize}\\n' $chosen; fi
`;
