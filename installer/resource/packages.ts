import { shell, type Command } from '../transport/command.ts';
import type { Kind, PackagesResource } from './resource.ts';

/** There is one on a host: all packages come in one transaction. */
export const identifyPackages = 'packages';

export interface PackagesState {
  installed: ReadonlySet<string>;
  /** An earlier transaction was cut off: dpkg has work left, or our policy-rc.d still stands. */
  unfinished: boolean;
}

export const packages: Kind<PackagesResource, PackagesState> = {
  identify: () => identifyPackages,
  // dpkg-query exits 1 for names it has never heard of, which is an answer too.
  probe: (wanted) => ({ argv: shell(`dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' -- "$@" || :; if ${isOurs} || [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ]; then echo unfinished; fi`, ...wanted.names) }),
  parse: (completed) => {
    const lines = completed.stdout.split('\n');
    // dpkg-query(1): the second letter is the state, `i` for installed; the third is blank unless it must be installed again.
    const installed = lines.filter((line) => /^.i /.test(line)).map((line) => line.slice(3).trim());
    return { installed: new Set(installed), unfinished: lines.includes('unfinished') };
  },
  diff: (wanted, actual) => {
    const names = missing(wanted, actual);
    return names.length > 0 || actual.unfinished ? [install(names)] : [];
  },
  describe: (wanted, actual) => {
    const names = missing(wanted, actual);
    return names.length > 0 ? `install ${names.join(' ')}` : 'finish what was cut off';
  },
};

const missing = (wanted: PackagesResource, actual: PackagesState): string[] => [...new Set(wanted.names)].filter((name) => !actual.installed.has(name)).sort();

const marker = 'pgark: no service starts while packages are installed';

const isOurs = `grep -qsF '${marker}' /usr/sbin/policy-rc.d`;

/** Debian's policy-rc.d says 101, "action forbidden by policy", while the transaction runs: services start when their configuration stands. */
function install(names: readonly string[]): Command {
  return { argv: shell(installing, ...names), env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: 3600 };
}

const installing = `
policy=/usr/sbin/policy-rc.d
kept=$policy.pgark-kept
give_back() {
  if ${isOurs}; then rm -f "$policy"; fi
  if [ -e "$kept" ] || [ -L "$kept" ]; then mv -f "$kept" "$policy"; fi
}
give_back
trap give_back EXIT
trap 'exit 143' HUP INT TERM
if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$kept"; fi
printf '#!/bin/sh\\n# ${marker}\\nexit 101\\n' >"$policy"
chmod 755 "$policy"
dpkg --configure -a --force-confold
if [ "$#" -gt 0 ]; then
  apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -- "$@"
fi
`;
