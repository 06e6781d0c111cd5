import { shell } from '../transport/command.ts';
import type { PackageManager } from './package-manager.ts';

/** Takes packages from the repository of the bundle alone: others, where they are kept, cannot be reached or hold other builds. */
export const dnf: PackageManager = {
  // By name: what others provide may lie elsewhere. rpm exits with the number of names that are not there, which is an answer too.
  probe: (names) => ({ argv: shell(`rpm -q --queryformat 'installed %{NAME}\\n' -- "$@" || :; if [ -e ${marker} ]; then echo unfinished; fi`, ...names) }),
  parse: ({ stdout }) => {
    const lines = stdout.split('\n');
    const installed = lines.filter((line) => line.startsWith('installed ')).map((line) => line.slice(10));
    return { installed: new Set(installed), unfinished: lines.includes('unfinished') };
  },
  install: (names) => ({ argv: shell(installing, ...names), env: { SYSTEMD_OFFLINE: '1' }, timeout: 3600 }),
};

/** Stands while a transaction runs, with the second it began in: rpm itself does not know later that it was cut off. */
const marker = '/var/lib/pgark/transaction';

// SYSTEMD_OFFLINE (systemd, ENVIRONMENT.md): systemctl of a scriptlet enables on disk and leaves the running system alone, as in a
// chroot; only `enable --now` does not heed it. Presets are left as they are: they enable what the distribution wants, and start nothing.
//
// A package that was unpacked when the power went may lack what its scriptlets do, and its older version may still be recorded beside
// it. What was installed since the marker was put there is installed again, which runs the first and removes the second.
//
// The plugin `local` would install what it kept from before, from a repository of its own without signatures.
//
// dnf's exit code 200: another one holds a lock. A transaction that has begun is not interrupted: signals take effect after it.
const installing = `
marker=${marker}
stopped=
trap 'stopped=yes' HUP INT TERM
ours() (
  trap '' HUP INT TERM
  exec dnf -y --disableplugin=local --disablerepo='*' --enablerepo=pgark --setopt=install_weak_deps=False --setopt=strict=True --setopt=exit_on_lock=True "$@"
)
patiently() {
  left=120
  while :; do
    code=0
    ours "$@" || code=$?
    if [ -n "$stopped" ] && [ "$code" != 0 ]; then exit 143; fi
    if [ "$code" != 200 ] || [ "$left" -le 0 ]; then return "$code"; fi
    left=$((left - 5))
    sleep 5 || :
    if [ -n "$stopped" ]; then exit 143; fi
  done
}
installed_since() {
  rpm -qa --queryformat '%{INSTALLTIME} %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n' | while read -r time package; do
    if [ "$time" -ge "$1" ]; then printf '%s\\n' "$package"; fi
  done
}
began=$(cat -- "$marker" 2>/dev/null || :)
case $began in
  '' | *[!0-9]*)
    mkdir -p -- "\${marker%/*}"
    date +%s >"$marker.new"
    sync -- "$marker.new"
    mv -T -- "$marker.new" "$marker"
    ;;
  *)
    cut=$(installed_since "$began")
    if [ -n "$cut" ]; then
      held=$(patiently -q repoquery --qf '%{name}-%{version}-%{release}.%{arch}\\n')
      again=$(printf '%s\\n' "$cut" "$held" | sort | uniq -d)
      if [ -n "$again" ]; then patiently reinstall $again; fi
    fi
    ;;
esac
if [ "$#" -gt 0 ]; then patiently install -- "$@"; fi
unset SYSTEMD_OFFLINE
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
rm -f -- "$marker"
if [ -n "$stopped" ]; then exit 143; fi
`;
