import { basename, dirname } from 'node:path/posix';
import { target } from '../../repo/bundle/paths.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';

/** Where bootstrap puts bundles; a test has its own. */
export interface BundlePlaces {
  repository: string;
  repositories: string;
  home: string;
  keyring: string;
  sourceList: string;
  yumFile: string;
}

/** The names of the bundle in use and of the one before it; empty where there is none. */
export const listBundles = ({ home }: BundlePlaces = target): Command => ({ argv: shell('readlink -- "$1" || echo; readlink -- "$2/previous" || echo', home, homesOf(home)) });

export function readBundles({ stdout }: Completed): { current?: string; previous?: string } {
  const [current = '', previous = ''] = stdout.split('\n').map((line) => basename(line));
  return { ...(current && { current }), ...(previous && { previous }) };
}

/**
 * Puts the previous bundle back in use: its repository, its programs and its key; the one in use becomes the previous one,
 * so that doing it twice changes nothing.
 */
export const rollBack = (places: BundlePlaces = target): Command => ({ argv: shell(rolling, places.repository, places.repositories, places.home, homesOf(places.home), places.keyring, places.sourceList, places.yumFile) });

/** bootstrap.sh: the folders of all bundles stand beside the link to the one in use. */
const homesOf = (home: string): string => `${dirname(home)}/.${basename(home)}`;

// The order is that of bootstrap.sh, whose lock it shares: there is a way back whenever this is cut off, and while the links change
// apt knows both keys. On EL the keys are part of the repository and change with it. What dnf keeps of the repository goes, since the
// key of the bundle that was in use is there, and an index of that one would be taken for good.
const rolling = `
repository=$1 repositories=$2 home=$3 homes=$4 keyring=$5 list=$6 yum=$7
exec 9<"\${home%/*}"
flock -n 9 || { echo 'bootstrap is running on this host' >&2; exit 1; }
current=$(readlink -- "$home") || { echo 'there is no bundle on this host' >&2; exit 1; }
current=\${current##*/}
previous=$(readlink -- "$homes/previous") || { echo 'there is no previous bundle' >&2; exit 1; }
previous=\${previous##*/}
if [ ! -d "$repositories/$previous" ] || [ ! -d "$homes/$previous" ]; then echo "$previous is not whole" >&2; exit 1; fi
put_link() { rm -f -- "$1.pgark-new"; ln -s -- "$2" "$1.pgark-new"; mv -T -- "$1.pgark-new" "$1"; }
put_keys() {
  if [ -e "$yum" ]; then return; fi
  cat -- "$@" >"$keyring.pgark-new"
  chmod 644 "$keyring.pgark-new"
  mv -T -- "$keyring.pgark-new" "$keyring"
}
label() { if command -v selinuxenabled >/dev/null && selinuxenabled && command -v restorecon >/dev/null; then restorecon "$@"; fi; }
put_keys "$homes/$current/keyring.gpg" "$homes/$previous/keyring.gpg"
put_link "$repository" "\${repositories##*/}/$previous"
put_link "$home" "\${homes##*/}/$previous"
put_keys "$homes/$previous/keyring.gpg"
put_link "$repositories/previous" "$current"
put_link "$homes/previous" "$current"
label "$repository" "$home" "$repositories/previous" "$homes/previous"
if [ -e "$list" ]; then
  apt-get -q -o Dir::Etc::SourceList="$list" -o Dir::Etc::SourceParts=/dev/null -o APT::Get::List-Cleanup=false -o APT::Update::Error-Mode=any update >&2
fi
if [ -e "$yum" ]; then
  rm -rf -- /var/cache/dnf/pgark[.-]* /var/cache/libdnf5/pgark-*
  dnf -q -y --noplugins --disablerepo='*' --enablerepo=pgark makecache --refresh >&2
fi
`;
