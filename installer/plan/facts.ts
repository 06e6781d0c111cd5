import { target } from '../../repo/bundle/paths.ts';
import type { Facts, Link } from '../inventory/facts.ts';
import { canonical } from '../inventory/unique.ts';
import { askEtcd, readEtcd } from '../etcd/ask.ts';
import { shell, type Command, type Completed, type Transport } from '../transport/command.ts';

/** What has to be known of an inventory to look at a host. */
export interface Place {
  /** Where the databases will lie. */
  data: string;
  /** Whose databases they are, and the port of the server. */
  dbsu: string;
  port: string;
  /** Where the data of its etcd will lie; absent where there is to be none. */
  etcd?: string | undefined;
}

/** What a host is, in one round trip. */
export async function learn(transport: Transport, place: Place): Promise<Facts> {
  const [told, etcd] = await transport.probe([probeFacts(place), ...(place.etcd === undefined ? [] : [askEtcd(place.etcd)])]);
  return { ...readFacts(told!), etcd: etcd && readEtcd(etcd) };
}

/** One line a fact, `name=value`. Needs no more than coreutils and systemd. */
export const probeFacts = ({ data, dbsu, port }: Place): Command => ({ argv: shell(probing, data, dbsu, port, target.repository), timeout: 30 });

export function readFacts({ stdout }: Completed): Facts {
  const lines = new Map(stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const));
  const text = (name: string): string => lines.get(name)?.replace(/^"(.*)"$/, '$1') ?? '';
  const [size = '0', free = '0'] = text('disk').split(' ');
  return {
    hostname: text('hostname'),
    distro: text('ID'),
    release: text('VERSION_ID'),
    codename: text('VERSION_CODENAME'),
    arch: text('arch'),
    cpus: Number(text('cpus')),
    memory: Math.floor(Number(text('memory')) / 1024),
    disk: { size: Number(size) * 1024, free: Number(free) * 1024 },
    addresses: text('addresses').split(' ').filter((each) => each !== '' && !each.startsWith('127.') && each !== '::1' && !each.startsWith('fe80:')),
    links: linksOf(text('links')),
    container: text('container') || 'none',
    selinux: modes[text('selinux')] ?? 'disabled',
    carries: text('carries') === 'yes',
    postgres: standings[text('recovery')] ?? 'none',
    ...(text('restoring') === 'yes' && { restoring: true }),
  };
}

/** As /proc/net/route has IPv4, `eth0/000A0A0A/00FFFFFF`, and /proc/net/if_inet6 IPv6, `eth0/fd00…0001/40`. */
function linksOf(text: string): Link[] {
  return text.split(' ').filter((each) => each !== '').map((each) => {
    const [name = '', address = '', length = ''] = each.split('/');
    return { interface: name, network: address.length === 8 ? `${dotted(address)}/${bitsIn(length)}` : `${coloned(address)}/${Number.parseInt(length, 16)}` };
  });
}

/** The bytes of an address stand in the order of the processor, which is little-endian wherever this runs. */
const dotted = (hex: string): string => hex.match(/../g)!.map((byte) => Number.parseInt(byte, 16)).reverse().join('.');

const coloned = (hex: string): string => canonical(hex.match(/..../g)!.join(':'));

const bitsIn = (mask: string): number => Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;

/** What the kernel says in selinuxfs, which is mounted only where a policy is loaded. */
const modes: Readonly<Record<string, Facts['selinux']>> = { '0': 'permissive', '1': 'enforcing' };

/** What PostgreSQL answers to pg_is_in_recovery(). */
const standings: Readonly<Record<string, Facts['postgres']>> = { f: 'primary', t: 'replica' };

// The data directory may not be there yet: its nearest parent that is tells the filesystem.
const probing = `
grep -E '^(ID|VERSION_ID|VERSION_CODENAME)=' /etc/os-release
echo "hostname=$(cat /proc/sys/kernel/hostname)"
echo "arch=$(uname -m)"
echo "cpus=$(nproc)"
echo "memory=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)"
# installer/restore/state.ts
if grep -qsE '"phase": "(replacing|back)"|"inPlace": true' "$1"/*/restore/state.json; then echo restoring=yes; fi
path=$1
while [ ! -e "$path" ]; do path=\${path%/*}; path=\${path:-/}; done
echo "disk=$(df -Pk -- "$path" | sed -n '2s/^.* \\([0-9][0-9]*\\)  *[0-9][0-9]*  *\\([0-9][0-9]*\\)  *[0-9]*% .*$/\\1 \\2/p')"
echo "addresses=$(hostname -I 2>/dev/null || ip -o addr 2>/dev/null | sed -n 's/^.* inet6* \\([^/ ]*\\).*$/\\1/p' | tr '\\n' ' ')"
echo "links=$(while read -r name to gateway rest; do
  set -- $rest
  if [ "$gateway" = 00000000 ] && [ "\${5:-0}" != 00000000 ]; then printf '%s/%s/%s ' "$name" "$to" "$5"; fi
done < /proc/net/route
while read -r address index length scope flags name; do
  case $scope in 00) printf '%s/%s/%s ' "$name" "$address" "$length" ;; esac
done < /proc/net/if_inet6 2>/dev/null || :)"
echo "selinux=$(cat /sys/fs/selinux/enforce 2>/dev/null || :)"
echo "container=$(systemd-detect-virt -c || :)"
if [ -e "$4" ]; then echo carries=yes; fi
if [ -x /usr/pgsql/bin/psql ]; then echo "recovery=$(timeout 5 runuser -u "$2" -- /usr/pgsql/bin/psql -XAtq -p "$3" -d postgres -c 'SELECT pg_is_in_recovery()' 2>/dev/null || :)"; fi
`;
