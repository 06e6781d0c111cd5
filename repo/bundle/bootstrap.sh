#!/bin/sh
# bootstrap: checks a pgark bundle, then puts its package repository, its runtime and `pgark` on this host.
#
# Needs a POSIX sh and what every minimal Debian and EL have: coreutils, diffutils, findutils, grep, sed, tar, gzip, flock, apt or
# dnf, and one of gpgv, sqv and gpg. Needs no network. In this order, and nothing is written before the first five are good:
#
#   1. the signature over the list of files, and whose it is     (the fingerprint that you give or confirm)
#   2. bundle.json against that list
#   3. that the bundle is for this host: distribution, release, architecture
#   4. that the clock does not stand before the bundle's date, and that the disks have room
#   5. the archive's members: plain files, below one folder, each named by the list, none missing
#   6. every file's digest, as it landed in a folder beside its final place; then apt or dnf reads the repository from there
#   7. only then the switch: two symbolic links, each replaced at once
#
# What it leaves behind (repo/bundle/paths.ts says the same):
#
#   /www/.pgark/NAME/              a repository; NAME is the bundle's id and the first digits of its list's digest
#   /www/pgark                     → .pgark/NAME, what apt or dnf reads
#   /www/.pgark/previous           → the repository before it, kept for `pgark repo rollback`
#   /opt/.pgark/NAME/              runtime, installer, bundle.json, keyring.gpg, SHA256SUMS and its signature, sbom
#   /opt/pgark                     → .pgark/NAME
#   /opt/.pgark/previous           → the one before it
#   /usr/local/bin/pgark           → /opt/pgark/installer/pgark
#   /usr/share/keyrings/pgark.gpg  Debian: the bundle's public key, named by Signed-By
#   /etc/apt/sources.list.d/pgark.sources
#   /etc/yum.repos.d/pgark.repo    EL: names two files of keys in the repository itself, that of the bundle and those that its
#                                  packages are signed with upstream; index and packages are both checked
#   /var/lib/pgark/sources/        other package sources, under the path they had; `manifest` holds a line for each,
#                                  "where it lies now" and "where it was", newest last
#
# Where SELinux is on, everything that is put in place gets the context that the host's policy has for it.
#
# When anything fails, or it is interrupted, what it changed is put back. Running it again is always safe.
# Exit codes: 0 done, 2 usage, 3 the bundle or the host is not fit, 6 not trusted, 8 could not be written.

set -eu
umask 022
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset TAR_OPTIONS GZIP GREP_OPTIONS APT_CONFIG GNUPGHOME CDPATH TMPDIR

repository=/www/pgark
repositories=/www/.pgark
home=/opt/pgark
homes=/opt/.pgark
program=/usr/local/bin/pgark
keyring=/usr/share/keyrings/pgark.gpg
source_list=/etc/apt/sources.list.d/pgark.sources
yum_file=/etc/yum.repos.d/pgark.repo
set_aside=/var/lib/pgark/sources
lists=/var/lib/apt/lists
cache=/var/cache/dnf

fingerprint=
keep_sources=
given=
work=
stage_repository=
stage_home=
undo=

usage() {
  cat <<'USAGE'
usage: sh bootstrap BUNDLE.tar [--fingerprint FPR] [--keep-sources]
       ./bootstrap [--fingerprint FPR] [--keep-sources]       in an unpacked bundle

Checks the bundle from the signature down, then puts its package repository into /www/pgark, points apt or dnf
at it, and puts `pgark` on this host. Changes nothing unless all checks are good.

  --fingerprint FPR  the fingerprint of the key that must have signed the bundle; without it, it is shown and asked for
  --keep-sources     leave the other package sources where they are (else they are set aside; pgark repo restore)
  -h, --help         this text
USAGE
}

say() { printf '%s\n' "$*" >&2; }

# fail CODE MESSAGE [HINT]
fail() {
  say "error  $2"
  [ -z "${3-}" ] || say "hint   $3"
  exit "$1"
}

# Shows the first lines of a file, indented as the details of an error.
details() { sed -n 's/^/       /;1,12p' "$1" >&2; }

