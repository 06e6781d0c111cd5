import { digestOf } from '../../repo/core/digest.ts';
import { shell, type Command } from '../transport/command.ts';
import type { Kind, SysctlResource } from './resource.ts';

export interface SysctlState {
  /** SHA-256 of the file, empty where there is none. */
  digest: string;
  /** What systemd-detect-virt(1) calls the container, `none` outside of one. */
  container: string;
  values: ReadonlyMap<string, { value: string; writable: boolean }>;
}

export const sysctl: Kind<SysctlResource, SysctlState> = {
  plain: true,
  identify: (wanted) => `sysctl ${wanted.file}`,
  probe: (wanted) => ({ argv: shell(probing, pathOf(wanted), ...Object.keys(wanted.values).flatMap((key) => [key, procName(key)])) }),
  parse: (completed) => {
    const [digest, container, ...rows] = completed.stdout.trimEnd().split('\n');
    const values = rows.map((row) => row.split('\t')).map(([key, writable, ...value]) => [key!, { value: normal(value.join(' ')), writable: writable === 'w' }] as const);
    return { digest: digest?.slice(0, 64) ?? '', container: container ?? 'none', values: new Map(values) };
  },
  diff: (wanted, actual) => {
    const keys = settable(wanted, actual);
    return [...(fileHolds(wanted, actual) ? [] : [write(wanted)]), ...(keys.length > 0 ? [set(wanted, keys)] : [])];
  },
  describe: (wanted, actual) => [...(fileHolds(wanted, actual) ? [] : [`write /etc/sysctl.d/${wanted.file}`]), ...settable(wanted, actual).map((key) => `${key}=${wanted.values[key]}`)].join(', '),
  note: (wanted, actual) => {
    const refused = differing(wanted, actual).filter((key) => !settable(wanted, actual).includes(key));
    if (refused.length === 0) return undefined;
    return actual.container === 'none' ? `this kernel has no ${refused.join(', ')}` : `the kernel refuses these in a container (${actual.container}), set them on its host: ${refused.join(', ')}`;
  },
};

const pathOf = (wanted: SysctlResource): string => `/etc/sysctl.d/${wanted.file}`;

const content = (wanted: SysctlResource): string => Object.entries(wanted.values).map(([key, value]) => `${key} = ${value}\n`).join('');

const fileHolds = (wanted: SysctlResource, actual: SysctlState): boolean => actual.digest === digestOf(content(wanted));

/** The kernel answers with tabs where people write blanks. */
const normal = (value: string): string => value.trim().split(/\s+/).join(' ');

const differing = (wanted: SysctlResource, actual: SysctlState): string[] => Object.entries(wanted.values).filter(([key, value]) => actual.values.get(key)?.value !== normal(value)).map(([key]) => key);

/** A container sees keys that it may not write; outside of one, a key that cannot be written is an error worth meeting. */
function settable(wanted: SysctlResource, actual: SysctlState): string[] {
  return differing(wanted, actual).filter((key) => {
    const known = actual.values.get(key);
    return known !== undefined && (known.writable || actual.container === 'none');
  });
}

function write(wanted: SysctlResource): Command {
  return { argv: shell('mkdir -p /etc/sysctl.d; cat >"$1.pgark-new"; mv -f "$1.pgark-new" "$1"', pathOf(wanted)), stdin: content(wanted) };
}

/** Through /proc, since a minimal host has no sysctl(8). At boot systemd-sysctl reads the file. */
const set = (wanted: SysctlResource, keys: readonly string[]): Command => ({
  argv: shell('while [ "$#" -gt 0 ]; do printf "%s\\n" "$2" >"/proc/sys/$1"; shift 2; done', ...keys.flatMap((key) => [procName(key), wanted.values[key]!])),
});

/** sysctl.d(5): where the first separator is a slash, dots are part of names; where it is a dot, the two change places. */
const procName = (key: string): string => (/^[^.]*\//.test(key) ? key : key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.')));

const probing = `
if [ -f "$1" ]; then sha256sum <"$1"; else echo; fi
shift
echo "$(systemd-detect-virt -c || :)"
while [ "$#" -gt 0 ]; do
  path=/proc/sys/$2
  if [ -e "$path" ]; then
    if [ -w "$path" ]; then w=w; else w=r; fi
    printf '%s\\t%s\\t%s\\n' "$1" "$w" "$(tr '\\n' ' ' 2>/dev/null <"$path" || :)"
  fi
  shift 2
done
`;
