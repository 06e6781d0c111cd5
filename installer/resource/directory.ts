import { shell, type Command } from '../transport/command.ts';
import { correct, differences, manyNodes, readNode, statNode, type Node, type Permissions } from './mode.ts';
import type { DirectoryResource, Kind } from './resource.ts';
import { sureWay } from './way.ts';

export const directory: Kind<DirectoryResource, Node> = {
  plain: true,
  identify: (wanted) => `directory ${wanted.path}`,
  probe: (wanted) => ({ argv: statNode(wanted.path) }),
  many: manyNodes,
  parse: readNode,
  diff: (wanted, actual) => (actual.type === 'directory' ? correct(wanted.path, wanted, actual) : [make(wanted)]),
  describe: (wanted, actual) => {
    if (actual.type === 'directory') return `set ${differences(wanted, actual).join(', ')}`;
    return `make, ${wanted.owner ? `owner ${wanted.owner}, ` : ''}mode ${wanted.mode ?? '0755'}`;
  },
};

/** Parents that are missing are made as root's, mode 0755; install(1) gives the permissions to the last folder only. -Z: of the type that SELinux has for the path. */
function make(wanted: DirectoryResource & Permissions): Command {
  const owner = wanted.owner === undefined ? [] : ['-o', wanted.owner];
  const group = wanted.group === undefined ? [] : ['-g', wanted.group];
  return { argv: shell(`${sureWay}sure_way "$1"; path=$1; shift; install -Z -d "$@" -- "$path"`, wanted.path, '-m', wanted.mode ?? '0755', ...owner, ...group) };
}