main() {
  read_options "$@"
  find_bundle
  become_root "$@"
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d) || fail 8 "no room for a few small files in /tmp"
  read_head
  check_signature
  check_fingerprint
  check_descriptor
  check_host
  check_clock
  hold_lock
  check_places
  if is_here; then
    staged=
    name=$(basename "$(readlink "$repository")")
  else
    staged=yes
    check_members
    check_space
    stage
    check_files
    unpack_runtime
    try_repository
    place
  fi
  switch
  point_manager
  undo=
  sweep
  report
}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --fingerprint) [ $# -ge 2 ] || fail 2 "--fingerprint needs a value" "sh bootstrap --help"; fingerprint=$2; shift ;;
      --fingerprint=*) fingerprint=${1#*=} ;;
      --keep-sources) keep_sources=yes ;;
      -h | --help) usage; exit 0 ;;
      -*) fail 2 "unknown option $1" "sh bootstrap --help" ;;
      *) [ -z "$given" ] || fail 2 "more than one bundle is given" "sh bootstrap --help"; given=$1 ;;
    esac
    shift
  done
  [ -n "$fingerprint" ] || return 0
  fingerprint=$(printf '%s' "$fingerprint" | sed 's/^0[xX]//' | tr -d ' :\t\n' | tr 'a-f' 'A-F')
  printf '%s\n' "$fingerprint" | grep -qE '^[0-9A-F]{40}$' || fail 2 "a fingerprint has 40 hexadecimal digits, this has ${#fingerprint}: $fingerprint"
}

