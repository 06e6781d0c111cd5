import type { Command } from '../transport/command.ts';
import { shell } from '../transport/command.ts';
import type { ConditionResource } from '../resource/resource.ts';

const begin = '# pgark begin';
const end = '# pgark end';

/**
 * Some lines in a file that others write to as well: between two marks, everything else is left as it is. In a folder of
 * somebody else's, `as` is that user: root would follow whatever link is laid there.
 */
export function block(path: string, where: 'first' | 'last', lines: readonly string[], as = 'root'): ConditionResource {
  const stdin = `${[begin, ...lines, end].join('\n')}\n`;
  return {
    kind: 'condition',
    name: `${path} has the lines of pgark`,
    check: { argv: shell(compare, path, begin, end), stdin, as },
    act: [{ argv: shell(where === 'first' ? prepend : append, path, begin, end), stdin, as } satisfies Command],
  };
}

/** The file without them. */
export const withoutBlock = (path: string): NonNullable<ConditionResource['undo']> => ({ check: { argv: shell('! grep -qsxF -- "$2" "$1"', path, begin) }, act: [{ argv: shell(leaveOut, path, begin, end) }] });

const compare = 'wanted=$(cat); [ "$(sed -n "/^$2\\$/,/^$3\\$/p" "$1")" = "$wanted" ]';

/** In place where a rename is refused: a container's runtime may have mounted the file itself. */
const replace = 'chown --reference="$1" "$1.pgark"; chmod --reference="$1" "$1.pgark"; mv -f "$1.pgark" "$1" 2>/dev/null || { cat "$1.pgark" > "$1"; rm -f "$1.pgark"; }';

const others = '[ -e "$1" ] || { : > "$1"; chown --reference="${1%/*}" "$1"; }; rest=$(sed "/^$2\\$/,/^$3\\$/d" "$1"); ';

const leaveOut = `${others}printf '%s\\n' "$rest" > "$1.pgark"; ${replace}`;

const append = `${others}{ [ -z "$rest" ] || printf '%s\\n' "$rest"; cat; } > "$1.pgark"; ${replace}`;

const prepend = `${others}{ cat; [ -z "$rest" ] || printf '%s\\n' "$rest"; } > "$1.pgark"; ${replace}`;
