import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { hasOwnPassphrase, repositoriesOf, type Repository } from './repositories.ts';

/**
 * The passphrase of the first repository has another name in the vault than that of the others. One that becomes the first, or ceases to be it, would
 * get another one, and what lies in it could not be read any more: nothing is done then.
 */
export function sameFirst(host: Host, inventory: Inventory, configuration: string): ConditionResource {
  const made = repositoriesOf(host, inventory).filter(({ name }) => !hasOwnPassphrase(host, name));
  const words = made.flatMap((each) => [each.number === 1 ? 'first' : 'later', each.name, placeIn(each)]);
  return {
    kind: 'condition',
    name: 'pgbackrest: the first repository stays the first',
    check: { argv: shell(script, configuration, ...words) },
    act: [{ argv: shell(script, configuration, ...words) }],
  };
}

const keys = ['type', 'path', 'host', 's3-endpoint', 's3-bucket', 'azure-account', 'azure-container', 'gcs-bucket', 'sftp-host'];

/** `path=/pg/backup|`, as the program finds it in a configuration. */
const placeIn = ({ options }: Repository): string =>
  keys.flatMap((key) => (options[key.replace('-', '_')] === undefined ? [] : [`${key}=${options[key.replace('-', '_')]}`])).sort().map((line) => `${line}|`).join('');

const script = `
file=$1
shift
[ -r "$file" ] || exit 0
while [ $# -gt 2 ]; do
  for number in 1 2 3 4 5 6 7 8 9; do
    old=$(sed -n "s/^repo$number-\\(${keys.join('\\|')}\\)=/\\1=/p" "$file" | LC_ALL=C sort | tr '\\n' '|')
    if [ "$number" = 1 ]; then rank=first; else rank=later; fi
    if [ "$old" = "$3" ] && [ "$rank" != "$1" ]; then
      if [ "$rank" = first ]; then said='is the first repository now'; else said='is not the first repository now'; fi
      echo "repository $2 $said, and the backups in it are encrypted for that place: leave the order of pgbackrest_method as it was, and add others behind" >&2
      exit 1
    fi
  done
  shift 3
done`;