# The bundle is the tar that was given, or the folder that this script stands in.
find_bundle() {
  if [ -n "$given" ]; then
    [ -e "$given" ] || fail 3 "$given: no such file"
    [ ! -d "$given" ] || fail 2 "$given is a folder" "in an unpacked bundle: ./bootstrap --fingerprint FPR"
    tree=
    what=$(basename -- "$given")
    case $given in /*) ;; *) given=$(pwd)/$given ;; esac
  else
    tree=$(cd -- "$(dirname -- "$0")" && pwd -P)
    [ -f "$tree/SHA256SUMS" ] || fail 2 "no bundle is given" "sh bootstrap BUNDLE.tar --fingerprint FPR"
    what=$(basename -- "$tree")
  fi
}

become_root() {
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo >/dev/null || fail 2 "root is needed, and there is no sudo to become root with" "run it as root"
  say "       root is needed; going on through sudo"
  exec sudo -- /bin/sh "$0" "$@"
}

# The list of files, its signature, bundle.json and the key, into a private folder; and what else there is, with sizes.
read_head() {
  if [ -n "$tree" ]; then
    (cd "$tree" && find . -type f -printf '%s %P\n') >"$work/list" 2>"$work/errors" || { details "$work/errors"; fail 3 "$what cannot be read"; }
    grep -E '^[0-9]+ [A-Za-z0-9._+~^/-]+$' "$work/list" >"$work/sizes"
  else
    tar --quoting-style=escape --numeric-owner -tvf "$given" >"$work/list" 2>"$work/errors" || { details "$work/errors"; fail 3 "$what is not a whole tar archive" "it was not copied whole; compare its size with the one it was copied from"; }
    top=$(sed -n '1s|^.* \([A-Za-z0-9._+~-]*\)/SHA256SUMS$|\1|p' "$work/list")
    [ -n "$top" ] || fail 3 "$what is no bundle of pgark"
    pattern=$(printf '%s' "$top" | sed 's/[.+]/[&]/g')
    check_shape
    sed "s|^[^ ]* [^ ]*  *\([0-9]*\) [^ ]* [^ ]* $pattern/|\1 |" "$work/list" >"$work/sizes"
  fi
  for each in SHA256SUMS SHA256SUMS.asc bundle.json keyring.gpg; do
    fetch "$each" >"$work/$each" 2>"$work/errors" || fail 3 "$what is no whole bundle: $each is missing"
  done
}

fetch() {
  if [ -n "$tree" ]; then cat -- "$tree/$1"; else tar -xOf "$given" --occurrence=1 "$top/$1"; fi
}

# Plain files with plain names below one folder, each once.
check_shape() {
  shape="^-rw[x-]r-[x-]r-[x-] 0/0  *[0-9]+ [0-9-]+ [0-9:]+ $pattern(/[A-Za-z0-9._+~^-]+)+\$"
  if grep -vE "$shape" "$work/list" >"$work/wrong" || grep -E '/\.{1,2}(/|$)' "$work/list" >"$work/wrong"; then
    details "$work/wrong"
    fail 6 "$what holds members that no bundle has"
  fi
  if sed 's/.* //' "$work/list" | sort | uniq -d | grep . >"$work/wrong"; then
    details "$work/wrong"
    fail 6 "$what holds members twice"
  fi
}

check_signature() {
  if command -v gpgv >/dev/null; then
    gpgv --homedir "$work" --keyring "$work/keyring.gpg" --status-fd 3 "$work/SHA256SUMS.asc" "$work/SHA256SUMS" 3>"$work/status" 2>"$work/errors" || not_signed
    signer=$(sed -n 's/^\[GNUPG:\] VALIDSIG .* \([0-9A-F]\{40\}\)$/\1/p' "$work/status")
  elif command -v sqv >/dev/null; then
    signer=$(sqv --keyring "$work/keyring.gpg" --signature-file "$work/SHA256SUMS.asc" "$work/SHA256SUMS" 2>"$work/errors") || not_signed
  elif command -v gpg >/dev/null; then
    # Says by its status alone whether a signature was made, not whether its key is still good; GOODSIG says both.
    mkdir -m 700 "$work/gnupg"
    gpg --homedir "$work/gnupg" --batch --no-options --no-autostart --no-auto-check-trustdb --trust-model always --no-default-keyring --keyring "$work/keyring.gpg" \
      --status-fd 3 --verify "$work/SHA256SUMS.asc" "$work/SHA256SUMS" 3>"$work/status" 2>"$work/errors" || not_signed
    grep -q '^\[GNUPG:\] GOODSIG ' "$work/status" || not_signed
    signer=$(sed -n 's/^\[GNUPG:\] VALIDSIG .* \([0-9A-F]\{40\}\)$/\1/p' "$work/status")
  else
    fail 3 "there is none of gpgv, sqv and gpg on this host to check the signature with"
  fi
  printf '%s\n' "$signer" | grep -qE '^[0-9A-F]{40}$' && [ "$(printf '%s\n' "$signer" | wc -l)" -eq 1 ] || fail 6 "$what is not signed by exactly one key"
}

# A clock that stands before the signature makes every signature bad; say so rather than blame the bundle.
not_signed() {
  check_clock
  details "$work/errors"
  fail 6 "$what: the signature over its list of files is not good" "do not use it; compare it with the one it was copied from"
}

check_fingerprint() {
  if [ -z "$fingerprint" ]; then
    ask_fingerprint
  elif [ "$signer" != "$fingerprint" ]; then
    say "       signed by  $signer"
    say "       expected   $fingerprint"
    fail 6 "$what is signed by another key"
  fi
  say "✓      signed by $signer"
}

ask_fingerprint() {
  if ! (: </dev/tty) 2>/dev/null; then
    say "       signed by  $signer"
    fail 6 "no fingerprint is given, and there is no terminal to confirm it on" "give the one that whoever built the bundle told you: --fingerprint FPR"
  fi
  {
    printf '\n%s is signed by the key\n\n    %s\n\n' "$what" "$(printf '%s' "$signer" | sed 's/..../& /g')"
    printf 'Compare it with what whoever built the bundle told you, over another way than the bundle came.\n'
    printf 'Is it the same? Type yes to go on: '
  } >/dev/tty
  answer=
  read -r answer </dev/tty || true
  [ "$answer" = yes ] || fail 6 "the fingerprint was not confirmed"
}

check_descriptor() {
  grep -E '^[0-9a-f]{64}  (bundle\.json|keyring\.gpg)$' "$work/SHA256SUMS" >"$work/head" || true
  if [ "$(wc -l <"$work/head")" -ne 2 ] || ! (cd "$work" && sha256sum --check --strict --quiet head) >"$work/wrong" 2>/dev/null; then
    details "$work/wrong"
    fail 6 "$what is not what was signed" "do not use it; compare it with the one it was copied from"
  fi
  [ "$(top_value format)" = 1 ] || fail 3 "$what is of a format that this bootstrap does not know" "use the bootstrap that was built with it"
  id=$(top_value id)
  printf '%s\n' "$id" | grep -qE '^pgark-[A-Za-z0-9._+~-]+$' || fail 3 "$what names itself $id"
  format=$(target_value format)
  case $format in deb | rpm) ;; *) fail 3 "$what has packages of the format $format" ;; esac
  base=$id-$(sha256sum <"$work/SHA256SUMS" | cut -c 1-12)
}

# bundle.json is written one key a line: its own keys two blanks in, those of its target four.
top_value() { sed -n "s/^  \"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$work/bundle.json" | sed -n 1p; }
target_value() { sed -n "/^  \"target\": {/,/^  }/s/^    \"$1\": \"\([^\"]*\)\",\{0,1\}\$/\1/p" "$work/bundle.json"; }

check_host() {
  # shellcheck disable=SC1091
  host_distro=$(. /etc/os-release && printf '%s' "${ID-}")
  # shellcheck disable=SC1091
  host_release=$(. /etc/os-release && printf '%s' "${VERSION_ID-}")
  host_arch=$(uname -m)
  # shellcheck disable=SC1091
  host_like=$(. /etc/os-release && printf '%s' "${ID_LIKE-}")
  host_manager=none
  : >"$work/wrong"
  case $format in
    deb)
      wanted=$(target_value distro)
      expect distribution "$host_distro" "$wanted"
      ;;
    rpm)
      wanted="Enterprise Linux"
      is_el || expect distribution "$host_distro" "$wanted"
      ! command -v dnf >/dev/null || host_manager=dnf
      expect "package manager" "$host_manager" dnf
      ;;
  esac
  expect release "${host_release%%.*}" "$(target_value release)"
  expect architecture "$host_arch" "$(target_value arch)"
  if [ "$format" = deb ] && command -v dpkg >/dev/null; then
    expect "package architecture" "$(dpkg --print-architecture)" "$(target_value packageArch)"
  fi
  [ -s "$work/wrong" ] || return 0
  details "$work/wrong"
  fail 3 "$what is for $wanted $(target_value release) $(target_value arch), this host is $host_distro $host_release $host_arch"
}

# Rebuilds of one release of RHEL take each other's packages, and say that they are like it; Oracle's says only whose it is.
is_el() {
  case $host_distro in rhel | rocky | almalinux | centos | ol) return 0 ;; esac
  case " $host_like " in *" rhel "*) return 0 ;; esac
  return 1
}

expect() { [ "$2" = "$3" ] || printf '%s: the host has %s, the bundle is for %s\n' "$1" "${2:-none}" "$3" >>"$work/wrong"; }

check_clock() {
  created=$(top_value created | grep -E '^[0-9TZ:.+-]+$' || true)
  born=$(date -u -d "$created" +%s 2>/dev/null) || return 0
  [ "$(date -u +%s)" -lt "$born" ] || return 0
  fail 6 "the clock of this host says $(date -u +%Y-%m-%dT%H:%M:%SZ), which is before the bundle's own date, $created" "set the clock (date -s), then run it again"
}

# Two at once would step on each other; the lock is on the folder itself, so nothing is left behind.
hold_lock() {
  exec 9</opt || fail 8 "/opt cannot be opened"
  flock -n 9 || fail 8 "another bootstrap is running on this host"
}

# What stands where our links go must be ours.
check_places() {
  for each in "$repository" "$home" "$program"; do
    [ -e "$each" ] || [ -L "$each" ] || continue
    case $(readlink "$each" || true) in .pgark/* | "$home/installer/pgark") continue ;; esac
    fail 3 "$each exists and was not made by pgark" "move it away, then run it again"
  done
}

# Whether this very bundle is the one in use, and whole.
is_here() {
  [ -f "$home/SHA256SUMS" ] && cmp -s "$work/SHA256SUMS" "$home/SHA256SUMS" || return 1
  [ -L "$repository" ] && [ "$(basename "$(readlink "$repository")")" = "$(basename "$(readlink "$home")")" ] || return 1
  sums_of repo | (cd "$repository/" && sha256sum --check --strict --status) 2>/dev/null || return 1
  (cd "$home/" && sha256sum --check --strict --status placed) 2>/dev/null
}

# The list's lines below a top folder, with paths as seen from there.
sums_of() { sed -n "s|^\([0-9a-f]\{64\}\)  $1/|\1  |p" "$work/SHA256SUMS"; }

# Exactly the files that the list names, the list itself and its signature. An unpacked folder may hold more; it is not taken.
check_members() {
  { sed 's/^[0-9a-f]\{64\}  //' "$work/SHA256SUMS"; printf 'SHA256SUMS\nSHA256SUMS.asc\n'; } | sort >"$work/wanted"
  if grep -vE '^([A-Za-z0-9_+~-][A-Za-z0-9._+~^-]*/)*[A-Za-z0-9_+~-][A-Za-z0-9._+~^-]*$' "$work/wanted" >"$work/wrong"; then
    details "$work/wrong"
    fail 6 "$what lists files that no bundle has"
  fi
  sed 's/^[0-9]* //' "$work/sizes" | sort >"$work/found"
  if comm -23 "$work/wanted" "$work/found" | grep . >"$work/wrong"; then
    details "$work/wrong"
    fail 6 "$what is not whole: files are missing" "compare it with the one it was copied from"
  fi
  if [ -z "$tree" ] && comm -13 "$work/wanted" "$work/found" | grep . >"$work/wrong"; then
    details "$work/wrong"
    fail 6 "$what holds files that were not signed"
  fi
}

