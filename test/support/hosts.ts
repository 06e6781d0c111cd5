import { targets, type Built } from '../../vagrant/bundle.ts';
import type { HostGround } from '../../vagrant/host.ts';
import type { Suite } from '../../vagrant/root.ts';
import { bundleFor } from './deploy.ts';
import { elBundle } from './el/bundle.ts';
import { elRoot } from './el/root.ts';

/** A kind of host that a deployment is tried on, and the bundle for it. */
export interface Kind {
  name: string;
  pg: string;
  ground(): Promise<HostGround>;
  bundle(): Promise<Built>;
  /** What asks for the places that the package manager may go to, and the only answer. */
  sources: { ask: string; answer: string };
}

const debian = (suite: Suite): Kind => ({
  name: suite,
  pg: targets[suite].pg,
  ground: async () => ({ suite }),
  bundle: () => bundleFor(suite),
  sources: { ask: 'grep -rhs ^ /etc/apt/sources.list /etc/apt/sources.list.d | grep -E "^(deb|URIs)"', answer: 'URIs: file:/www/pgark\n' },
});

const el: Kind = {
  name: 'el9',
  pg: '15',
  ground: async () => ({ root: (await elRoot()).root }),
  bundle: elBundle,
  sources: { ask: 'grep -hE "^(baseurl|mirrorlist|metalink|gpgcheck|repo_gpgcheck)" /etc/yum.repos.d/*.repo', answer: 'baseurl=file:///www/pgark\nrepo_gpgcheck=1\ngpgcheck=1\n' },
};

export const kinds: readonly Kind[] = [debian('bookworm'), debian('trixie'), el];
