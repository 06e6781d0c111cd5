#!/bin/sh
# Opens the wizard that writes the inventory, /etc/pgark/pgark.yml. Every question has a flag: ./configure --help
set -eu
[ -x /usr/local/bin/pgark ] || { printf 'error  the bundle is not in place on this host\nhint   ./bootstrap --fingerprint FPR\n' >&2; exit 2; }
root=
[ "$(id -u)" = 0 ] || root=needed
# Help needs no root, nor does an inventory of one's own.
for each; do case $each in -h | --help | -o* | --output*) root= ;; esac; done
[ -n "$root" ] || exec /usr/local/bin/pgark configure "$@"
command -v sudo >/dev/null || { printf 'error  root is needed, and there is no sudo to become root with\nhint   run it as root\n' >&2; exit 2; }
printf '       root is needed; going on through sudo\n' >&2
exec sudo -- /usr/local/bin/pgark configure "$@"
