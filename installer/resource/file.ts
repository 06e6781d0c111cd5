import { digestOf } from '../../repo/core/digest.ts';
import { Secret } from '../../repo/core/secret.ts';
import { shell, type Command } from '../transport/command.ts';
import { manyFiles } from './files.ts';
import { correct, differences, ownership, readNode, type Node, type Permissions } from './mode.ts';
import type { FileResource, Kind } from './resource.ts';
import { sureWay } from './way.ts';

export interface FileState {
  node: Node;
  /** SHA-256 of the content, where the path is a file. */
  digest?: string;
}

export const file: Kind<FileResource, FileState> = {
  plain: true,
  identify: (wanted) => `file ${wanted.path}`,
  probe: (wanted) => ({ argv: shell('stat --printf="%f %a %U %G\\n" -- "$1"; if [ -f "$1" ] && [ ! -L "$1" ]; then sha256sum <"$1"; fi', wanted.path) }),
  many: manyFiles,
  parse: (completed) => {
    const digest = completed.stdout.split('\n')[1]?.slice(0, 64);
    return { node: readNode(completed), ...(digest && { digest }) };
  },
  diff: (wanted, actual) => (holds(wanted, actual) ? correct(wanted.path, permissions(wanted), actual.node as Permissions) : [write(wanted)]),
  describe: (wanted, actual) => {
    if (holds(wanted, actual)) return `set ${differences(permissions(wanted), actual.node as Permissions).join(', ')}`;
    const { owner, mode } = permissions(wanted);
    return `${actual.node.type === 'none' ? 'write' : 'rewrite'}, ${owner === 'root' ? '' : `owner ${owner}, `}mode ${mode}${wanted.content instanceof Secret ? ', secret' : ''}`;
  },
};

/** Everything is explicit: a file that says nothing about its owner belongs to root. */
export function permissions(wanted: FileResource): Permissions & { mode: string } {
  const mode = wanted.mode ?? (wanted.content instanceof Secret ? '0600' : '0644');
  return { owner: wanted.owner ?? 'root', group: wanted.group ?? (wanted.owner === undefined ? 'root' : undefined), mode };
}

const holds = (wanted: FileResource, actual: FileState): boolean => actual.node.type === 'file' && actual.digest === digestOf(wanted.content instanceof Secret ? wanted.content.reveal() : wanted.content);

function write(wanted: FileResource): Command {
  const access = permissions(wanted);
  return { argv: shell(writing, wanted.path, ownership(access), access.mode, ...(wanted.validate ?? [])), stdin: wanted.content };
}

/**
 * Writes beside, checks, then renames. The name beside starts with a dot and ends in no suffix that an include directory reads.
 * Where the folder is not root's, its owner may put another file or a link under the name beside at any moment: the file is
 * made new (`set -C`) and from then on held by its descriptor, so that nothing else is ever written to, given away or opened up.
 * Folders that are missing above it are made as root's, mode 0755.
 * mv -Z: of the type that SELinux has for the path, not of the folder's.
 * A file that is a mount point of its own (a container's /etc/hosts) cannot be renamed over and is written in place.
 */
const writing = `${sureWay}
path=$1 owner=$2 mode=$3
shift 3
beside=\${path%/*}/.\${path##*/}.pgark-new
sure_way "\${path%/*}/"
mkdir -p -- "\${path%/*}"
trap 'rm -f -- "$beside"' EXIT
rm -f -- "$beside"
umask 077
set -C
exec 3>"$beside"
set +C
umask 022
[ -f /proc/self/fd/3 ]
cat >&3
chown -- "$owner" /proc/self/fd/3
chmod -- "$mode" /proc/self/fd/3
exec 3>&-
count=$#
while [ "$count" -gt 0 ]; do
  word=$1
  shift
  if [ "$word" = '{}' ]; then word=$beside; fi
  set -- "$@" "$word"
  count=$((count - 1))
done
if [ "$#" -gt 0 ]; then "$@" </dev/null >&2 || { printf 'the new content was refused by: %s\\n' "$*" >&2; exit 1; }; fi
if mountpoint -q -- "$path" 2>/dev/null; then cat "$beside" >"$path"; else mv -fTZ -- "$beside" "$path"; fi
`;
