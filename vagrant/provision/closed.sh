#!/bin/sh
# Fails when this guest has a way out. It asks its own kernel for a route, and sends nothing.
# usage: closed.sh PREFIX [ADDRESS…]    resolvers that are known to ask nobody: those of the sandbox (10.10.113.), and these
set -eu
PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
prefix=$1
shift
ways=

# RFC 5737, RFC 3849: addresses for documentation stand for everything that is elsewhere.
for address in 192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 2000::1; do
  if route=$(ip route get "$address" 2>/dev/null); then ways="$ways
error  a way out: $(echo $route)"; fi
done

# A resolver on a network of the hypervisor would carry questions out, and answers back in.
for resolver in $(sed -n 's/^nameserver[[:space:]]*\([^[:space:]%]*\).*/\1/p' /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null | sort -u); do
  case $resolver in "$prefix"* | 127.* | ::1) continue ;; esac
  case " $* " in *" $resolver "*) continue ;; esac
  if route=$(ip route get "$resolver" 2>/dev/null); then ways="$ways
error  a resolver that may know a way out: $(echo $route)"; fi
done

[ -z "$ways" ] || { echo "${ways#?}" >&2; echo "hint   nothing of this sandbox may reach what is outside of it" >&2; exit 1; }
echo "$(uname -n) has no way out"
