import type { PgService } from '../../inventory/access.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { readSelector, type Selector } from '../../inventory/selector.ts';
import type { ConditionResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { haproxyServices } from '../node/haproxy.ts';
import { instanceOf, isRunning, membersOf } from '../instance.ts';
import { binding, endpoint } from '../listen.ts';
import { leaderWith } from '../need.ts';
import type { Role } from '../role.ts';
import { written } from '../text.ts';
import { authorityPath } from '../node/trust.ts';
import { isStandby } from './upstream.ts';

/** The services of a cluster, on every member: whoever has the role that a service is for answers (reference 5.7). */
export const pgService: Role = {
  name: 'pg-service',
  rollout: 'together',
  plays: servesConnections,
  components: () => ['haproxy'],
  resources: (host, inventory) => [{ kind: 'directory', path: haproxyServices, mode: '0755' }, ...servicesOf(host).map((service) => file(service, host, inventory))],
};

/** Nothing is done until connections get through: a server counts as up only after some checks. */
export const pgAnswer: Role = {
  name: 'pg-answer',
  rollout: 'together',
  plays: servesConnections,
  needs: (host, inventory) => leaderWith('patroni', host, inventory),
  resources: (host, inventory) => servicesOf(host).filter((service) => mustAnswer(service, host, inventory)).map((service) => answer(service, host, instanceOf(host).cluster)),
};

function servesConnections(host: Host): boolean {
  return isRunning(host) && host.vars.haproxy_enabled;
}

const servicesOf = ({ vars }: Host): PgService[] => [...vars.pg_default_services, ...vars.pg_services];

function file(service: PgService, host: Host, inventory: Inventory): Resource {
  const { cluster } = instanceOf(host);
  const title = `${cluster}-${service.name}`;
  return { ...written(`${haproxyServices}/${title}.cfg`, lines(title, service, host, inventory)), validate: ['haproxy', '-c', '-q', '-f', '{}'] };
}

function lines(title: string, service: PgService, host: Host, inventory: Inventory): string[] {
  const pool = (check: string): string[] => poolOf({ ...service, check }, host, inventory).map((line) => `    ${line}`);
  const anyone = `${title}-anyone`;
  return [
    `listen ${title}`,
    '    mode tcp',
    `    bind ${binding(host, service.ip, service.port)}`,
    `    maxconn ${service.maxconn}`,
    `    timeout client ${host.vars.haproxy_client_timeout}`,
    ...(fallsBack(service)
      ? [`    use_backend ${anyone} if { nbsrv(${title}) eq 0 }`, ...pool(service.check.replace('/read-only', '/replica')), `backend ${anyone}`, '    mode tcp', ...pool(service.check)]
      : pool(service.check)),
  ];
}

/**
 * Whether the leader serves it only while no replica does. HAProxy asks all servers of a pool the same, and a leader passes `/read-only` as well: so
 * replicas are one pool, and whoever may be read from another, for when the first is empty.
 */
const fallsBack = ({ check, backup }: PgService): boolean => check.startsWith('/read-only') && backup !== undefined;

function poolOf(service: PgService, host: Host, inventory: Inventory): string[] {
  const { downinter, rise, fall, ...plan } = host.vars.pg_rto_plan[host.vars.pg_rto];
  const { inter, fastinter } = leadsToOne(service) ? watched : plan;
  const checks = `inter ${inter} fastinter ${fastinter} downinter ${downinter} rise ${rise} fall ${fall}`;
  return [
    `balance ${service.balance}`,
    'timeout queue 3s',
    'timeout connect 3s',
    'timeout check 3s',
    `timeout server ${host.vars.haproxy_server_timeout}`,
    'option httpchk',
    'option http-keep-alive',
    `http-check send meth OPTIONS uri ${service.check}`,
    'http-check expect status 200',
    `default-server ${checks} on-marked-down shutdown-sessions${leadsToOne(service) ? '' : ' slowstart 30s'} maxconn 3000 maxqueue 128${service.options ? ` ${service.options}` : ''}`,
    ...serversOf(service, host, inventory),
  ];
}

/**
 * Who leads is asked more often than a plan says. A member that hands over comes back as a replica two seconds after it gave up its key at the
 * earliest (Patroni, `Ha.demote`): by then nobody may take it for the leader any more, and `inter` + 2 × `fastinter` have gone by.
 */
const watched = { inter: '1s', fastinter: '250ms' };

/**
 * Whether one member at most passes the check, the leader. A slow start would let a single connection through in the first second and a thirtieth
 * more in each that follows (HAProxy, `slowstart`: the limit of connections grows as well), and there is nobody else to go to: writes would wait.
 */
const leadsToOne = ({ check }: PgService): boolean => /^\/(primary|master|read-write|leader|standby-leader)\b/.test(check);

/** A member is asked by the REST API of its Patroni, over TLS, and must show the certificate of the instance that it is. */
function serversOf(service: PgService, host: Host, inventory: Inventory): string[] {
  const isChosen = selectorOf(service.selector);
  const isBackup = service.backup === undefined ? () => false : selectorOf(service.backup);
  return membersOf(host, inventory)
    .map((member) => ({ member, seen: asItPasses(service, member) }))
    .filter(({ seen }) => isChosen(seen) || isBackup(seen))
    .map(({ member, seen }) => {
      const { vars, address } = member;
      const { name } = instanceOf(member);
      const trusted = vars.patroni_ssl_enabled ? ` check-ssl check-sni ${name} verify required verifyhost ${name} ca-file ${authorityPath}` : '';
      const reserve = isBackup(seen) ? ' backup' : '';
      return `server ${name} ${endpoint(address, portOf(service, member))} check port ${vars.patroni_port}${trusted} weight ${vars.pg_weight}${reserve}`;
    });
}

/** Selectors are asked of what a member is when it passes the check: one that answers `/replica` is a replica by then, whatever it was made as. */
const asItPasses = ({ check }: PgService, { vars }: Host): Record<string, unknown> => ({ ...vars, ...(check.startsWith('/replica') && vars.pg_role === 'primary' && { pg_role: 'replica' }) });

function selectorOf(text: string): Selector {
  const selector = readSelector(text);
  if (selector === undefined) throw new Error(`a selector that the schema lets through cannot be read: ${text}`);
  return selector;
}

function portOf(service: PgService, { vars }: Host): number {
  const destination = service.dest === 'default' ? vars.pg_default_service_dest : service.dest;
  switch (destination) {
    case 'postgres':
      return vars.pg_port;
    case 'pgbouncer':
      return vars.pgbouncer_port;
    default:
      return destination;
  }
}

/** Whatever happens to a cluster, somebody may be read from, and is the primary unless it is a standby; an offline member may be missing. */
function mustAnswer(service: PgService, host: Host, inventory: Inventory): boolean {
  const checks = isStandby(host, inventory) ? ['/read-only'] : ['/primary', '/read-write', '/read-only'];
  return ['*', '127.0.0.1'].includes(service.ip) && checks.includes(service.check) && serversOf(service, host, inventory).length > 0;
}

/** The user is one that every member knows: a stranger would leave a line in a log at every look. */
function answer(service: PgService, { vars }: Host, cluster: string): ConditionResource {
  const ask = 'pg_isready -q -h 127.0.0.1 -p "$1" -U "$2" -d postgres -t 3';
  const words = [String(service.port), vars.pg_monitor_username] as const;
  const waiting = `end=$(($(date +%s) + 90)); until ${ask}; do [ "$(date +%s)" -lt "$end" ] || { echo "no member answers on port $1" >&2; exit 1; }; sleep 1; done`;
  return { kind: 'condition', name: `haproxy: ${cluster}-${service.name} answers on port ${service.port}`, check: { argv: shell(ask, ...words) }, act: [{ argv: shell(waiting, ...words), timeout: 120 }] };
}
