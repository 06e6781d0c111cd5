#!/bin/sh
# Brings this host to what its inventory, /etc/pgark/pgark.yml, says: ./install --help
set -eu
[ -x /usr/local/bin/pgark ] || { printf 'error  the bundle is not in place on this host\nhint   ./bootstrap --fingerprint FPR\n' >&2; exit 2; }
root=
[ "$(id -u)" = 0 ] || root=needed
# Help needs no root, nor does an inventory of one's own.
for each; do case $each in -h | --help | -i* | --inventory*) root= ;; esac; done
[ -n "$root" ] || exec /usr/local/bin/pgark install "$@"
command -v sudo >/dev/null || { printf 'error  root is needed, and there is no sudo to become root with\nhint   run it as root\n' >&2; exit 2; }
printf '       root is needed; going on through sudo\n' >&2
exec sudo -- /usr/local/bin/pgark install "$@"
