import { quote } from '../../transport/quote.ts';
import { findAndRestore } from './proof-backup.ts';
import { startAndCheck } from './proof-instance.ts';
import { report } from './proof-report.ts';

/** What the program is told about the host that it runs on. */
export interface ProofPlace {
  stanza: string;
  /** `pg-test-1` */
  instance: string;
  binaries: string;
  /** The folder of scratch instances, beside the data of the instance. */
  folder: string;
  /** Where the instance itself is reached. */
  socket: string;
  port: number;
  /** Seconds between two proofs of the schedule; 0 without one. */
  interval: number;
  repositories: readonly ProofRepository[];
}

export interface ProofRepository {
  number: number;
  name: string;
  /** In a folder of this host. */
  isLocal: boolean;
  /** The schedule of this host proves it. */
  isDue: boolean;
}

/** Results, as `installer/proof` reads them. */
export const proofState = '/var/lib/pgark/proof';

/**
 * Proves a backup on the host where it runs, as the superuser of the database: restores it into a scratch instance, starts that, checks it, takes it
 * away. POSIX sh, since nothing else is on every host. The text is in three further files, in the order of a run.
 */
export const proofProgram = (place: ProofPlace): string => [`${head}\n${settings(place)}`, frame, findAndRestore, startAndCheck, report, main].join('\n');

const head = String.raw`#!/bin/sh
# written by pgark; changes made here are lost
# backup-check REPOSITORY:LABEL:WORDS:SECONDS   proves one backup; LABEL may be latest, WORDS are none, or of full.keep.latest
# backup-check                                  proves the newest backup of every repository that the schedule of this host is for
# backup-check metrics                          writes the metrics anew
# backup-check describe                         tells who chooses a host how this one stands`;

const settings = ({ repositories, ...place }: ProofPlace): string =>
  [
    ...Object.entries(place).map(([name, value]) => `${name}=${quote(String(value))}`),
    `repositories=${quote(repositories.map(({ number, name, isLocal, isDue }) => `${number} ${name} ${isLocal ? 'here' : 'shared'} ${isDue ? 'due' : '-'}`).join('\n'))}`,
    `state=${quote(proofState)}`,
    'export LC_ALL=C.UTF-8 PATH="$binaries:/usr/sbin:/usr/bin:/sbin:/bin"',
    'umask 077',
    'set -u',
  ].join('\n');

/** What all stages stand on: how a failure is said, and how something is run that may take long. */
const frame = String.raw`
# KiB of the disk that are never taken, whatever becomes of the proof
spare=262144

# What each stage ends with that does not succeed: the backup is bad, or nobody knows.
failed() {
  verdict=failed reason=$1
  if has_expired; then hint= details=; untried 'it has expired meanwhile'; fi
  return 1
}
untried() { verdict=untried reason=$1; return 1; }

# Others are still there, and this one is not: nothing is wrong with what was taken away on purpose.
has_expired() {
  if [ -z "$labels" ]; then return 1; fi
  now=$(timeout 120 pgbackrest --stanza="$stanza" --repo="$number" --output=json info </dev/null 2>/dev/null 9>&-)
  printf '%s\n' "$now" | grep -q '"label":"' && ! printf '%s\n' "$now" | grep -qF "\"label\":\"$label\""
}

has() { case ".$words." in *".$1."*) return 0 ;; *) return 1 ;; esac; }

enter() {
  stage=$1
  echo "$1: $2"
  echo "$2" >"$state/stage"
}

free() { df -P -k "$folder" | awk 'NR == 2 { print $4 }'; }

# Time and room are left for the proof to go on.
goes_on() {
  if [ "$(date +%s)" -ge "$deadline" ]; then hint='more time: --patience SECONDS'; untried "it was not done within $patience s"; return 1; fi
  if [ "$(free)" -lt "$spare" ]; then hint="give $folder more room"; untried "the disk of $folder is nearly full"; return 1; fi
}

# run NAME COMMAND…, where pgbr is pgBackRest about this repository: what it says lies in $scratch/NAME.out afterwards, how it ended in $code
run() {
  out=$scratch/$1.out
  shift
  if [ "$1" = pgbr ]; then
    shift
    set -- pgbackrest --stanza="$stanza" --repo="$number" --log-path="$scratch" --log-level-console=error --log-level-stderr=off "$@"
  fi
  "$@" >"$out" 2>&1 </dev/null 9>&- &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    if ! goes_on; then kill "$child"; wait "$child"; child=; return 1; fi
    sleep 1
  done
  wait "$child"
  code=$?
  child=
}

# The errors of pgBackRest in a file, as lines without their numbers; of an answer in binary, what can be read.
errors_in() { LC_ALL=C tr -cd '\n\040-\176' <"$1" | sed -n 's/.*ERROR: \[[0-9]*\]: //p' | cut -c1-300 | head -n 5; }
`;

const main = String.raw`
prove() {
  repository=$1 label=$2
  verdict=untried stage=begin reason= hint= details= notes= labels= type= size=0 reached= time_reached= databases= checksums= amcheck= newest= nothing=
  started=$(date +%s) server= child= code=
  deadline=$((started + patience)) scratch=$folder/scratch
  if has keep; then scratch=$folder/$(date -u +%Y%m%dT%H%M%SZ); fi
  number=$(printf '%s\n' "$repositories" | awk -v name="$repository" '$2 == name { print $1 }')
  if clear_scratch && find_backup && make_room && verify && restore && recover && examine && check_pages; then verdict=proven stage=done; fi
  tidy
  if [ -n "$nothing" ]; then return 0; fi
  write_report
  [ "$verdict" = proven ]
}

# Whoever is stopped leaves nothing behind but the word that he was.
stopped() {
  trap '' TERM INT HUP
  if [ -n "$child" ]; then kill "$child" 2>/dev/null; wait "$child"; fi
  words=none
  if [ -z "$repository" ]; then exit 1; fi
  hint=
  untried 'it was stopped'
  tidy
  write_report
  exit 1
}

hold() {
  repository= child= server= only_due=
  exec 9>"$state/lock"
  if ! flock -n 9; then echo 'another proof is under way on this host' >&2; exit 75; fi
  trap stopped TERM INT HUP
}

asked() {
  old=$IFS IFS=:
  set -f
  set -- $1
  IFS=$old
  words=$3 patience=$4
  if ! printf '%s\n' "$repositories" | awk -v name="$1" '$2 == name { found = 1 } END { exit !found }'; then echo "$1 is no repository of $stanza" >&2; exit 2; fi
  prove "$1" "$2"
}

# One after the other; what is wrong with the first keeps nobody from the second.
due() {
  words=none patience=21600 only_due=1 bad=0
  for each in $(printf '%s\n' "$repositories" | awk '$4 == "due" { print $2 }'); do
    prove "$each" latest || bad=1
  done
  return $bad
}

case "$*" in
  describe) describe ;;
  metrics) write_metrics ;;
  '') hold; due ;;
  *:*:*:*) hold; asked "$1" ;;
  *) sed -n '3,7s/^# //p' "$0" >&2; exit 2 ;;
esac
`;
