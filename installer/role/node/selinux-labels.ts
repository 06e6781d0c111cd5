import type { Host } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isPostgres } from '../instance.ts';
import { labelsOf } from './selinux-contexts.ts';

/** Every file of ours has the type that the policy has for it. */
export function labels(host: Host): ConditionResource {
  const words = [busy(host).map((path) => `-e ${path}`).join(' '), ...placesOf(host)];
  return {
    kind: 'condition',
    name: 'SELinux: what this deployment made has the types of the policy',
    check: { argv: shell(`${existing}wrong=$(restorecon -n -v -R $skip -- "$@"); [ -z "$wrong" ]`, ...words) },
    act: [{ argv: shell(`${existing}restorecon -R $skip -- "$@"`, ...words) }],
  };
}

/** Places of ours, and files of the system that got lines of ours. */
function placesOf(host: Host): string[] {
  const { vars } = host;
  const keys = vars.node_admin_enabled ? [`/home/${vars.node_admin_username}/.ssh`] : [];
  const own = isPostgres(host) ? [vars.pg_dbsu_home] : [];
  return [...labelsOf(host).filter(({ only, ifUnknown }) => only !== 'directory' && !ifUnknown).map(({ path }) => path), '/etc/hostname', '/etc/hosts', '/etc/localtime', '/etc/resolv.conf', '/etc/pgark', '/var/lib/pgark', ...keys, ...own];
}

/** What servers fill by themselves has the type of its folder and may be of millions of files: it is not walked through. */
function busy(host: Host): string[] {
  const { vars } = host;
  return [...(isPostgres(host) ? [vars.pg_data.replace(/^\/pg(?=\/|$)/, instanceOf(host).home), `${instanceOf(host).backups}/backup`] : []), ...(host.groups.includes('infra') ? [`${vars.infra_data}/metrics`] : [])];
}

/** restorecon(8) takes a path that is not there for a failure. */
const existing = `
skip=$1
shift
for path; do
  shift
  if [ -e "$path" ] || [ -L "$path" ]; then set -- "$@" "$path"; fi
done
`;
