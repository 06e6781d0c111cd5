import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell, type Command } from '../../transport/command.ts';
import { instanceOf } from '../instance.ts';
import { dynamicConfig } from './patroni-config.ts';
import { literal } from './sql.ts';

export const configuration = '/etc/patroni/patroni.yml';

/**
 * What stands in etcd. Patroni keeps a copy beside the data, which PostgreSQL itself compares in no time: `@>` is "holds all of this".
 * Absent before Patroni has written it.
 */
export const shared = "pg_read_file('patroni.dynamic.json', 0, 100000000, true)::jsonb";

/**
 * The configuration of a whole cluster. `patronictl edit-config` takes what it is given over what is there: what somebody else has put beside it
 * stays, and `null` takes away. It is there once Patroni has made a cluster whole, with the roles that it needs itself: whatever comes after this
 * may count on that.
 */
export function sharedConfiguration(host: Host, inventory: Inventory): ConditionResource[] {
  const { cluster } = instanceOf(host);
  const wanted = dynamicConfig(host, inventory);
  const isPaused = host.vars.patroni_mode === 'pause';
  return [
    ...('standby_cluster' in wanted ? [] : [promoted(host)]),
    condition(host, `patroni: the members of ${cluster} share the settings of the inventory`, holds(wanted), edit, bare(wanted)),
    isPaused
      ? condition(host, `patroni: ${cluster} is paused, nobody takes over`, `${shared} @> '{"pause": true}'`, edit, { pause: true })
      : condition(host, `patroni: ${cluster} is not paused`, `NOT coalesce(${shared} @> '{"pause": true}', false)`, edit, { pause: null }),
  ];
}

/** A standby cluster that follows nobody any more is one like any other: its leader takes writes from here on. */
function promoted(host: Host): ConditionResource {
  const { cluster } = instanceOf(host);
  const leads = waitUntil(`patronictl -c "$1" list -f json "$2" | grep -q '"Role": "Leader"'`, 'Patroni has not promoted the leader of $2');
  return condition(host, `patroni: ${cluster} follows no other cluster and takes writes`, `NOT coalesce(${shared} ? 'standby_cluster', false)`, `${edit}\n${leads}`, { standby_cluster: null });
}

/** What a standby cluster may have and this one does not is taken away. */
const optional = ['primary_slot_name', 'recovery_min_apply_delay'];

function bare(wanted: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const standby = wanted['standby_cluster'];
  return typeof standby === 'object' ? { ...wanted, standby_cluster: { ...Object.fromEntries(optional.map((name) => [name, null])), ...standby } } : wanted;
}

function holds(wanted: Readonly<Record<string, unknown>>): string {
  const absent = optional.filter((name) => !(name in ((wanted['standby_cluster'] as object | undefined) ?? {})));
  const free = 'standby_cluster' in wanted && absent.length > 0 ? ` AND NOT ${shared}->'standby_cluster' ?| '{${absent.join(',')}}'` : '';
  return `${shared} @> ${literal(JSON.stringify(wanted))}::jsonb${free}`;
}

const test = `[ "$(psql -XAtq -p "$3" -d postgres -c "$4")" = t ]`;

/** On standard input, a patch. */
const edit = 'patronictl -c "$1" edit-config --quiet --force --apply - "$2"';

function condition(host: Host, name: string, question: string, act: string, patch: Readonly<Record<string, unknown>>): ConditionResource {
  const { cluster } = instanceOf(host);
  const words = [configuration, cluster, String(host.vars.pg_port), `SELECT ${question}`] as const;
  const command = (script: string, timeout: number): Command => ({ argv: shell(script, ...words), as: host.vars.pg_dbsu, timeout });
  const whole = `${waitForCluster}\n${act}\n${waitUntil(test, 'Patroni has not taken over its settings')}`;
  return { kind: 'condition', name, check: command(test, 15), act: [{ ...command(whole, 180), stdin: JSON.stringify(patch) }] };
}

/** A line of shell that waits for at most a minute. */
export const waitUntil = (condition: string, complaint: string): string => `patience=60
until ${condition}; do
  patience=$((patience - 1)); [ "$patience" -gt 0 ] || { echo "${complaint}" >&2; exit 1; }
  sleep 1
done`;

const waitForCluster = waitUntil('patronictl -c "$1" show-config "$2" </dev/null 2>/dev/null | grep -q loop_wait', 'Patroni has not made the cluster $2');