# Room on each disk that is written to, before anything is.
check_space() {
  for_repository=16777216
  for_home=16777216
  while read -r size path; do
    case $path in
      repo/*) for_repository=$((for_repository + (size + 8191) / 4096 * 4096)) ;;
      runtime/*) for_home=$((for_home + size * 4)) ;;
      *) for_home=$((for_home + (size + 8191) / 4096 * 4096)) ;;
    esac
  done <"$work/sizes"
  at_repositories=$(nearest "$repositories")
  at_homes=$(nearest "$homes")
  if [ "$(stat -c %d "$at_repositories")" = "$(stat -c %d "$at_homes")" ]; then
    need_room "$at_repositories" $((for_repository + for_home))
  else
    need_room "$at_repositories" "$for_repository"
    need_room "$at_homes" "$for_home"
  fi
}

# The folder, or the nearest above it that exists.
nearest() {
  at=$1
  while [ ! -d "$at" ]; do at=$(dirname "$at"); done
  printf '%s' "$at"
}

need_room() {
  free=$(stat -f -c '%a %S' "$1")
  free=$((${free%% *} * ${free##* }))
  [ "$free" -ge "$2" ] || fail 8 "no space on the disk of $1: $(($2 / 1048576)) MiB are needed, $((free / 1048576)) MiB are free" "make room there, then run it again"
}

# Everything lands beside its final place, on the same disk.
stage() {
  make_folder "$repositories"
  make_folder "$homes"
  sweep
  stage_repository=$(mktemp -d "$repositories/.new.XXXXXXXX") || fail 8 "$repositories cannot be written to"
  later "rm -rf '$stage_repository'"
  stage_home=$(mktemp -d "$homes/.new.XXXXXXXX") || fail 8 "$homes cannot be written to"
  later "rm -rf '$stage_home'"
  chmod 755 "$stage_repository" "$stage_home"
  say "…      unpacking and checking $(wc -l <"$work/SHA256SUMS") files"
  if [ -n "$tree" ]; then stage_tree; else stage_tar; fi 2>"$work/errors" || { details "$work/errors"; fail 8 "the bundle could not be unpacked"; }
  if find "$stage_repository" "$stage_home" ! -type f ! -type d | grep . >"$work/wrong"; then
    details "$work/wrong"
    fail 6 "$what holds members that no bundle has"
  fi
  # Where others may write beside the bundle, what is unpacked need not be what was looked at.
  { find "$stage_repository" -type f -printf 'repo/%P\n'; find "$stage_home" -type f -printf '%P\n'; } | sort >"$work/landed"
  if ! comm -3 "$work/wanted" "$work/landed" | grep . >"$work/wrong"; then return 0; fi
  details "$work/wrong"
  fail 6 "$what was changed while it was read"
}

stage_tar() {
  tar -xf "$given" -C "$stage_repository" --no-same-owner --no-same-permissions --strip-components=2 "$top/repo" &&
    tar -xf "$given" -C "$stage_home" --no-same-owner --no-same-permissions --strip-components=1 --exclude="$top/repo" "$top"
}

stage_tree() {
  sed -n 's|^repo/||p' "$work/wanted" >"$work/wanted.repo"
  grep -v '^repo/' "$work/wanted" >"$work/wanted.home"
  copy_listed "$tree/repo" "$work/wanted.repo" "$stage_repository" && copy_listed "$tree" "$work/wanted.home" "$stage_home"
}

# Whatever modes and owners an unpacked folder has, what lands has ours.
copy_listed() {
  tar -cf - -C "$1" --owner=0 --group=0 --mode=u=rw,go=r,a+X --no-recursion -T "$2" | tar -xf - -C "$3" --no-same-permissions
}

# The digest of what landed, not of what it was copied from.
check_files() {
  sums_of repo >"$work/sums.repo"
  grep -vE '^[0-9a-f]{64}  repo/' "$work/SHA256SUMS" >"$work/sums.home"
  : >"$work/wrong"
  good=yes
  check_below "$stage_repository" "$work/sums.repo" repo/ || good=
  check_below "$stage_home" "$work/sums.home" '' || good=
  cmp -s "$work/SHA256SUMS" "$stage_home/SHA256SUMS" && cmp -s "$work/SHA256SUMS.asc" "$stage_home/SHA256SUMS.asc" || good=
  if [ -z "$good" ]; then
    details "$work/wrong"
    fail 6 "$what is not what was signed" "do not use it; compare it with the one it was copied from"
  fi
  say "✓      every file is as it was signed"
}

check_below() {
  (cd "$1" && sha256sum --check --strict --quiet "$2") >"$work/checked" 2>/dev/null && return 0
  sed -n "s|^\(.*\): FAILED.*|$3\1: its SHA-256 differs from the signed one|p" "$work/checked" >>"$work/wrong"
  return 1
}

# Node.js travels packed. `placed` holds the digests of what stays, for the next time that this runs.
unpack_runtime() {
  mkdir "$stage_home/runtime/bin"
  gzip -dc "$stage_home/runtime/node.gz" >"$stage_home/runtime/bin/node" 2>"$work/errors" || { details "$work/errors"; fail 8 "the runtime could not be unpacked"; }
  # Whatever the medium and the umask on the way have made of their modes.
  chmod 755 "$stage_home/bootstrap" "$stage_home/configure" "$stage_home/install" "$stage_home/installer/pgark" "$stage_home/runtime/bin/node"
  rm "$stage_home/runtime/node.gz"
  "$stage_home/runtime/bin/node" --version >/dev/null 2>"$work/errors" || { details "$work/errors"; fail 3 "the Node.js of the bundle does not run on this host"; }
  (cd "$stage_home" && find . -type f -printf '%P\n' | sort | tr '\n' '\0' | xargs -0 sha256sum) >"$work/placed"
  cp "$work/placed" "$stage_home/placed"
}

# Whoever will read the repository must find it good before it is put in place.
try_repository() {
  case $format in
    deb) try_apt ;;
    rpm) try_dnf ;;
  esac
}

# As its own unprivileged user.
try_apt() {
  write_source "file:$stage_repository" "$stage_home/keyring.gpg" >"$work/trial.sources"
  chmod 755 "$work"
  mkdir -p "$work/lists/partial"
  update_apt "$work/trial.sources" "$work/lists" || { details "$work/errors"; fail 6 "apt does not accept the repository of $what"; }
}

write_source() {
  printf 'Types: deb\nURIs: %s\nSuites: stable\nComponents: main\nSigned-By: %s\n' "$1" "$2"
}

# Reads this one source and leaves what apt knows of others alone; any error counts.
update_apt() {
  apt-get -q -o Dir::Etc::SourceList="$1" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$2" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Get::List-Cleanup=false -o APT::Update::Error-Mode=any \
    update >"$work/errors" 2>&1
}

# dnf takes the index by the bundle's key alone; and rpm of this host, by its own policy, takes every key that packages are signed with.
try_dnf() {
  mkdir "$work/repos" "$work/rpmdb"
  write_repo "$stage_repository" | sed 's| file://[^ ]*/packages\.asc$||' >"$work/repos/pgark.repo"
  printf '[main]\nreposdir=%s\ncachedir=%s\ngpgcheck=1\n' "$work/repos" "$work/cache" >"$work/dnf.conf"
  update_dnf --config "$work/dnf.conf" || { details "$work/errors"; fail 6 "dnf does not accept the repository of $what"; }
  rpmkeys --dbpath "$work/rpmdb" --import "$stage_repository/keys/packages.asc" >"$work/errors" 2>&1 || { details "$work/errors"; fail 6 "rpm of this host does not accept the keys that the packages of $what are signed with"; }
}

