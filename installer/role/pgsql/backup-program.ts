import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { FileResource } from '../../resource/resource.ts';
import { instanceOf } from '../instance.ts';
import { ours } from '../text.ts';
import { explaining, obstacles, toldShort } from './explained.ts';
import { repositoriesOf } from './repositories.ts';

export const backupProgramPath = '/pg/bin/pg-backup';

/**
 * `pg-backup full`, as crontabs say it. Every member has it; only the primary backs up. Those that come at once wait for each other, since pgBackRest
 * would refuse the second. All repositories are tried, whatever happens to the first. What failed is told once more at the end, with a line on what to do, where that is known.
 */
export function backupProgram(host: Host, inventory: Inventory): FileResource {
  const { vars } = host;
  const { cluster } = instanceOf(host);
  const repositories = repositoriesOf(host, inventory);
  const script = `#!/bin/sh
${ours}
# usage: pg-backup [full|diff|incr] [--repo NAME] [--annotation KEY=VALUE]...
#        pg-backup --leads    ends with 0 on the primary, with 1 on a replica
set -eu
PATH=/usr/pgsql/bin:/usr/bin:/bin
type=incr names='${repositories.map(({ name }) => name).join(' ')}' leads= left=$#
usage() { echo "usage: pg-backup [full|diff|incr] [--repo NAME] [--annotation KEY=VALUE]...; repositories: $names" >&2; exit 2; }
number() {
  case $1 in
${repositories.map(({ number, name }) => `    ${name}) echo ${number} ;;`).join('\n')}
    *) return 1 ;;
  esac
}
wanted=$names
while [ "$left" -gt 0 ]; do
  case $1 in
    full|diff|incr) type=$1 ;;
    --leads) leads=only ;;
    --repo=*) wanted=\${1#*=}; number "$wanted" >/dev/null || usage ;;
    --repo) [ "$left" -gt 1 ] || usage; shift; left=$((left - 1)); wanted=$1; number "$wanted" >/dev/null || usage ;;
    --annotation=?*=*) set -- "$@" "$1" ;;
    --annotation) [ "$left" -gt 1 ] || usage; shift; left=$((left - 1)); set -- "$@" "--annotation=$1" ;;
    *) usage ;;
  esac
  shift
  left=$((left - 1))
done
standby=$(psql -XAtq -h ${vars.pg_localhost} -p ${vars.pg_port} -d postgres -c 'SELECT pg_is_in_recovery()') || exit 255
if [ "$leads" = only ]; then [ "$standby" = f ]; exit; fi
[ "$standby" = f ] || { echo "not the primary: nothing to back up here"; exit 0; }
exec 9>>/pg/spool/pg-backup.lock
flock 9
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=
for name in $wanted; do
  repo=$(number "$name")
  echo "repository $name: $type backup of ${cluster}"
  { pgbackrest --stanza=${cluster} --repo="$repo" --type="$type" --log-level-console=info "$@" backup 2>&1 9>&- || echo "$name" >>"$work/failed"; } | tee "$work/said"
  if grep -qxF -- "$name" "$work/failed" 2>/dev/null; then
    failed="$failed $name"
    why=$(if grep -q 'was not archived before' "$work/said"; then ${obstacles(cluster)}; fi)
    [ -z "$why" ] || printf '%s\\n' "$why" >&2
    ${explaining(`$(${toldShort} "$work/said"; printf %s "$why")`).replaceAll('CLUSTER', cluster)} >&2
  fi
done
[ -z "$failed" ] || { echo "no backup in:$failed" >&2; exit 1; }
`;
  return { kind: 'file', path: backupProgramPath, content: script, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0755' };
}
