import type { Host } from '../../inventory/inventory.ts';
import type { Command } from '../../transport/command.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';

/**
 * A new replica first copies its leader, which takes as long as the leader is large: that is waited for without a limit. Once nothing is copied any more,
 * its server answers within some minutes, or does not at all.
 */
export function copied({ vars }: Host): ConditionResource {
  const port = String(vars.pg_port);
  return {
    kind: 'condition',
    name: 'postgresql: it answers, with all that it has copied from its leader',
    check: { argv: shell(answers, port), as: vars.pg_dbsu, timeout: 15 },
    act: [{ argv: shell(waiting, port), as: vars.pg_dbsu, timeout: 7 * 86_400 }],
  };
}

/** It answers, or is on its way to. */
export const answersOrCopies = ({ vars }: Host): Command => ({ argv: shell(`${copying}${answers} || copying`, String(vars.pg_port)), as: vars.pg_dbsu });

const answers = 'pg_isready -q -p "$1"';

// By what the kernel calls them: a minimal host has no pgrep(1).
const copying = `copying() {
  for name in /proc/[0-9]*/comm; do
    case $(cat "$name" 2>/dev/null || :) in pg_basebackup | pgbackrest) return 0 ;; esac
  done
  return 1
}
`;

const waiting = `${copying}left=180
until ${answers}; do
  if copying; then left=180; else left=$((left - 1)); fi
  [ "$left" -gt 0 ] || { echo 'PostgreSQL does not answer, and nothing is copied any more' >&2; exit 1; }
  sleep 1
done`;