# The packages were chosen with the modules of the distribution in mind, and stand above them: module_hotfixes (dnf.conf(5)).
# What lies on a local disk is looked at each time, so that no index of a bundle before is taken for that of this one.
write_repo() {
  printf '[pgark]\nname=pgark\nbaseurl=file://%s\nenabled=1\nrepo_gpgcheck=1\ngpgcheck=1\ngpgkey=file://%s/keys/pgark.asc file://%s/keys/packages.asc\nmodule_hotfixes=1\nskip_if_unavailable=0\nmetadata_expire=1\n' "$1" "$1" "$1"
}

# Reads this one repository. It asks whether to take the keys that lie there, of which every file was checked.
update_dnf() {
  dnf "$@" --quiet --assumeyes --noplugins --disablerepo='*' --enablerepo=pgark --setopt=logdir="$work" --setopt=persistdir="$work/dnf" \
    --setopt=pgark.skip_if_unavailable=0 makecache --refresh >"$work/errors" 2>&1
}

# The names are new, so nothing that is in use is touched; then each link is replaced at once.
place() {
  name=$base
  count=1
  while [ -e "$repositories/$name" ] || [ -e "$homes/$name" ]; do
    count=$((count + 1))
    name=$base.$count
  done
  sync -f "$stage_repository" "$stage_home"
  later "rm -rf '$repositories/$name'"
  mv -T "$stage_repository" "$repositories/$name"
  later "rm -rf '$homes/$name'"
  mv -T "$stage_home" "$homes/$name"
  label "$repositories/$name" "$homes/$name"
}

