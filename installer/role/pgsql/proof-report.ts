/** What is written of a proof: for people and programs as JSON, for the metrics store as a text file. */
export const report = String.raw`
stamp() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# A string of JSON. What is not plain text has come from a file that could not be decrypted, and says nothing.
text() { printf '"%s"' "$(printf '%s' "$1" | LC_ALL=C tr -cd '\n\040-\176' | sed 's/\\/\\\\/g; s/"/\\"/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }')"; }

pair() { if [ -n "$2" ]; then printf ', "%s": ' "$1"; text "$2"; fi; }

json() {
  printf '{"cluster": "%s", "instance": "%s", "repository": "%s", "label": "%s"' "$stanza" "$instance" "$repository" "$label"
  printf ', "verdict": "%s", "stage": "%s", "started": "%s", "finished": "%s", "duration": %s' "$verdict" "$stage" "$(stamp "$started")" "$(stamp "$finished")" "$((finished - started))"
  if [ "$size" != 0 ]; then printf ', "size": %s' "$size"; fi
  pair type "$type"; pair reason "$reason"; pair details "$details"; pair hint "$hint"; pair notes "$notes"
  pair reached "$reached"; pair reachedTime "$time_reached"; pair checksums "$checksums"; pair amcheck "$amcheck"
  if [ -n "$databases" ]; then printf ', "databases": [%s]' "$databases"; fi
  if has keep; then pair kept "$scratch"; fi
  printf '}\n'
}

# Beside, then renamed. The last failure stands until a backup that is not older is proven.
write_report() {
  finished=$(date +%s)
  json >"$state/.new"
  if [ "$verdict" != untried ]; then cp "$state/.new" "$state/.new2"; mv -f "$state/.new2" "$state/$repository.$verdict.json"; fi
  if [ "$verdict" = proven ] && [ -e "$state/$repository.failed.json" ] && [ "$(made "$label")" -ge "$(made "$(field label "$state/$repository.failed.json")")" ]; then rm -f "$state/$repository.failed.json"; fi
  mv -f "$state/.new" "$state/$repository.json"
  rm -f "$state/stage"
  cat "$state/$repository.json"
  write_metrics
}

# Of 20261122-172248F_20261123-010000I, 20261123010000; 0 where no label is known.
made() { printf '%s\n' "$1" | sed -n 's/^.*\([0-9]\{8\}\)-\([0-9]\{6\}\)[FDI]$/\1\2/p' | grep . || echo 0; }

field() { sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" "$2"; }

# Those that the schedule is for and that have something to prove. Where nothing was proven yet, time runs from the day that this began.
write_metrics() {
  if [ ! -e "$state/since" ]; then : >"$state/since"; fi
  {
    echo '# HELP pgark_backup_proof_seconds When a backup was last proven by restoring it, in seconds since 1970; before the first time, when the schedule began.'
    echo '# TYPE pgark_backup_proof_seconds gauge'
    each_due proven_at pgark_backup_proof_seconds
    echo '# HELP pgark_backup_proof_failed Whether the last backup that was looked at could not be restored, or was found damaged.'
    echo '# TYPE pgark_backup_proof_failed gauge'
    each_due is_bad pgark_backup_proof_failed
    echo '# HELP pgark_backup_proof_interval_seconds How often a backup is to be proven.'
    echo '# TYPE pgark_backup_proof_interval_seconds gauge'
    each_due every pgark_backup_proof_interval_seconds
    echo '# HELP pgark_backup_proof_duration_seconds How long the last proof took.'
    echo '# TYPE pgark_backup_proof_duration_seconds gauge'
    each_due took pgark_backup_proof_duration_seconds
  } >"$state/.metrics"
  chmod 0644 "$state/.metrics"
  mv -f "$state/.metrics" "$state/metrics.prom"
}

each_due() {
  printf '%s\n' "$repositories" | while read -r number name place when; do
    if [ "$when" != due ] || [ "$interval" = 0 ] || ! has_backups; then continue; fi
    value=$($1)
    if [ -n "$value" ]; then printf '%s{stanza="%s",pg="%s",repo="%s"} %s\n' "$2" "$stanza" "$instance" "$name" "$value"; fi
  done
}

# Asked of pgBackRest only where there is no result to tell it: an empty repository of a replica is nobody's fault.
has_backups() { [ -e "$state/$name.json" ] || timeout 60 pgbackrest --stanza="$stanza" --repo="$number" --output=json info </dev/null 2>/dev/null | grep -q '"label":"'; }

proven_at() { if [ -e "$state/$name.proven.json" ]; then date -d "$(field finished "$state/$name.proven.json")" +%s; else stat -c %Y "$state/since"; fi; }
is_bad() { if [ -e "$state/$name.failed.json" ]; then echo 1; else echo 0; fi; }
every() { echo "$interval"; }
took() { if [ -e "$state/$name.json" ]; then sed -n 's/.*"duration": \([0-9]*\).*/\1/p' "$state/$name.json"; fi; }

# Lines for whoever chooses a host; nothing behind "standby" where the instance does not answer.
describe() {
  echo "free $(($(free) * 1024))"
  echo "spare $((spare * 3 * 1024))"
  echo "standby $(timeout 10 psql -XAtq -h "$socket" -p "$port" -d postgres -c 'SELECT pg_is_in_recovery()' </dev/null 2>/dev/null)"
  if ! flock -n "$state/lock" true; then echo 'busy'; fi
  printf '%s\n' "$repositories" | while read -r number name place when; do echo "repository $number $name $place"; done
}
`;
