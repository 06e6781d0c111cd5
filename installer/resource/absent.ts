import { manyNodes, readNode, statNode, type Node } from './mode.ts';
import { isInstalled } from './packages.ts';
import type { AbsentResource, Kind } from './resource.ts';

export const absent: Kind<AbsentResource, Node> = {
  plain: true,
  identify: (wanted) => `absent ${wanted.path}`,
  probe: (wanted) => ({ argv: statNode(wanted.path) }),
  many: manyNodes,
  parse: readNode,
  // What is not there may still come with a package of the same plan.
  diff: (wanted, actual, changed) => (actual.type === 'none' && !isInstalled(changed) ? [] : [{ argv: ['rm', '-f', '--', wanted.path] }]),
  describe: (_wanted, actual) => (actual.type === 'none' ? 'remove, should a package bring it' : 'remove'),
};
