import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inLines, report } from '../../../repo/console/report.ts';
import { demand } from '../../../vagrant/execute.ts';
import { roots } from '../../../vagrant/places.ts';
import { ensure } from '../../../vagrant/requirements.ts';
import { baseRoot } from '../../../vagrant/root.ts';
import { buildBaseline } from './baseline.ts';
import { inPlace } from './place.ts';
import { packaging } from './rpm.ts';

/** What a minimal installation of EL 9 has too. No chrony, no lsof, no rsync, no semanage: the bundle brings them. */
const packages = [
  'ca-certificates', 'cron', 'curl', 'dnf', 'dnf-plugins-core', 'firewalld', 'gpg', 'hostname', 'iputils-ping', 'kmod', 'less', 'libpam-systemd', 'libstdc++6', 'logrotate', 'netbase', 'nftables',
  'openssh-client', 'openssh-server', 'openssl', 'policycoreutils', 'procps', 'python3', 'rpm', 'selinux-policy-default', 'selinux-utils', 'sudo', 'tzdata', 'xz-utils',
];

const sources = ['dress.sh', 'policy.cil', 'root.ts', 'baseline.ts', 'names.ts', 'rpm.ts', 'installed.ts'];

/** The root of a host that is like EL 9, and the packages that its rpm database lists. */
export interface ElRoot {
  root: string;
  /** The Debian root that it was made from; its database says what is there. */
  debian: string;
  /** A folder of RPM packages, unsigned: everything that is installed, with its files. */
  baseline: string;
}

/** Made once. Never to be written to: hosts lay a layer over it. */
export async function elRoot(): Promise<ElRoot> {
  const debian = await baseRoot('bookworm', packages);
  const key = createHash('sha256').update(debian);
  for (const source of sources) key.update(await readFile(join(import.meta.dirname, source)));
  const place = join(roots, `el9-${key.digest('hex').slice(0, 8)}`);
  await inPlace(place, /^el9-[0-9a-f]{8}$/, (part) => make(debian, part));
  return { root: join(place, 'root'), debian, baseline: join(place, 'baseline') };
}

async function make(debian: string, part: string): Promise<void> {
  await ensure(packaging, report(inLines));
  const [root, baseline] = [join(part, 'root'), join(part, 'baseline')];
  await mkdir(baseline);
  await demand(['cp', '-a', '--reflink=auto', debian, root]);
  await demand(['sh', join(import.meta.dirname, 'dress.sh'), root, join(import.meta.dirname, 'policy.cil')]);
  await buildBaseline(root, baseline);
  await demand(['sh', '-ec', record, 'sh', root, baseline], { timeout: 300 });
}

// Only the database: the files are there. Dependencies are checked as ever, so that what the database says is whole.
const record = `
  mkdir "$1/mnt/baseline"
  unshare --mount sh -ec 'mount --bind -o ro "$2" "$1/mnt/baseline"; chroot "$1" sh -c "rpm --initdb; exec rpm --install --justdb --noscripts --notriggers /mnt/baseline/*.rpm"' sh "$1" "$2"
  rmdir "$1/mnt/baseline"
`;
