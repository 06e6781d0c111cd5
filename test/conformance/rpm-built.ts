import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** The programs that build, sign and index RPM packages, by the Debian packages they come from. */
export const rpmPrograms = { rpmbuild: 'rpm', rpmsign: 'rpm', rpmkeys: 'rpm', gpg: 'gnupg', createrepo_c: 'createrepo-c', mergerepo_c: 'createrepo-c', dnf: 'dnf', repo2solv: 'libsolv-tools' } as const;

/** A workshop: packages built here, and keys to sign them with. */
export interface Workshop {
  folder: string;
  /** Builds packages, into `rpms` of the workshop; for another architecture than this machine's, what holds no programs. Answers their paths, sorted. */
  build(spec: string, defines?: Record<string, string>, arch?: string): Promise<string[]>;
  /** Signs packages in place with a new key of that name, or the one made before. Answers the public key, armoured. */
  sign(files: readonly string[], name: string): Promise<string>;
  /** Writes a signature of a file beside it, by the key of that name, as a mirror does for its index. */
  detach(file: string, name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  // GnuPG's socket lies in its home, and its path may not be long.
  const folder = await mkdtemp(join(tmpdir(), 'pgark-rpm-'));
  const home = join(folder, 'gnupg');
  await mkdir(home, { mode: 0o700 });
  const env = { GNUPGHOME: home, HOME: folder };
  return {
    folder,
    build: async (spec, defines = {}, arch = undefined) => build(folder, spec, { _build_id_links: 'none', _binary_payload: 'w6.zstdio', ...defines }, arch, env),
    sign: async (files, name) => {
      const known = await run(['gpg', '--batch', '--list-keys', name], { env, statuses: [0, 2] });
      if (known === '') await run(['gpg', '--batch', '--quiet', '--passphrase', '', '--quick-gen-key', name, 'rsa2048', 'sign', '0'], { env });
      if (files.length > 0) await run(['rpmsign', '--define', `_gpg_name ${name}`, '--define', `_gpg_path ${home}`, '--define', '__gpg /usr/bin/gpg', '--resign', ...files], { env });
      return run(['gpg', '--batch', '--armor', '--export', name], { env });
    },
    detach: async (file, name) => {
      await run(['gpg', '--batch', '--yes', '--armor', '--local-user', name, '--detach-sign', file], { env });
    },
    close: async () => {
      await run(['gpgconf', '--homedir', home, '--kill', 'all'], { env });
      await rm(folder, { recursive: true });
    },
  };
}

async function build(folder: string, spec: string, defines: Record<string, string>, arch: string | undefined, env: NodeJS.ProcessEnv): Promise<string[]> {
  const top = await mkdtemp(join(folder, 'build-'));
  await writeFile(join(top, 'it.spec'), spec);
  const all = { _topdir: top, _rpmdir: join(top, 'rpms'), ...defines };
  await run(['rpmbuild', '-bb', '--quiet', ...(arch === undefined ? [] : ['--target', `${arch}-linux`]), ...Object.entries(all).flatMap(([name, value]) => ['--define', `${name} ${value}`]), join(top, 'it.spec')], { env });
  const names = await readdir(join(top, 'rpms'), { recursive: true });
  return names.filter((name) => name.endsWith('.rpm')).map((name) => join(top, 'rpms', name)).sort();
}

/** Packages with everything in them that repodata has a word for. */
export const richSpec = `
Name: alpha
Epoch: 1
Version: 1.0~rc1^git2
Release: 2.el9
Summary: A <small> & "odd" package
License: MIT
URL: https://example.org/?a=1&b=2
Vendor: Nobody
Packager: Who <who@example.org>
Group: Development/Tools
BuildArch: noarch
Requires: bash >= 4
Requires: /etc/alpha.conf
Requires: /usr/share/alpha/data
Requires: alpha-virtual = 3
Requires(pre): shadow-utils
Requires(post): coreutils
Requires(preun): sed
Requires(postun): /usr/sbin/ldconfig
Requires: coreutils
Requires: ((foo >= 1 or bar) if (baz and qux < 2))
Requires: libc.so.6(GLIBC_2.4)(64bit)
Requires: libc.so.6(GLIBC_2.34)(64bit)
Requires: libc.so.6()(64bit)
Requires: sedlike = 2:1-3
Provides: alpha-virtual = 3
Provides: alpha(x&y)
Conflicts: beta < 2
Obsoletes: oldalpha <= 1.5-2
Recommends: docs
Suggests: more > 3
Supplements: host
Enhances: (x and y)
%description
Ünïcode <text> & more.
  second line, "quoted"
%package plain
Summary: Plain
%description plain
Plain.
%package empty
Summary: Nothing in it
Requires: %{name} = %{epoch}:%{version}-%{release}
%description empty
%prep
%build
%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/bin %{buildroot}/usr/lib %{buildroot}/usr/share/alpha %{buildroot}/var/log %{buildroot}/usr/sbin/dir
echo x > %{buildroot}/etc/alpha.conf
echo x > %{buildroot}/usr/bin/alpha
echo x > %{buildroot}/usr/lib/sendmail
echo x > "%{buildroot}/usr/share/alpha/data"
echo x > "%{buildroot}/usr/share/alpha/with space & <amp> ü"
ln -s alpha.conf %{buildroot}/etc/link
touch %{buildroot}/var/log/alpha.log
seq 1 100000 > %{buildroot}/usr/share/plain
%pre
echo before
%post
echo after
%files
%config(noreplace) /etc/alpha.conf
/etc/link
/usr/bin/alpha
/usr/lib/sendmail
%dir /usr/share/alpha
/usr/share/alpha/*
%dir /usr/sbin/dir
%ghost /var/log/alpha.log
%files plain
/usr/share/plain
%files empty
%changelog
${Array.from({ length: 14 }, (_, place) => `* Tue Jan ${String(28 - place).padStart(2, '0')} 2025 A & B <a@b> - 1.0-${place}\n- change <${place}>\n  with a second line\n`).join('\n').replaceAll(/Tue Jan (\d\d) 2025/g, (_, day: string) => `${['Wed', 'Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue'][(Number(day) - 1) % 7]} Jan ${day} 2025`)}
`;

/** A package that installs anywhere. */
export const smallSpec = (name: string): string => `
Name: ${name}
Version: 1.0
Release: 1
Summary: Small
License: MIT
BuildArch: noarch
%description
Small.
%install
mkdir -p %{buildroot}/usr/share/${name}
echo ${name} > %{buildroot}/usr/share/${name}/file
%files
/usr/share/${name}
`;
