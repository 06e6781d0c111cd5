import { isIP, isIPv6 } from 'node:net';
import { Fault } from '../../../repo/core/fault.ts';
import { nearest } from '../../../repo/core/nearest.ts';
import type { HbaRule } from '../../inventory/access.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { membersOf } from '../instance.ts';

/** What the words in HBA rules stand for on one host. */
export interface HbaSetting {
  /** The names behind `${dbsu}`, `${repl}`, `${monitor}`, `${admin}`. */
  users: Readonly<Record<string, string>>;
  /** The networks behind `admin`, `infra`, `cluster`, `intra`. */
  networks: Readonly<Record<string, readonly string[]>>;
  /** The roles of the member, of which a rule may name one: `primary`, `replica`, `offline`. */
  roles: readonly string[];
}

export function hbaSetting(host: Host, inventory: Inventory): HbaSetting {
  const { vars } = host;
  const members = membersOf(host, inventory).map((member) => network(member.address));
  const infra = inventory.group('infra').map((each) => network(each.address));
  return {
    users: { dbsu: vars.pg_dbsu, repl: vars.pg_replication_username, monitor: vars.pg_monitor_username, admin: vars.pg_admin_username },
    // The members themselves are trusted wherever they are: services of HAProxy reach PostgreSQL from a member's address.
    networks: { admin: [network(vars.admin_ip)], infra, cluster: members, intra: unique([...vars.node_firewall_intranet, ...members.filter((each) => !isLoopback(each))]) },
    roles: [vars.pg_role ?? 'replica', ...(vars.pg_offline_query ? ['offline'] : [])],
  };
}

/** The lines of pg_hba.conf: the rules that hold for the member, by their order; rules of equal order stay as given. */
export function hbaLines(rules: readonly HbaRule[], setting: HbaSetting): string[] {
  return rules
    .filter((rule) => rule.role === 'common' || setting.roles.includes(rule.role))
    .toSorted((one, other) => one.order - other.order)
    .flatMap((rule) => (rule.rules.length > 0 ? rule.rules : linesOf(rule, setting)));
}

function linesOf(rule: HbaRule, setting: HbaSetting): string[] {
  const who = [listed(rule.db), listed(named(rule.user, setting.users))];
  return placesOf(rule.addr, setting).map((place) => {
    const { type, method } = ways[rule.auth];
    if (place === 'local') return ['local', ...who, method === 'peer' || rule.auth === 'cert' ? 'peer' : method].join(' ');
    // peer speaks of accounts of this host; from anywhere else it could only refuse.
    return [type, ...who, place, method === 'peer' ? 'reject' : method].join(' ');
  });
}

/** How a way of coming in is spelt. Passwords are always scram-sha-256, which `md5` also accepts and never weakens. */
const ways: Readonly<Record<HbaRule['auth'], { type: 'host' | 'hostssl'; method: string }>> = {
  deny: { type: 'host', method: 'reject' },
  reject: { type: 'host', method: 'reject' },
  pwd: { type: 'host', method: 'scram-sha-256' },
  sha: { type: 'host', method: 'scram-sha-256' },
  'scram-sha-256': { type: 'host', method: 'scram-sha-256' },
  md5: { type: 'host', method: 'md5' },
  ssl: { type: 'hostssl', method: 'scram-sha-256' },
  'ssl-sha': { type: 'hostssl', method: 'scram-sha-256' },
  'ssl-md5': { type: 'hostssl', method: 'md5' },
  cert: { type: 'hostssl', method: 'cert' },
  os: { type: 'host', method: 'peer' },
  ident: { type: 'host', method: 'peer' },
  peer: { type: 'host', method: 'peer' },
};

function placesOf(addr: string, { networks }: HbaSetting): readonly string[] {
  switch (addr) {
    case 'local':
      return ['local'];
    case 'localhost':
      return ['local', '127.0.0.1/32', '::1/128'];
    case 'world':
    case 'all':
      return ['0.0.0.0/0', '::/0'];
    default:
      return networks[addr] ?? [given(addr, Object.keys(networks))];
  }
}

/** An address or a network as it stands in the rule. @throws Fault invalid when it is neither */
function given(addr: string, words: readonly string[]): string {
  const [base = '', bits] = addr.split('/');
  if (isIP(base) && bits === undefined) return network(addr);
  if (isIP(base) && /^\d{1,3}$/.test(bits!) && Number(bits) <= (isIPv6(base) ? 128 : 32)) return addr;
  const known = ['local', 'localhost', 'world', 'all', ...words];
  const near = nearest(addr, known);
  throw new Fault('invalid', `an HBA rule has the address "${addr}"${near ? `, did you mean "${near}"?` : ''}`, { details: [`it can be a network, or one of ${known.join(', ')}`] });
}

/** `${repl}` → `replicator`, in any part of a list. */
function named(text: string, users: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (placeholder, user: string) => users[user] ?? placeholder);
}

/** Names that hold what the format takes for its own are quoted (PostgreSQL documentation 20.1). */
function listed(text: string): string {
  return text
    .split(',')
    .map((each) => each.trim())
    .map((each) => (/^\+?[\w.@-]+$/.test(each) ? each : `"${each.replaceAll('"', '""')}"`))
    .join(',');
}

const network = (address: string): string => `${address}/${isIPv6(address) ? 128 : 32}`;

const isLoopback = (text: string): boolean => text.startsWith('127.') || text === '::1/128';

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
