import type { Host } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { isRunning } from '../instance.ts';

/** A port of this deployment and the type that it must have in the policy of SELinux. */
export interface PortType {
  type: string;
  protocol: 'tcp' | 'udp';
  port: number;
  /** Left to another type that has it already: nobody is kept from listening there by that. */
  ifUnknown?: true;
}

/**
 * nginx and dnsmasq may listen on ports of their types only. Those of PostgreSQL have its type so that what is confined, and may
 * connect to databases, reaches this one. All others listen without a domain of their own (Patroni, etcd, exporters, stores), or
 * on whatever port, by a boolean (HAProxy).
 */
export function portTypesOf({ groups, vars, ...host }: Host): PortType[] {
  const isInfra = groups.includes('infra');
  const nginx = isInfra && vars.nginx_enabled ? [vars.nginx_port, ...(vars.nginx_sslmode === 'disable' ? [] : [vars.nginx_ssl_port])] : [];
  const databases = isRunning({ groups, vars, ...host }) ? [vars.pg_port, ...(vars.pgbouncer_enabled ? [vars.pgbouncer_port] : []), ...services(vars)] : [];
  return [
    ...nginx.map((port): PortType => ({ type: 'http_port_t', protocol: 'tcp', port })),
    ...(isInfra && vars.dns_enabled ? (['tcp', 'udp'] as const).map((protocol): PortType => ({ type: 'dns_port_t', protocol, port: vars.dns_port })) : []),
    ...[...new Set(databases)].map((port): PortType => ({ type: 'postgresql_port_t', protocol: 'tcp', port, ifUnknown: true })),
  ];
}

const services = (vars: Host['vars']): number[] => (vars.haproxy_enabled ? [...vars.pg_default_services, ...vars.pg_services].map(({ port }) => port) : []);

export function ports(host: Host): ConditionResource[] {
  const wanted = portTypesOf(host);
  if (wanted.length === 0) return [];
  const stdin = wanted.map(({ type, protocol, port, ifUnknown }) => `${type} ${protocol} ${port} ${ifUnknown ? 'unknown' : 'always'}\n`).join('');
  return [
    {
      kind: 'condition',
      name: `SELinux: the policy knows port ${[...new Set(wanted.map(({ port }) => port))].join(', ')}`,
      check: { argv: shell(`${listed}while read -r type protocol port when; do holds || exit 1; done`), stdin },
      act: [{ argv: shell(`${listed}${adding}`), stdin }],
    },
  ];
}

/**
 * `http_port_t  tcp  80, 81, 443, 10001-10010`: a type has a port where a number or a range of its covers it. Ports that nobody
 * has are of types for all the rest.
 */
const listed = `
all=$(LC_ALL=C semanage port -l -n)
has() {
  printf '%s\\n' "$all" | awk -v type="$1" -v protocol="$protocol" -v port="$port" '
    $1 ~ /^(unreserved|reserved|hi_reserved|ephemeral)_port_t$/ { next }
    (type == "*" || $1 == type) && $2 == protocol {
      for (i = 3; i <= NF; i++) {
        split($i, range, /[-,]/)
        if (port == range[1] + 0 || (range[2] != "" && port >= range[1] + 0 && port <= range[2] + 0)) found = 1
      }
    }
    END { exit !found }'
}
holds() { if [ "$when" = unknown ]; then has '*'; else has "$type"; fi; }
`;

/** A number that another type has is given over by a local rule, which leaves the policy's own in place. */
const adding = `
rules=
while read -r type protocol port when; do
  if holds; then continue; fi
  if has '*' && printf '%s\\n' "$all" | grep -qE "^[^ ]+ +$protocol .*[ ,]$port(,|\\$)"; then verb=-m; else verb=-a; fi
  rules="\${rules}port $verb -t $type -p $protocol $port
"
done
printf %s "$rules" | semanage import`;

/** HAProxy stands before whatever port a service has; nginx passes pages on from ports of others. */
export function booleans({ groups, vars }: Host): ConditionResource[] {
  const wanted = [...(vars.haproxy_enabled ? ['haproxy_connect_any'] : []), ...(groups.includes('infra') && vars.nginx_enabled ? ['httpd_can_network_connect'] : [])];
  return wanted.map((name) => ({
    kind: 'condition',
    name: `SELinux: ${name} is on`,
    check: { argv: shell(asking, name) },
    act: [{ argv: ['semanage', 'boolean', '-m', '--on', name] }],
  }));
}

/** `haproxy_connect_any (off , off) …`: now, and after a restart. */
const asking = `
all=$(LC_ALL=C semanage boolean -l -n)
line=$(printf '%s\\n' "$all" | grep "^$1 ") || { echo "note: the policy of this host has no boolean $1"; exit 0; }
case $(printf %s "$line" | tr -d ' ') in "$1(on,on)"*) ;; *) exit 1 ;; esac`;