# What the host's SELinux policy says of these paths; on hosts without it there is nothing to do.
label() {
  command -v selinuxenabled >/dev/null && selinuxenabled && command -v restorecon >/dev/null || return 0
  restorecon -R "$@" 2>"$work/errors" || { details "$work/errors"; fail 8 "the SELinux contexts of $* could not be set"; }
}

# The bundle that was in use until now becomes the previous one, first: whenever this is cut off, there is a way back.
switch() {
  old=$(readlink "$home" || true)
  old=${old##*/}
  if [ -n "$old" ] && [ "$old" != "$name" ] && [ -d "$repositories/$old" ] && [ -d "$homes/$old" ]; then
    point_link "$repositories/previous" "$old"
    point_link "$homes/previous" "$old"
  fi
  make_folder "$(dirname "$program")"
  case $format in
    deb) switch_apt ;;
    # The keys are part of the repository, and change with it.
    rpm) switch_links ;;
  esac
  point_link "$program" "$home/installer/pgark"
  label "$repository" "$home" "$program"
}

switch_apt() {
  new_keyring=$homes/$name/keyring.gpg
  make_folder "$(dirname "$keyring")"
  # While the links change, both keys are known: apt finds a repository that it can check at any moment.
  if [ -e "$keyring" ] && ! cmp -s "$keyring" "$new_keyring"; then cat "$keyring" "$new_keyring" | put_file "$keyring"; fi
  [ -e "$keyring" ] || put_file "$keyring" <"$new_keyring"
  switch_links
  cmp -s "$keyring" "$new_keyring" || put_file "$keyring" <"$new_keyring"
}

