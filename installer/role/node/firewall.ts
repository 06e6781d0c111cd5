import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';
import { trusted } from './trusted.ts';

/**
 * The firewall that the host has, firewalld or ufw: trusted networks reach everything, everybody else the public ports. Rules
 * that others made stay, also those that are not written down. A host without either keeps having none, and every plan says so.
 */
export const firewall: Role = {
  name: 'firewall',
  lasting: true,
  ground: true,
  rollout: 'together',
  plays: ({ vars }) => vars.node_firewall_mode !== 'none',
  resources: (host, inventory) => (host.vars.node_firewall_mode === 'off' ? [off] : [zoned(host, inventory)]),
};

const off: Resource = {
  kind: 'condition',
  name: 'firewall: firewalld and ufw, where there are any, are off',
  check: { argv: shell('! systemctl is-active -q firewalld && ! systemctl is-enabled -q firewalld 2>/dev/null && { ! command -v ufw >/dev/null || ufw status | grep -q inactive; }') },
  act: [{ argv: shell('systemctl disable --now firewalld 2>/dev/null || :; ! command -v ufw >/dev/null || ufw disable') }],
};

function zoned(host: Host, inventory: Inventory): Resource {
  const networks = trusted(host, inventory);
  const ports = host.vars.node_firewall_public_port;
  const words = [host.address, ...networks, '--', ...ports.map(String)];
  return {
    kind: 'condition',
    name: `firewall: ${networks.join(', ')} reach everything, others ports ${ports.join(', ')}`,
    check: { argv: shell(checking, ...words) },
    act: [{ argv: shell(opening, ...words) }],
  };
}

/** Strangers come in through the zone of the interface that has the address of the host, where it is in none through the default one. */
const zone = `
zone_by() {
  device=$(ip -o address show to "$address" 2>/dev/null | sed -n '1s/^[0-9]*: *\\([^ ]*\\) .*/\\1/p' || :)
  zone=$("$1" --get-zone-of-interface="\${device:-lo}" 2>/dev/null) || zone=$("$1" --get-default-zone)
}
address=$1
shift`;

/**
 * What is listed is looked up, anything else is asked for: a range holds a port as well. Now, and after a restart. ufw keeps its
 * rules in the form in which they were given; each is looked up there, since `ufw status` is for people.
 */
const checking = `${zone}
listed() { case " $1 " in *" $2 "*) true ;; *) false ;; esac; }
if command -v firewall-cmd >/dev/null; then
  firewall-cmd -q --state
  systemctl is-enabled -q firewalld
  zone_by firewall-cmd
  sources=$(firewall-cmd --zone=trusted --list-sources) kept_sources=$(firewall-cmd --permanent --zone=trusted --list-sources)
  ports=$(firewall-cmd --zone="$zone" --list-ports) kept_ports=$(firewall-cmd --permanent --zone="$zone" --list-ports)
  while [ "$1" != -- ]; do
    listed "$sources" "$1" || firewall-cmd -q --zone=trusted --query-source="$1"
    listed "$kept_sources" "$1" || firewall-cmd -q --permanent --zone=trusted --query-source="$1"
    shift
  done
  shift
  for port; do
    listed "$ports" "$port/tcp" || firewall-cmd -q --zone="$zone" --query-port="$port/tcp"
    listed "$kept_ports" "$port/tcp" || firewall-cmd -q --permanent --zone="$zone" --query-port="$port/tcp"
  done
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

/**
 * Rules first, then the firewall: nobody who may come in is shut out in between. To one that runs they are added twice, for now
 * and for good: a reload would drop what others have only for now.
 */
const opening = `${zone}
if command -v firewall-cmd >/dev/null; then
  if firewall-cmd -q --state; then
    zone_by firewall-cmd
    add() { firewall-cmd "$@" >/dev/null; firewall-cmd --permanent "$@" >/dev/null; }
  else
    zone_by firewall-offline-cmd
    add() { firewall-offline-cmd "$@" >/dev/null; }
  fi
  while [ "$1" != -- ]; do add --zone=trusted --add-source="$1"; shift; done
  shift
  for port; do add --zone="$zone" --add-port="$port/tcp"; done
  systemctl enable --now firewalld
elif command -v ufw >/dev/null; then
  while [ "$1" != -- ]; do ufw allow from "$1"; shift; done
  shift
  for port; do ufw allow "$port/tcp"; done
  ufw --force enable
fi`;
