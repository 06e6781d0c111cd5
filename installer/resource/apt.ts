import { target } from '../../repo/bundle/paths.ts';
import { shell } from '../transport/command.ts';
import type { PackageManager } from './package-manager.ts';

/** Takes packages from the repository of the bundle alone, whatever other sources the host has. Unfinished is where dpkg has work left, or our policy-rc.d still stands. */
export const apt: PackageManager = {
  // dpkg-query exits 1 for names it has never heard of, which is an answer too.
  probe: (names) => ({ argv: shell(`dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' -- "$@" || :; if ${isOurs} || [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ]; then echo unfinished; fi`, ...names) }),
  parse: ({ stdout }) => {
    const lines = stdout.split('\n');
    // dpkg-query(1): the second letter is the state, `i` for installed; the third is blank unless it must be installed again.
    const installed = lines.filter((line) => /^.i /.test(line)).map((line) => line.slice(3).trim());
    return { installed: new Set(installed), unfinished: lines.includes('unfinished') };
  },
  install: (names) => ({ argv: shell(installing, ...names), env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: 3600 }),
};

const marker = 'pgark: no service starts while packages are installed';

const isOurs = `grep -qsF '${marker}' /usr/sbin/policy-rc.d`;

// A package that was removed, and its configuration with it, gets that anew (dpkg(1), --force-confmiss): its scripts ask for it.
// Debian's policy-rc.d says 101, "action forbidden by policy", while the transaction runs.
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
dpkg --configure -a --force-confold --force-confmiss
if [ "$#" -gt 0 ]; then
  sources=
  if [ -e ${target.sourceList} ]; then sources='-o Dir::Etc::SourceList=${target.sourceList} -o Dir::Etc::SourceParts=/dev/null'; fi
  # Over HTTP there may be another bundle by now; what lies on this host, bootstrap has read.
  if grep -qs '^URIs: http' ${target.sourceList}; then apt-get -q $sources -o APT::Get::List-Cleanup=false -o APT::Update::Error-Mode=any update; fi
  apt-get $sources install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confmiss -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -- "$@"
fi
`;
