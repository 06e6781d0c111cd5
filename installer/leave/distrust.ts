import type { Host, Inventory } from '../inventory/inventory.ts';
import type { ConditionResource } from '../resource/resource.ts';
import { trusted } from '../role/node/trusted.ts';
import { shell } from '../transport/command.ts';

/** The firewall of a host that stays lets nobody in by the address of one that has left, unless its whole network is trusted. */
export function distrust(host: Host, before: Inventory, after: Inventory): ConditionResource[] {
  if (host.vars.node_firewall_mode !== 'zone') return [];
  const still = trusted(host, after);
  const gone = trusted(host, before).filter((address) => !still.includes(address));
  if (gone.length === 0) return [];
  return [{ kind: 'condition', name: `firewall: ${gone.join(', ')} no longer reaches everything`, check: { argv: shell(checking, ...gone) }, act: [{ argv: shell(closing, ...gone) }] }];
}

const checking = `
if command -v firewall-cmd >/dev/null; then
  for address; do
    ! firewall-cmd -q --zone=trusted --query-source="$address" || exit 1
    ! firewall-cmd -q --permanent --zone=trusted --query-source="$address" || exit 1
  done
elif command -v ufw >/dev/null; then
  rules=$(ufw show added)
  for address; do ! printf '%s\\n' "$rules" | grep -qxF "ufw allow from $address" || exit 1; done
fi`;

const closing = `
for address; do
  if command -v firewall-cmd >/dev/null; then
    firewall-cmd -q --zone=trusted --remove-source="$address" || :
    firewall-cmd -q --permanent --zone=trusted --remove-source="$address"
  else
    ufw delete allow from "$address"
  fi
done`;
