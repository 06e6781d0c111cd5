import { dirname } from 'node:path/posix';
import { manyLinks } from './links.ts';
import type { Kind, LinkResource } from './resource.ts';
import { takeSureWay } from './way.ts';

export interface LinkState {
  /** Where it points, where it is a link. */
  to?: string;
}

export const link: Kind<LinkResource, LinkState> = {
  plain: true,
  identify: (wanted) => `link ${wanted.path}`,
  probe: (wanted) => ({ argv: ['readlink', '-n', '--', wanted.path] }),
  many: manyLinks,
  parse: (completed) => (completed.code === 0 ? { to: completed.stdout } : {}),
  // -T: where a folder lies, this fails, rather than putting the link inside of it.
  diff: (wanted, actual) => (actual.to === wanted.to ? [] : [takeSureWay(dirname(wanted.path)), { argv: ['mkdir', '-p', '--', dirname(wanted.path)] }, { argv: ['ln', '-sfT', '--', wanted.to, wanted.path] }]),
  describe: (wanted, actual) => `${actual.to === undefined ? 'link' : `relink, was ${actual.to},`} to ${wanted.to}`,
};
