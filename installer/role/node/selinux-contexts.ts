import { dirname } from 'node:path/posix';
import type { Host } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isPostgres } from '../instance.ts';

/** A place of this deployment and the type that it must have in the policy of SELinux. */
export interface Label {
  path: string;
  type: string;
  /** Only the folder, or only the link, of this path; with all that is below it when left out. */
  only?: 'directory' | 'link';
  /** Only where the policy has nothing better: of places that are not ours alone. */
  ifUnknown?: true;
}

/**
 * Places that the policy does not expect where this deployment has them; the general before the special. What runs without a
 * domain of its own (PostgreSQL as PGDG has it, Patroni, etcd, PgBouncer, VictoriaMetrics, exporters) may go everywhere; types
 * matter to nginx, HAProxy, logrotate, to systemd for programs, and to whatever else is confined and must not go there.
 */
export function labelsOf(host: Host): Label[] {
  const all = [...programs, ...postgres(host), ...etcd(host), ...infra(host), ...haproxy(host)];
  return [...all, ...parentsOf(all)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** systemd starts what has the type of a program, not that of a library. */
const programs: readonly Label[] = [{ path: '/usr/local/lib/pgark', type: 'bin_t' }];

function postgres(host: Host): Label[] {
  if (!isPostgres(host)) return [];
  const { vars } = host;
  const { home } = instanceOf(host);
  return [
    { path: vars.pg_fs_main, type: 'postgresql_db_t' },
    { path: vars.pg_fs_backup, type: 'postgresql_db_t' },
    { path: `${home}/bin`, type: 'bin_t' },
    { path: `${home}/log`, type: 'postgresql_log_t' },
    ...logs(host, home),
    { path: '/pg', type: 'usr_t', only: 'link' },
  ];
}

/** logrotate may touch what has the type of a log. */
function logs({ vars }: Host, home: string): Label[] {
  const folders = new Set([vars.pg_log_dir, vars.patroni_log_dir, vars.pgbackrest_log_dir, vars.pgbouncer_log_dir].map((path) => path.replace(/^\/pg(?=\/|$)/, home)));
  const strange = [...folders].filter((path) => !path.startsWith(`${home}/log/`) && !path.startsWith('/var/log/'));
  return strange.map((path) => ({ path, type: 'postgresql_log_t' }));
}

const etcd = ({ groups, vars }: Host): Label[] => (groups.includes('etcd') ? [{ path: vars.etcd_data, type: 'var_lib_t' }] : []);

function infra({ groups, vars }: Host): Label[] {
  if (!groups.includes('infra')) return [];
  const served = Object.values(vars.infra_portal).flatMap((entry) => entry.path ?? []);
  return [
    { path: vars.infra_data, type: 'var_lib_t' },
    ...(vars.nginx_enabled ? [vars.nginx_home, `${vars.infra_data}/portal`].map((path): Label => ({ path, type: content })) : []),
    ...(vars.nginx_enabled ? [...new Set(served)].map((path): Label => ({ path, type: content, ifUnknown: true })) : []),
  ];
}

const content = 'httpd_sys_content_t';

/** Where systemd makes the folder for its sockets, and HAProxy them. */
const haproxy = ({ vars }: Host): Label[] => (vars.haproxy_enabled ? [{ path: '/run/haproxy', type: 'haproxy_var_run_t' }] : []);

/** Folders above what is served, through which nginx must pass. */
function parentsOf(all: readonly Label[]): Label[] {
  const parents = new Set(all.filter(({ type }) => type === content).flatMap(({ path }) => above(path)));
  return [...parents].filter((path) => all.every((each) => each.path !== path)).map((path) => ({ path, type: 'var_t', only: 'directory', ifUnknown: true }));
}

const above = (path: string): string[] => (dirname(path) === '/' ? [] : [dirname(path), ...above(dirname(path))]);

/** What the policy says is what counts, whoever taught it so; what is there already is relabelled with it. */
export function contexts(host: Host): ConditionResource {
  const labels = labelsOf(host);
  const stdin = labels.map(({ type, only = 'all', ifUnknown, path }) => `${type} ${only} ${ifUnknown ? 'unknown' : 'always'} ${path}\n`).join('');
  return {
    kind: 'condition',
    name: `SELinux: the policy knows ${labels.map(({ path }) => path).join(', ')}`,
    check: { argv: shell(`${rows}${checking}`), stdin },
    act: [{ argv: shell(`${rows}${teaching}`), stdin }],
  };
}

/** A row is `TYPE all|directory|link always|unknown PATH`. Types that a policy does not have are none of its files'. */
const rows = `
policy=/etc/selinux/$(sed -n 's/^SELINUXTYPE=\\([^[:space:]]*\\).*/\\1/p' /etc/selinux/config)/contexts/files
[ -r "$policy/file_contexts" ]
command -v matchpathcon >/dev/null
type_of() { matchpathcon -n -m "$1" "$2" | cut -d: -f3; }
is_known() { grep -q ":$type:" "$policy/file_contexts"; }
holds() {
  if [ "$when" = unknown ] && [ "$(type_of dir "$path")" != default_t ]; then return 0; fi
  case $only in
    all) [ "$(type_of dir "$path")" = "$type" ] && [ "$(type_of file "$path/any")" = "$type" ] ;;
    directory) [ "$(type_of dir "$path")" = "$type" ] ;;
    link) [ "$(type_of lnk_file "$path")" = "$type" ] ;;
  esac
}`;

const checking = `
lacking=
while read -r type only when path; do
  if is_known; then holds; else lacking="$lacking $path ($type)"; fi || exit 1
done
if [ -n "$lacking" ]; then echo "note: the policy of this host has no such types, so these keep what they have:$lacking"; fi`;

/**
 * All in one transaction. Of two rules that fit, the one that was added last counts: those that are there are taken out
 * and added in order. Below a path that the policy takes for another (file_contexts.subs_dist), rules speak of the other.
 */
const teaching = `
spelled() {
  real=$path
  while read -r from to; do
    case $from in ''|'#'*) continue ;; esac
    case $path in "$from"/*) real=$to\${path#"$from"}; break ;; esac
  done <<END
$(cat "$policy/file_contexts.subs_dist" "$policy/file_contexts.subs" 2>/dev/null || :)
END
  printf %s "$real" | sed 's/[].[(){}*+?^$|]/\\\\&/g'
}
local=$(semanage fcontext -l -C -n | cut -d' ' -f1)
wrong=
rules=
add() { rules="$rules
fcontext $*"; }
while read -r type only when path; do
  is_known || continue
  if [ "$when" = unknown ] && holds; then continue; fi
  pattern=$(spelled)
  case $only in all) kind=a pattern="$pattern(/.*)?" ;; directory) kind=d ;; link) kind=l ;; esac
  if printf '%s\\n' "$local" | grep -qxF -- "$pattern"; then add -d -f "$kind" "'$pattern'"; fi
  add -a -f "$kind" -t "$type" "'$pattern'"
  if [ -e "$path" ] || [ -L "$path" ]; then wrong="$wrong $path"; fi
done
printf '%s\\n' "$rules" | sed 1d | semanage import
[ -z "$wrong" ] || restorecon -R $wrong`;