switch_links() {
  point_link "$repository" ".pgark/$name"
  point_link "$home" ".pgark/$name"
}

point_manager() {
  case $format in
    deb) point_apt ;;
    rpm) point_dnf ;;
  esac
}

point_apt() {
  write_source "file:$repository" "$keyring" >"$work/pgark.sources"
  cmp -s "$work/pgark.sources" "$source_list" || put_file "$source_list" <"$work/pgark.sources"
  [ -n "$keep_sources" ] || set_aside_sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources
  keep_lists
  update_apt "$source_list" "$lists" || { details "$work/errors"; fail 8 "apt-get update failed; what was changed is put back"; }
}

point_dnf() {
  write_repo "$repository" >"$work/pgark.repo"
  make_folder "$(dirname "$yum_file")"
  cmp -s "$work/pgark.repo" "$yum_file" || put_file "$yum_file" <"$work/pgark.repo"
  label "$yum_file"
  [ -n "$keep_sources" ] || set_aside_sources /etc/yum.repos.d/*.repo
  keep_cache
  # The key of the bundle before is among it, and an index of that one would be taken for good.
  [ -z "$staged" ] || rm -rf "$cache"/pgark[.-]*
  update_dnf || { details "$work/errors"; fail 8 "dnf makecache failed; what was changed is put back"; }
}

# Other sources name hosts that cannot be reached from here. They are moved, not changed.
set_aside_sources() {
  moved=0
  for each in "$@"; do
    [ -e "$each" ] && [ "$each" != "$source_list" ] && [ "$each" != "$yum_file" ] || continue
    is_source "${each##*/}" || continue
    stored=$set_aside$each
    count=0
    # One that an interrupted run copied is taken as it is; what is there for another reason keeps its place.
    while [ -e "$stored" ] && ! cmp -s "$each" "$stored"; do
      count=$((count + 1))
      stored=$set_aside$each.$count
    done
    make_folder "$(dirname "$stored")"
    [ -e "$stored" ] || later "rm -f '$stored'"
    cp -a "$each" "$stored"
    { grep -vxF "$stored $each" "$set_aside/manifest" 2>/dev/null || true; printf '%s %s\n' "$stored" "$each"; } >"$work/manifest"
    put_file "$set_aside/manifest" <"$work/manifest"
    later "cp -a '$stored' '$each'"
    rm "$each"
    moved=$((moved + 1))
  done
}

