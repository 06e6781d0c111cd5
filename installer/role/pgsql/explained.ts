import { shell } from '../../transport/command.ts';

/**
 * pgBackRest, and where it fails with what an object store said, a line on what that means and what to do: a store tells a wrong key in three digits.
 * All that was said is passed on.
 */
export const explained = (...words: string[]): [string, ...string[]] => shell(script, ...words);

/** The retention alone makes no room: it is heeded after a backup that went well. */
const full = 'the repository is full: give it more room, or remove a backup that pgark backup list names with pgark backup expire CLUSTER --set LABEL. PostgreSQL goes on and keeps up to 4 GiB of WAL until then; archiving goes on by itself, and pgark backup now makes up for the backup';

const meanings: readonly (readonly [pattern: string, hint: string])[] = [
  // First: Swift tells of a quota with 400, others with 403.
  ["*'413 ('*|*'507 ('*|*QuotaExceeded*|*EntityTooLarge*|*XMinioStorageFull*", 'the object store is full, or its quota is used up: make room there, or shorten the retention'],
  ["*'403 (Forbidden)'*", 'the object store does not let this key in: see s3_key and s3_key_secret in pgbackrest_repo, whether that user may do everything in the bucket, and whether both clocks agree'],
  ["*'400 (Bad Request)'*", 'the object store does not understand the request: see s3_region, which must be the one that it is set up with'],
  ["*NoSuchBucket*|*'404 (Not Found)'*", 'the object store has no such bucket: make it, or see s3_bucket, and s3_uri_style, which is path where the store is one of your own'],
  ["*'No space left on device'*|*'quota exceeded'*", full],
  ["*'unable to verify certificate'*", 'the certificate of the object store is from an authority that is not known here: storage_ca takes its certificate'],
  ["*'unable to find hostname'*", 'the certificate of the object store is for another name: s3_endpoint must be one that it has'],
  ["*'unable to connect to'*|*'unable to get address'*|*'timeout connecting to'*", 'the object store does not answer: see s3_endpoint and storage_port, and whether a firewall is between; node_etc_hosts makes a name known'],
  ["*FormatError*|*CryptoError*", 'a repository was encrypted with another passphrase: see cipher_pass in pgbackrest_repo; without it, whether the vault is the one that was there when the backups were made (pgark secret list)'],
  ["*'was not archived before'*", 'WAL does not get into a repository; the last lines of the log of archiving tell why'],
];

/**
 * In a shell: what keeps WAL out of the repositories of a stanza, a line each, as the program says that archives in the background. It tries again within a minute,
 * so what is older is over.
 */
export const obstacles = (stanza: string): string =>
  `find "/pg/spool/archive/${stanza}/out" -name '*.error' -mmin -10 -exec cat {} + 2>/dev/null | sed -n '/^repo[0-9]*: /p' | sort -u -t: -k1,1 | ${toldShort}`;

/** In a shell: of a write that was cut short pgBackRest gives no reason; there was no room for it. */
export const toldShort = `sed "s/unable to write '[^']*'\\$/&: No space left on device/"`;

/** In a shell: the line on what `said` means, or nothing. */
export const explaining = (said: string): string => `case "${said}" in
${meanings.map(([pattern, hint]) => `  ${pattern}) echo "hint: ${hint}" ;;`).join('\n')}
  esac`;

const script = `
log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
pgbackrest "$@" >"$log" 2>&1 || code=$?
if [ "$code" = 0 ]; then cat "$log"; exit 0; fi
{
  cat "$log"
  # What archives in the background says why in a log of its own.
  stanza=\${1#--stanza=}
  folder=$(sed -n 's/^log-path=//p' /etc/pgbackrest/pgbackrest.conf 2>/dev/null | head -1)
  why=$(if grep -q 'was not archived before' "$log"; then ${obstacles('$stanza')}; sed -n '/ERROR:/,$p' "$folder/$stanza-archive-push-async.log" 2>/dev/null | tail -20; fi)
  [ -z "$why" ] || printf '%s\\n' "$why"
  ${explaining(`$(${toldShort} "$log"; printf %s "$why")`)}
} >&2
exit "$code"`;
