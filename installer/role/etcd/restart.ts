import { shell, type Command } from '../../transport/command.ts';
import { asRoot } from './access.ts';
import { asNobody, eachMember } from './shell.ts';

/**
 * Succeeds when the others are a quorum without the member of this host; of two, when the other one is well: then nobody writes for the moment of the restart.
 * Where this one has no quorum, it can lose none. One that has restarted just before may need some seconds.
 */
export const mayRestart = (name: string, place: string): Command => ({ argv: shell(`${asRoot}\n${counting}`, name, place), timeout: 120 });

const counting = `
name=$1 place=$2
end=$(($(date +%s) + 60))
while :; do
  status=$(${asNobody} etcdctl --command-timeout=5s --dial-timeout=4s endpoint status -w json 2>/dev/null || :)
  case $status in '' | *'"leader":'*) ;; *) exit 0 ;; esac
  list=$(${asNobody} etcdctl --command-timeout=5s member list 2>/dev/null || etcdctl --command-timeout=5s member list || :)
  voters=$(printf '%s\\n' "$list" | ${eachMember('if [ "$learner" = false ]; then echo "$peer"; fi')} | wc -l)
  well=$(printf '%s\\n' "$list" | ${eachMember(`if [ "$learner" = false ] && [ "$peer" != "$place" ] && ETCDCTL_ENDPOINTS=$client ${asNobody} etcdctl --command-timeout=5s --dial-timeout=4s endpoint health </dev/null >/dev/null 2>&1; then echo "$peer"; fi`)} | wc -l)
  need=$((voters / 2 + 1))
  [ "$voters" -gt 2 ] || need=$((voters - 1))
  if [ "$voters" -gt 0 ] && [ "$well" -ge "$need" ]; then exit 0; fi
  [ "$(date +%s)" -lt "$end" ] || break
  sleep 2
done
if [ "$voters" -gt 0 ]; then echo "$name is not restarted: etcd would lose its quorum, only $well of the other $((voters - 1)) members are well" >&2
else echo "$name is not restarted: it does not tell who the others are" >&2; fi
exit 1
`;
