import { shell, type Command } from '../transport/command.ts';

/**
 * A function of the shell that ends the script where a link on the way to a path was made by somebody other than root and
 * us: whoever owns a folder could lead root's next step, a chown even, to any place. namei(1) follows links inside links too.
 */
export const sureWay = `
sure_way() {
  seen=$(LC_ALL=C namei -l -- "$1" 2>/dev/null || :)
  [ -n "$seen" ] || { echo "namei cannot tell the way to $1" >&2; exit 1; }
  if printf '%s\\n' "$seen" | grep '^ *lrwxrwxrwx ' | grep -v "^ *lrwxrwxrwx  *\\(root\\|$(id -un)\\) " >&2; then
    echo "on the way to $1 stands this link, which root did not make" >&2
    exit 1
  fi
}
`;

/** The same as a command of its own, before others. */
export const takeSureWay = (path: string): Command => ({ argv: shell(`${sureWay}sure_way "$1"`, path) });
