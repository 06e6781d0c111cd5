import type { Item } from '../plan/wanted.ts';
import type { ConditionResource, Resource } from '../resource/resource.ts';
import { shell } from '../transport/command.ts';

/** What a host is left without, in the order in which that comes about. */
export interface Undoing {
  services: readonly Resource[];
  files: readonly Resource[];
  folders: readonly Resource[];
}

/**
 * Takes back what a host has and is not to have any more: what came last goes first. Accounts, packages and settings of the kernel stay, and so does what
 * roles in `lasting` have made of the machine, but for what says itself how it is undone.
 */
export function undo(items: readonly Item[], lasting: ReadonlySet<string>): Undoing {
  const backwards = items.toReversed();
  const own = backwards.filter(({ role }) => !lasting.has(role)).map(({ resource }) => resource);
  const units = own.flatMap((each) => (each.kind === 'service' && (each.enabled || each.running) ? [each.unit] : []));
  const paths = own.flatMap((each) => (each.kind === 'file' || each.kind === 'link' ? [each.path] : []));
  const folders = own.flatMap((each) => (each.kind === 'directory' ? [each.path] : []));
  return {
    services: units.map((unit) => ({ kind: 'service', unit, enabled: false, running: false })),
    files: [
      ...paths.map((path): Resource => ({ kind: 'absent', path })),
      ...(units.length > 0 ? [forgotten(units)] : []),
      ...backwards.flatMap(({ resource }) => (resource.kind === 'condition' && resource.undo ? [{ kind: 'condition', name: `undone: ${resource.name}`, ...resource.undo } satisfies Resource] : [])),
    ],
    folders: folders.length > 0 ? [emptied(folders)] : [],
  };
}

/** A unit whose file is gone is still known until systemd reads again. A plan foresees that from the file that is there yet. */
const forgotten = (units: readonly string[]): ConditionResource => ({
  kind: 'condition',
  name: 'systemd knows the units that are left, and no others',
  check: { argv: shell('for unit; do [ ! -e "/etc/systemd/system/$unit" ] || exit 1; [ "$(systemctl show -p NeedDaemonReload -- "$unit")" = NeedDaemonReload=no ] || exit 1; [ "$(systemctl show -p ActiveState -- "$unit")" != ActiveState=failed ] || exit 1; done', ...units) },
  act: [{ argv: shell('systemctl daemon-reload; systemctl reset-failed -- "$@" 2>/dev/null || :', ...units) }],
});

/** Only what is empty by then goes; a folder in which somebody else has put something stays, and so does a disk. */
const emptied = (folders: readonly string[]): ConditionResource => ({
  kind: 'condition',
  name: 'no empty folders are left',
  check: { argv: shell('for path; do [ ! -d "$path" ] || [ -L "$path" ] || mountpoint -q -- "$path" || exit 1; done', ...folders) },
  act: [{ argv: shell('for path; do [ ! -d "$path" ] || [ -L "$path" ] || rmdir -- "$path" 2>/dev/null || :; done', ...folders) }],
});
