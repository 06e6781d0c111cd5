import type { Secret } from '../../../repo/core/secret.ts';
import type { Host } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf } from '../instance.ts';
import { asking, isUnread, why } from './unread.ts';

/**
 * Before another configuration takes the place of the one that works, its repositories are looked at through it: with a wrong key or passphrase
 * nothing would be archived any more. Where they cannot be read through the old one either, the new one can make nothing worse.
 */
export function tried(host: Host, configuration: string, content: Secret): ConditionResource {
  const as = host.vars.pg_dbsu;
  const { cluster } = instanceOf(host);
  return {
    kind: 'condition',
    name: 'pgbackrest: its repositories can be read with what is configured',
    check: { argv: shell('cmp -s - "$1"', configuration), stdin: content, as },
    act: [{ argv: shell(script, cluster, configuration), stdin: content, as }],
  };
}

const script = `
umask 077
new=$(mktemp)
trap 'rm -f "$new"' EXIT
cat >"$new"
${asking('--config="$new"')}
${isUnread} || exit 0
wrong=$said
if [ -e "$2" ]; then
  ${asking('--config="$2"')}
  if ${isUnread}; then exit 0; fi
fi
said=$wrong
echo "$2 is left as it is: with what the inventory says a repository cannot be read" >&2
${why}
exit 1`;
