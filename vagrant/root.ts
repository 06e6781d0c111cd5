import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../repo/core/fault.ts';
import { exists } from '../repo/core/files.ts';
import { demand, execute } from './execute.ts';
import { roots } from './places.ts';

export type Suite = 'bookworm' | 'trixie';

/** What a minimal Debian host has beyond minbase: an init, its bus, and the tool that sets an address. */
const minimal = ['systemd', 'systemd-sysv', 'dbus', 'iproute2'];

/** Other releases, whose programs are peers of ours. */
export type Peer = 'bullseye' | 'forky';

/** The root of a minimal host of this suite, made once from the machine's own mirror. Never to be written to: hosts lay a layer over it. */
export async function baseRoot(suite: Suite | Peer, packages: readonly string[] = []): Promise<string> {
  const include = [...minimal, ...packages].toSorted();
  const root = join(roots, `${suite}-${createHash('sha256').update(include.join()).digest('hex').slice(0, 8)}`);
  if (await exists(root)) return root;
  await mkdir(roots, { recursive: true });
  // Two that want the same root: one makes it, the other waits and finds it.
  await demand(['flock', `${root}.lock`, 'sh', '-ec', make, 'sh', root, suite, include.join(), await mirror(), ...(await settings())], { timeout: 900 });
  return root;
}

/** The Debian mirror that this machine installs from, whatever it is. */
export async function mirror(): Promise<string> {
  const { stdout } = await execute(['apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages', 'Component: main']);
  const rows = stdout.split('\n').map((row) => row.split(' '));
  const main = rows.find(([, release]) => release !== undefined && !/-(security|updates|backports)/.test(release));
  if (main?.[0]) return main[0];
  throw new Fault('invalid', 'the apt configuration of this machine names no Debian archive', { hint: 'a line in /etc/apt/sources.list makes one known' });
}

const make = `
  test ! -e "$1" || exit 0
  rm -rf "$1.part"
  root=$1 suite=$2 include=$3 mirror=$4
  shift 4
  mmdebstrap --quiet --variant=minbase --include="$include" --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$@" "$suite" "$root.part" "$mirror"
  # A host has its own identity and knows no name server.
  : >"$root.part/etc/machine-id"
  rm -f "$root.part/etc/resolv.conf"
  : >"$root.part/etc/resolv.conf"
  mv -T "$root.part" "$root"
`;

/** How this machine reaches its mirror, and whether that is a snapshot, whose Release files are past their time. */
async function settings(): Promise<string[]> {
  const { stdout } = await execute(['apt-config', 'dump', '--format', '%F "%v";%n', 'Acquire::http::Proxy', 'Acquire::https::Proxy', 'Acquire::Check-Valid-Until']);
  return stdout.split('\n').filter((line) => /(Proxy|Until) ".+"/.test(line)).map((line) => `--aptopt=${line}`);
}
