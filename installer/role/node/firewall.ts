import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';

/**
 * The firewall that the host has, firewalld or ufw: trusted networks reach everything, everybody else the public ports. Rules
 * that others made stay. A host without either keeps having none, and every plan says so.
 */
export const firewall: Role = {
  name: 'firewall',
  ground: true,
  rollout: 'together',
  plays: ({ vars }) => vars.node_firewall_mode !== 'none',
  resources: (host) => (host.vars.node_firewall_mode === 'off' ? [off] : [zoned(host)]),
};

const off: Resource = {
  kind: 'condition',
  name: 'firewall: firewalld and ufw, where there are any, are off',
  check: { argv: shell('! systemctl is-active -q firewalld && ! systemctl is-enabled -q firewalld 2>/dev/null && { ! command -v ufw >/dev/null || ufw status | grep -q inactive; }') },
  act: [{ argv: shell('systemctl disable --now firewalld 2>/dev/null || :; ! command -v ufw >/dev/null || ufw disable') }],
};

function zoned({ vars }: Host): Resource {
  const words = [...vars.node_firewall_intranet, '--', ...vars.node_firewall_public_port.map(String)];
  return {
    kind: 'condition',
    name: `firewall: ${vars.node_firewall_intranet.join(', ')} reach everything, others ports ${vars.node_firewall_public_port.join(', ')}`,
    check: { argv: shell(checking, ...words) },
    act: [{ argv: shell(opening, ...words) }],
  };
}

/** ufw keeps its rules in the form in which they were given; each is looked up there, since `ufw status` is for people. */
const checking = `
if command -v firewall-cmd >/dev/null; then
  firewall-cmd -q --state
  while [ "$1" != -- ]; do firewall-cmd -q --permanent --zone=trusted --query-source="$1"; shift; done
  shift
  for port; do firewall-cmd -q --permanent --zone=public --query-port="$port/tcp"; done
elif command -v ufw >/dev/null; then
  ufw status | grep -q '^Status: active'
  rules=$(ufw show added)
  has() { printf '%s\\n' "$rules" | grep -qxF "ufw allow $1"; }
  while [ "$1" != -- ]; do has "from $1"; shift; done
  shift
  for port; do has "$port/tcp"; done
else
  echo "note: there is neither firewalld nor ufw on this host, so every port is open to every network that reaches it"
fi`;

/** Rules first, then the firewall: nobody who may come in is shut out in between. */
const opening = `
if command -v firewall-cmd >/dev/null; then
  systemctl enable --now firewalld
  while [ "$1" != -- ]; do firewall-cmd -q --permanent --zone=trusted --add-source="$1"; shift; done
  shift
  for port; do firewall-cmd -q --permanent --zone=public --add-port="$port/tcp"; done
  firewall-cmd -q --reload
elif command -v ufw >/dev/null; then
  while [ "$1" != -- ]; do ufw allow from "$1"; shift; done
  shift
  for port; do ufw allow "$port/tcp"; done
  ufw --force enable
fi`;
