/** Which backup it is, whether there is room for it, whether the repository is whole, and how it comes onto the disk. */
export const findAndRestore = String.raw`
# What an earlier run has left that was killed, by whatever killed it. Nothing goes that is not marked as ours.
clear_scratch() {
  enter clear 'takes away what an earlier proof has left'
  if [ -e "$scratch" ]; then
    if [ ! -e "$scratch/.pgark-proof" ]; then untried "$scratch is there, and is not a proof of before"; return 1; fi
    left=$(sed -n 1p "$scratch/data/postmaster.pid" 2>/dev/null)
    case "$left" in
      [1-9]*) if [ "$(readlink "/proc/$left/cwd")" = "$(readlink -f "$scratch/data")" ]; then kill -QUIT "$left"; while kill -0 "$left" 2>/dev/null; do sleep 1; done; fi ;;
    esac
    rm -rf --one-file-system -- "$scratch"
  fi
  if [ "$(printf %s "$scratch/socket/.s.PGSQL.65432" | wc -c)" -gt 106 ]; then untried "$scratch is too long a name for a socket"; return 1; fi
  mkdir -- "$scratch" && : >"$scratch/.pgark-proof" && mkdir -- "$scratch/data" "$scratch/tablespaces" "$scratch/socket" "$scratch/lock" "$scratch/spool" || untried "$scratch cannot be made"
}

find_backup() {
  enter find "reads what repository $repository has"
  run find pgbr --output=json info || return 1
  hint="pgbackrest --stanza=$stanza --repo=$number info on this host tells more"
  if [ "$code" != 0 ]; then details=$(errors_in "$out"); untried "repository $repository cannot be read"; return 1; fi
  told=$(tr -d '\n' <"$out")
  # {"repo":[{"cipher":…,"key":…,"status":{"code":…,"message":…}}]}: 0 is well, 1 to 3 are that there is nothing, 99 is anything else
  status=$(printf '%s\n' "$told" | LC_ALL=C sed -n 's/.*"repo":\[{[^}]*"status":{"code":\([0-9]*\),.*/\1/p')
  case "$status" in
    0) ;;
    1|2|3) if [ "$label" = latest ]; then nothing=$only_due; fi; untried "repository $repository has no backup of $stanza"; return 1 ;;
    *) unreadable; return 1 ;;
  esac
  labels=$(printf '%s\n' "$told" | grep -o '"label":"[0-9]*-[0-9]*F[_0-9DI-]*"' | cut -d'"' -f4)
  if [ "$label" = latest ]; then label=$(printf '%s\n' "$labels" | tail -n 1); fi
  if ! printf '%s\n' "$labels" | grep -qxF -- "$label"; then hint="pgark backup list $stanza"; untried "repository $repository has no backup $label"; return 1; fi
  newest=$(printf '%s\n' "$told" | sed 's/^\[{"archive":\[\([^]]*\)\].*/\1/' | grep -o '"max":"[0-9A-F]*"' | tail -n 1 | cut -d'"' -f4)
  # Asked with --set it would read the manifest, which may be what is damaged; here it is the object that ends with its type.
  told=$(printf '%s\n' "$told" | sed 's/"type":"[a-z]*"}/&\n/g' | grep -F "\"label\":\"$label\"")
  type=$(printf '%s\n' "$told" | sed -n 's/.*"type":"\([a-z]*\)"}$/\1/p')
  size=$(printf '%s\n' "$told" | sed -n 's/.*"repository":{[^}]*},"size":\([0-9]*\)}.*/\1/p')
  if [ -z "$size" ]; then size=0; untried "pgbackrest info does not tell how large $label is"; return 1; fi
  hint=
}

# What could not be decrypted, or is no longer what was written, is another thing than a repository that does not answer.
unreadable() {
  details=$(printf '%s\n' "$told" | LC_ALL=C sed -n 's/.*"repo":\[{[^}]*"status":{"code":[0-9]*,"message":"\([^"\\]*\).*/\1/p')
  case "$details" in
    *FormatError*|*CryptoError*|*ChecksumError*|*FileMissingError*|*FileInvalidError*)
      hint="its passphrase in /etc/pgbackrest/pgbackrest.conf must be the one that it was made with: pgark secret list, and vault/retired on the admin node. When it is, the files are damaged: make a new backup elsewhere at once"
      failed "backup.info of repository $repository cannot be read: it is damaged, or the passphrase is another one" ;;
    *) untried "repository $repository cannot be read" ;;
  esac
}

make_room() {
  needed=$((size / 1024 * 11 / 10 + spare * 3))
  if [ "$(free)" -ge "$needed" ]; then return 0; fi
  hint="give $folder more room, or name another host: pgark backup check $stanza --on ADDRESS"
  untried "it needs $((needed / 1024)) MiB in $folder, and $(($(free) / 1024)) are free"
}

next_step() {
  hint="make a new one at once: pgark backup now $stanza --type full; pgark backup list $stanza names the others, and pgark backup check $stanza --set LABEL proves one of them"
}

digest() { pgbackrest --stanza="$stanza" --repo="$number" --log-path="$scratch" repo-get "$1" 2>&1 </dev/null 9>&- | sha256sum; }

# pgBackRest writes these twice and reads the second when the first is bad, without a word. One that is bad is found while there are two.
verify() {
  enter verify "verifies repository $repository"
  next_step
  for file in "archive/$stanza/archive.info" "backup/$stanza/backup.info" "backup/$stanza/$label/backup.manifest"; do
    goes_on || return 1
    # A backup that ends at this moment may have written one of them.
    if [ "$(digest "$file")" != "$(digest "$file.copy")" ]; then
      sleep 5
      if [ "$(digest "$file")" != "$(digest "$file.copy")" ]; then details=$file; failed "$(basename "$file") of $label and its copy are not the same: one of them is damaged"; return 1; fi
    fi
  done
  # What expires while it is looked at is missing for a moment; only what is found twice is so.
  verified || verified || return 1
  hint=
}

# Its exit code says nothing (seen with 2.45 and 2.55.1), and its lines are about the whole repository: another backup that is bad is told of, and this one goes on.
verified() {
  verdict=untried reason= details= notes=
  rm -f "$scratch/$stanza-verify.log"
  run verify pgbr --output=text --log-level-file=info --process-max=1 verify || return 1
  if ! grep -q 'status: error' "$out"; then
    if [ "$code" = 0 ]; then return 0; fi
    details=$(errors_in "$out"); untried "pgbackrest verify ended with $code"; return 1
  fi
  others=$(sed -n '/status: \(valid\|in-progress\)/!s/^ *backup: \([0-9FDI_-]*\), status: .*/\1/p' "$out" | grep -vxF -- "$label" | paste -sd' ' -)
  ours=$(awk -v label="$label" '
    /^ *archiveId: / { mine = 1; above = $0; next }
    /^ *backup: / { mine = index($0, "backup: " label ","); above = ""; if (mine && !/status: valid/) print; next }
    /No usable/ { print }
    mine && /(missing|invalid|other): [1-9]/ { if (above) print above; above = ""; print }' "$out")
  if [ -n "$others" ]; then notes="damaged: $others, in the same repository;"; fi
  if [ -z "$ours" ]; then [ -n "$others" ] || notes='pgbackrest verify finds something that is not about this backup;'; return 0; fi
  details=$(printf '%s\n' "$ours"; found_in_log)
  failed "pgbackrest verify finds damage in repository $repository"
}

found_in_log() { LC_ALL=C sed -n 's/^.*P[0-9][0-9] *[A-Z]*: *//; /invalid\|missing\|unable\|mismatch/p' "$scratch/$stanza-verify.log" 2>/dev/null | grep -v '^ *[a-z ]*: [0-9]\|status: ' | cut -c1-300 | tail -n 5; }

restore() {
  enter restore "restores $label into $scratch"
  next_step
  run restore pgbr --set="$label" --pg1-path="$scratch/data" --no-delta --type=immediate --target-action=promote --archive-mode=off --tablespace-map-all="$scratch/tablespaces" --lock-path="$scratch/lock" --spool-path="$scratch/spool" --process-max=1 restore || return 1
  if [ "$code" = 0 ]; then hint=; return 0; fi
  details=$(errors_in "$out")
  case "$details" in
    *HostConnectError*|*HostInvalidError*|*ProtocolError*|*ServiceError*|*FileWriteError*|*LockAcquireError*) hint=; untried "it could not be restored" ;;
    *) failed "it cannot be restored" ;;
  esac
}
`;
