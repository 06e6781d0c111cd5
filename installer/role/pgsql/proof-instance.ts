/** How the scratch instance is started without harm to anybody, what is looked at in it, and how it goes. */
export const startAndCheck = String.raw`
control() { pg_controldata "$scratch/data" | sed -n "s/^$1: *//p"; }

# As whoever may do everything; nothing that a database or a role sets for itself gets in the way.
ask() {
  PGDATABASE=$1 PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c default_transaction_read_only=off -c session_replication_role=replica' \
    timeout 300 psql -XAtq -h "$scratch/socket" -p 65432 -v ON_ERROR_STOP=1 -c "$2" </dev/null 9>&- 2>"$scratch/ask.err"
}

# Nobody reaches it but through its socket, it archives nothing, runs no jobs of extensions, subscribes to nobody, and writes no log but its own.
configure() {
  segment=$(control 'Bytes per WAL segment')
  cat >"$scratch/proof.conf" <<END
data_directory = '$scratch/data'
hba_file = '$scratch/proof_hba.conf'
ident_file = '$scratch/proof_ident.conf'
listen_addresses = ''
port = 65432
unix_socket_directories = '$scratch/socket'
unix_socket_permissions = 0700
restore_command = 'pgbackrest --stanza=$stanza --repo=$number --pg1-path=$scratch/data --lock-path=$scratch/lock --log-path=$scratch --no-archive-async archive-get %f "%p"'
$(target)
recovery_target_action = 'promote'
hot_standby = off
archive_mode = off
max_wal_senders = 0
max_connections = 20
max_worker_processes = 0
max_logical_replication_workers = 0
max_prepared_transactions = $(control 'max_prepared_xacts setting')
max_locks_per_transaction = $(control 'max_locks_per_xact setting')
track_commit_timestamp = $(control 'track_commit_timestamp setting')
shared_buffers = 64MB
maintenance_work_mem = 64MB
huge_pages = off
max_wal_size = $((segment / 1048576 * 8))MB
min_wal_size = $((segment / 1048576 * 2))MB
autovacuum = off
fsync = off
full_page_writes = off
jit = off
ssl = off
logging_collector = off
log_destination = stderr
log_line_prefix = ''
log_min_messages = warning
lc_messages = 'C'
cluster_name = 'proof of $label'
shared_preload_libraries = '$libraries'
END
  case "$major" in 18|19|2?) echo 'io_method = sync' >>"$scratch/proof.conf" ;; esac
  echo 'local all all peer' >"$scratch/proof_hba.conf"
  : >"$scratch/proof_ident.conf"
  : >"$scratch/data/postgresql.auto.conf"
}

target() {
  if has latest; then echo "recovery_target_timeline = 'latest'"; return; fi
  echo "recovery_target = 'immediate'"
  echo "recovery_target_timeline = 'current'"
}

recover() {
  enter recover "starts it and recovers $(if has latest; then echo 'all that is archived'; else echo 'to the end of the backup'; fi)"
  major=$(cat "$scratch/data/PG_VERSION")
  here=$(postgres --version | awk '{ split($3, part, /[.a-z]/); print part[1] }')
  if [ "$major" != "$here" ]; then untried "it is of PostgreSQL $major, and this host has $here"; return 1; fi
  next_step
  if ! libraries=$(postgres -D "$scratch/data" -C shared_preload_libraries 2>"$scratch/settings.err"); then
    notes="$notes the settings in the backup cannot be read: $(tail -n 1 "$scratch/settings.err");"
    libraries=
  fi
  until start; do
    if [ "$verdict" = untried ] && [ -n "$reason" ]; then return 1; fi
    if grep -q 'WAL redo at .* for Tablespace/CREATE' "$scratch/server.log"; then begun; return 1; fi
    if ! drop_library; then
      details=$(fatal; grep 'ERROR: \[' "$scratch/server.log" | cut -c1-300 | tail -n 4)
      failed "PostgreSQL does not recover it"
      return 1
    fi
  done
  reached=$(ask postgres 'SELECT pg_last_wal_replay_lsn()')
  time_reached=$(ask postgres "SELECT to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
  if has latest; then check_reached || return 1; fi
  hint=
}

# Where it must not write, it does not: there the tablespace is that is in use.
begun() {
  location=$(sed -n 's/.* for Tablespace\/CREATE: [0-9]* "\(.*\)".*/\1/p' "$scratch/server.log" | tail -n 1)
  hint="pgark backup now $stanza --type full makes one that has the tablespace; what is proven without --latest ends with the backup"
  untried "after this backup a tablespace begins in $location, which a proof cannot lay elsewhere"
}

# Why the server gave up; that it lets nobody in yet is no reason.
fatal() { sed -n '/database system is \(not accepting\|starting\|shutting\)/d; s/^\(FATAL\|PANIC\): *//p' "$scratch/server.log" | cut -c1-300 | tail -n 2; }

# A gap in the archive looks to PostgreSQL like its end.
check_reached() {
  last=$(ask postgres "SELECT pg_walfile_name(pg_last_wal_replay_lsn())")
  if [ "$(printf '%s\n%s\n' "$(echo "$newest" | cut -c9-24)" "$(echo "$last" | cut -c9-24)" | sort | tail -n 1)" = "$(echo "$last" | cut -c9-24)" ]; then return 0; fi
  details="the archive of $repository goes on to $newest"
  failed "recovery ends at $reached in $last: what follows is missing or damaged"
}

# 0 when it takes connections; otherwise it has ended, or nobody waits any longer.
start() {
  verdict=untried reason=
  configure
  postgres -D "$scratch/data" -c config_file="$scratch/proof.conf" >"$scratch/server.log" 2>&1 </dev/null 9>&- &
  server=$!
  until [ "$(ask postgres 'SELECT pg_is_in_recovery()')" = f ]; do
    if ! kill -0 "$server" 2>/dev/null; then wait "$server"; server=; return 1; fi
    goes_on || return 1
    sleep 1
  done
}

# A library that this host has not got, or that cannot be loaded, is told of, and left out. False when the libraries are not what is wrong.
drop_library() {
  if [ -z "$libraries" ]; then return 1; fi
  missing=$(sed -n 's/^FATAL: *could not access file "\([^"]*\)".*/\1/p; s/^FATAL: *could not load library "[^"]*\/\([^"\/]*\)\.so".*/\1/p' "$scratch/server.log" | tail -n 1)
  if [ -n "$missing" ]; then
    notes="$notes library $missing cannot be loaded on this host;"
    libraries=$(printf '%s\n' "$libraries" | tr ',' '\n' | sed 's/^ *//; s/ *$//' | grep -vxF -e "$missing" -e "\$libdir/$missing" | paste -sd, -)
    return 0
  fi
  if grep -q 'entering standby mode\|starting .*recovery\|restored log file\|redo starts\|ERROR: \[\|invalid checkpoint\|required checkpoint\|could not locate' "$scratch/server.log"; then return 1; fi
  notes="$notes it starts only without its libraries ($libraries): $(fatal | tail -n 1);"
  libraries=
}

# Every database lets somebody in, and has tables that can be counted; then what is in them is looked at, where there is the program for it.
examine() {
  enter examine 'looks into every database'
  next_step
  names=$(ask postgres 'SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1') || { details=$(head -n 3 "$scratch/ask.err"); failed 'its databases cannot be listed'; return 1; }
  while IFS= read -r name; do
    goes_on || return 1
    row=$(ask "$name" "SELECT json_build_object('name', current_database(), 'tables', count(*), 'size', pg_database_size(current_database())) FROM pg_class WHERE relkind IN ('r', 'm', 'p') AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))") || { details=$(head -n 3 "$scratch/ask.err"); failed "database $name lets nobody in"; return 1; }
    databases=$databases$(if [ -n "$databases" ]; then echo ', '; fi)$row
  done <<END
$names
END
  check_structure
}

check_structure() {
  if ! command -v pg_amcheck >/dev/null || [ "$(ask postgres "SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'")" != 1 ]; then amcheck=absent; hint=; return 0; fi
  enter amcheck 'checks tables and indexes with pg_amcheck'
  PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c default_transaction_read_only=off -c session_replication_role=replica'
  export PGOPTIONS
  run amcheck pg_amcheck -h "$scratch/socket" -p 65432 --all --install-missing $(if has full; then echo --heapallindexed --parent-check; fi) || return 1
  if [ "$code" = 0 ]; then amcheck=passed; hint=; return 0; fi
  amcheck=failed
  details=$(grep -v '^ *$' "$out" | cut -c1-300 | head -n 6)
  failed "pg_amcheck finds damage"
}

# The checksums of pages say something of a server that has stopped in good order.
check_pages() {
  enter pages 'stops it and checks every page'
  next_step
  kill -INT "$server"
  while kill -0 "$server" 2>/dev/null; do goes_on || return 1; sleep 1; done
  wait "$server"
  server=
  if [ "$(control 'Database cluster state')" != 'shut down' ]; then details=$(tail -n 3 "$scratch/server.log"); failed 'PostgreSQL does not stop in good order'; return 1; fi
  if [ "$(control 'Data page checksum version')" = 0 ]; then checksums=off; hint=; return 0; fi
  run pages pg_checksums --check -D "$scratch/data" || return 1
  if [ "$code" = 0 ]; then checksums=passed; hint=; return 0; fi
  checksums=failed
  details=$(cut -c1-300 "$out" | head -n 6)
  failed 'pages have wrong checksums'
}

# The instance goes, and so do its files unless they are to be kept.
tidy() {
  if [ -n "$server" ]; then kill -QUIT "$server" 2>/dev/null; wait "$server"; server=; fi
  if has keep; then echo "kept: $scratch"; return 0; fi
  if [ -e "$scratch/.pgark-proof" ]; then rm -rf --one-file-system -- "$scratch"; fi
}
`;