# apt reads no other names (sources.list(5)); dnf reads any, and copr makes some with colons.
is_source() {
  case $format:$1 in deb:*[!A-Za-z0-9_.-]* | rpm:*[!A-Za-z0-9_.:@+~-]*) return 1 ;; esac
}

# What apt knows of our repository, so that it can be put back.
keep_lists() {
  make_folder "$lists"
  mkdir "$work/known"
  for each in "$lists"/_www_pgark_* "$lists"/lock "$lists"/partial "$lists"/auxfiles; do
    [ ! -e "$each" ] || cp -a "$each" "$work/known/"
  done
  later "rm -rf '$lists'/_www_pgark_* '$lists/lock' '$lists/partial' '$lists/auxfiles'; cp -a '$work/known/.' '$lists/'"
}

# The same of dnf.
keep_cache() {
  make_folder "$cache"
  mkdir "$work/known"
  for each in "$cache"/pgark* "$cache/expired_repos.json"; do
    [ ! -e "$each" ] || cp -a "$each" "$work/known/"
  done
  later "rm -rf '$cache'/pgark* '$cache/expired_repos.json'; cp -a '$work/known/.' '$cache/'"
}

# What an interrupted run left, and bundles older than the previous one: whatever none of the links names.
sweep() {
  named=" $(readlink "$repository" "$home" "$repositories/previous" "$homes/previous" | sed 's|.*/||' | tr '\n' ' ') "
  for each in "$repositories"/* "$homes"/* "$repositories"/.new.* "$homes"/.new.*; do
    [ -d "$each" ] && [ ! -L "$each" ] || continue
    case $named in *" ${each##*/} "*) continue ;; esac
    rm -rf "$each"
  done
}

report() {
  if [ -n "$staged" ]; then
    say "✓      $id is in place: $(top_value packages) packages in $repository"
  else
    say "✓      $id is in place already, and each of its files is as it was signed"
  fi
  [ "${moved:-0}" = 0 ] || say "       other package sources: $moved set aside in $set_aside; pgark repo restore brings them back"
  say "next   pgark configure"
}

# --- changing things so that they can be put back

# later COMMAND: what undoes the change that is about to be made. The last change is undone first.
later() {
  undo="$1
$undo"
}

make_folder() {
  [ ! -d "$1" ] || return 0
  make_folder "$(dirname "$1")"
  later "rmdir '$1' 2>/dev/null || true"
  mkdir "$1"
}

# put_file PATH: standard input becomes its content, at once.
put_file() {
  kept=$work/kept.$(printf '%s' "$1" | tr / _).$(printf '%s' "$undo" | wc -l)
  if [ -e "$1" ]; then
    cp -a "$1" "$kept"
    later "cp -a '$kept' '$1.pgark-old' && mv -T '$1.pgark-old' '$1'"
  else
    later "rm -f '$1'"
  fi
  later "rm -f '$1.pgark-new'"
  cat >"$1.pgark-new"
  chmod 644 "$1.pgark-new"
  mv -T "$1.pgark-new" "$1"
}

point_link() {
  was=$(readlink "$1" || true)
  [ "$was" != "$2" ] || return 0
  if [ -n "$was" ]; then later "put_link '$1' '$was'"; else later "rm -f '$1' '$1.pgark-new'"; fi
  put_link "$1" "$2"
}

put_link() {
  rm -f "$1.pgark-new"
  ln -s "$2" "$1.pgark-new"
  mv -T "$1.pgark-new" "$1"
}

finish() {
  status=$?
  trap - EXIT
  trap '' HUP INT TERM
  if [ "$status" -ne 0 ] && [ -n "$undo" ]; then
    set +e
    eval "$undo"
  fi
  [ -z "$work" ] || rm -rf "$work"
  exit "$status"
}

main "$@"
