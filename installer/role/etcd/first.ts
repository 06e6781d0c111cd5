import { writeYaml } from '../../../repo/core/document.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { asRoot } from './access.ts';
import { memberName, peerOf } from './client.ts';
import { configuration } from './files.ts';
import { asNobody, eachMember, firstConfiguration, firstUnit, hasLeader } from './shell.ts';
import { unit } from '../text.ts';

/** A first start reads who the members are from settings of its own, which go when it has come to its end. */
export const startsFirst: Resource = unit(firstUnit, { Service: { ExecStart: ['', `/usr/bin/etcd --config-file=${firstConfiguration}`] } });

/** All members begin together, each told of all. Data of a beginning that was cut off goes: nobody has written into it. */
export function founding(host: Host, inventory: Inventory): Resource[] {
  const members = inventory.group('etcd').map((member) => `${memberName(member, inventory)}=${peerOf(member)}`);
  const first = { ...configuration(host, inventory), 'initial-cluster': members.join(','), 'initial-cluster-state': 'new', 'initial-cluster-token': host.vars.etcd_cluster };
  return [
    { kind: 'condition', name: `etcd: ${memberName(host, inventory)} has nothing to begin with`, check: { argv: shell('[ ! -e "$1/member" ]', host.vars.etcd_data) }, act: [{ argv: shell(empty, host.vars.etcd_data) }] },
    startsFirst,
    { kind: 'file', path: firstConfiguration, content: writeYaml(first) },
  ];
}

/** The others take it in: as a learner first, which takes no vote from anybody, whatever becomes of it. */
export function joining(host: Host, inventory: Inventory, among: readonly string[]): Resource[] {
  const name = memberName(host, inventory);
  const told = writeYaml({ ...configuration(host, inventory), 'initial-cluster-state': 'existing' });
  return [
    startsFirst,
    {
      kind: 'condition',
      name: `etcd: ${name} is taken in by the other members${host.facts.etcd?.data === 'none' && isListed(host, inventory) ? ', which know it: its data is gone' : ''}`,
      check: isDone(host),
      act: [{ argv: shell(`${asRoot}\n${takeIn}`, name, peerOf(host), host.vars.etcd_data, among.join(',')), stdin: told, timeout: 240 }],
    },
  ];
}

/** Gives a learner its vote, and ends what belongs to a first start. */
export function finished(host: Host, inventory: Inventory, among: readonly string[]): ConditionResource {
  const name = memberName(host, inventory);
  return { kind: 'condition', name: `etcd: ${name} has come in and votes`, check: isDone(host), act: [{ argv: shell(`${asRoot}\n${finish}`, name, peerOf(host), among.join(',')), timeout: 900 }] };
}

const isDone = ({ vars }: Host) => ({ argv: shell(`[ -d "$1/member/wal" ] && [ ! -e /etc/systemd/system/${firstUnit} ] && { ${asRoot} ${hasLeader}; }`, vars.etcd_data), timeout: 20 });

const isListed = (host: Host, inventory: Inventory): boolean => inventory.group('etcd').some(({ facts }) => facts.etcd?.members?.some(({ peers }) => peers.includes(peerOf(host))));

const stop = 'systemctl stop etcd.service 2>/dev/null || :';

/** Data is touched only where a first start has left its settings; no plan is trusted with any other. */
const empty = `
[ -e ${firstConfiguration} ] || { echo "there is data of etcd in $1 of which the plan did not know" >&2; exit 1; }
${stop}
rm -rf -- "$1/member"
`;

/**
 * Whatever the others know under its name or at its place belongs to a member that is no more; one that answers from another place is one. Data that was not
 * left by such an attempt is somebody's, and is set aside. etcd takes a member in only when all that vote have been together for some seconds.
 */
const takeIn = `
name=$1 place=$2 data=$3
[ -n "$4" ] || { echo "there is no other member to take $name in" >&2; exit 1; }
ETCDCTL_ENDPOINTS=$4
told=$(cat)
${stop}
if [ -e ${firstConfiguration} ]; then rm -rf -- "$data/member"
elif [ -e "$data/member" ]; then mv -- "$data/member" "$data/member.$(date -u +%Y%m%dT%H%M%SZ)"; fi
forget() {
  etcdctl member list >"$known" || return 1
  ${eachMember(`if [ "$peer" = "$place" ] || [ "$member" = "$name" ]; then
    if [ "$peer" != "$place" ] && ETCDCTL_ENDPOINTS=$client etcdctl --command-timeout=3s --dial-timeout=2s endpoint health >/dev/null 2>&1; then
      echo "another $name lives at $client: pgark etcd remove $name comes first" >&2
      exit 3
    fi
    etcdctl member remove "$id" >&2 </dev/null
  fi`)} <"$known"
}
known=$(mktemp)
trap 'rm -f -- "$known"' EXIT
end=$(($(date +%s) + 90))
until added=$(forget && etcdctl member add "$name" --learner --peer-urls="$place" 2>&1); do
  code=$?
  if [ "$code" = 3 ] || [ "$(date +%s)" -ge "$end" ]; then printf '%s\\n' "$added" | tail -n 3 >&2; exit 1; fi
  sleep 2
done
initial=$(printf '%s\\n' "$added" | sed -n 's/^ETCD_INITIAL_CLUSTER="\\(.*\\)"$/\\1/p')
case ",$initial" in
  *,=* | ,) echo "a member that never started is among the others: pgark etcd list shows it" >&2; exit 1 ;;
esac
printf '%s\\ninitial-cluster: %s\\n' "$told" "$initial" >${firstConfiguration}.pgark-new
mv -f ${firstConfiguration}.pgark-new ${firstConfiguration}
`;

/** A learner answers no question about the members; so the others are asked. */
const finish = `
name=$1 place=$2
learner=
if [ -n "$3" ]; then
  learner=$(ETCDCTL_ENDPOINTS=$3 etcdctl member list | ${eachMember('if [ "$peer" = "$place" ] && [ "$learner" = true ]; then echo "$id"; fi')})
fi
end=$(($(date +%s) + 600))
until [ -z "$learner" ] || said=$(ETCDCTL_ENDPOINTS=$3 etcdctl member promote "$learner" 2>&1); do
  [ "$(date +%s)" -lt "$end" ] || { printf '%s has not caught up: %s\\n' "$name" "$said" >&2; exit 1; }
  sleep 1
done
end=$(($(date +%s) + 60))
until said=$(${asNobody} etcdctl endpoint health 2>&1); do
  [ "$(date +%s)" -lt "$end" ] || { printf '%s does not take part: %s\\n' "$name" "$said" >&2; exit 1; }
  sleep 1
done
rm -f -- /etc/systemd/system/${firstUnit} ${firstConfiguration}
rmdir -- /etc/systemd/system/${firstUnit.split('/')[0]} 2>/dev/null || :
systemctl daemon-reload
`;
