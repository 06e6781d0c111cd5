import type { ConditionResource } from '../resource/resource.ts';
import { shell } from '../transport/command.ts';
import { ours } from './text.ts';

/** What a unit of ours that the inventory no longer asks for comes to: it is stopped, and its file goes. One that others wrote stays. */
export function departed(unit: string): ConditionResource {
  const words = [`/etc/systemd/system/${unit}`, ours, unit] as const;
  return {
    kind: 'condition',
    name: `${unit} of an earlier inventory is gone`,
    check: { argv: shell('! { [ -e "$1" ] && IFS= read -r first < "$1" && [ "$first" = "$2" ]; }', ...words) },
    act: [{ argv: shell('systemctl disable --now "$3"; rm -f "$1"; systemctl daemon-reload', ...words) }],
  };
}
