import { sealed } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Bucket, S3User } from '../../inventory/minio.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import type { Role } from '../role.ts';
import { endpointOf, firstMembers, isMember, memberOf, storeMembers, userSecret } from '../store.ts';
import { clientFolder, clientOf } from './engine.ts';
import { aliases } from './files.ts';

/** The buckets of a store, a policy for each that allows everything in it, and the users with their keys; made through its first member. */
export const buckets: Role = {
  name: 'buckets',
  rollout: 'together',
  plays: (host, inventory) => host.vars.minio_provision && isMember(host, inventory) && firstMembers(inventory).some(({ address }) => address === host.address),
  needs: (host, inventory) => [{ what: `all members of ${memberOf(host).cluster}`, role: 'minio', hosts: storeMembers(memberOf(host).cluster, inventory).map(({ address }) => address) }],
  resources: (host, inventory) => {
    const client = [clientOf(inventory.bundle), clientFolder(host)] as const;
    return [
      ...host.vars.minio_buckets.flatMap((each) => [bucket(each, client), policy(each, client)]),
      ...host.vars.minio_users.map((each) => user(each, client, host, inventory)),
    ];
  },
};

type Client = readonly [program: string, folder: string];

/** `c ls store/pgsql`; the words that follow are $1, $2 … */
const speaking = (script: string, [program, folder]: Client, ...words: string[]): [string, ...string[]] =>
  shell(`program=$1 folder=$2; shift 2; c() { "$program" --config-dir "$folder" "$@"; }\n${script}`, program, folder, ...words);

export const bucket = ({ name, versioning, lock }: Bucket, client: Client): ConditionResource => ({
  kind: 'condition',
  name: `store: there is a bucket ${name}${versioning ? ', which keeps older versions' : ''}`,
  check: { argv: speaking(`c ls "store/$1" >/dev/null 2>&1${versioning ? ` && c --json version info "store/$1" | grep -q '"status":"Enabled"'` : ''}`, client, name) },
  act: [{ argv: speaking(`c mb --ignore-existing ${lock ? '--with-lock ' : ''}"store/$1"${versioning ? '\nc version enable "store/$1"' : ''}`, client, name) }],
});

const policy = ({ name }: Bucket, client: Client): ConditionResource => ({
  kind: 'condition',
  name: `store: policy ${name} allows everything in bucket ${name}, and nothing else`,
  check: { argv: speaking('c --json admin policy info store "$1" 2>/dev/null | tr -d " \\n" | grep -qF "\\"arn:aws:s3:::$1/*\\""', client, name) },
  act: [{ argv: speaking('c admin policy create store "$1" /dev/stdin', client, name), stdin: `${JSON.stringify(everythingIn(name))}\n` }],
});

const everythingIn = (name: string): object => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`] }] });

/** Its key is tried, since nobody tells it: who may not list buckets is known all the same. */
function user({ access_key: key, secret_key: given, policy: allowed = '' }: S3User, client: Client, host: Host, inventory: Inventory): ConditionResource {
  const secret = given ?? inventory.secret(userSecret(host, key));
  return {
    kind: 'condition',
    name: `store: user ${key} comes in with its key${allowed === '' ? '' : ` and has policy ${allowed}`}`,
    check: { argv: speaking(checking, client, key, allowed), stdin: sealed((reveal) => aliases({ own: endpointOf(host) }, key, reveal(secret))) },
    act: [
      { argv: speaking('c admin user add store', client), stdin: sealed((reveal) => `${key}\n${reveal(secret)}\n`) },
      ...(allowed === '' ? [] : [{ argv: speaking(`${hasPolicy} || c admin policy attach store "$2" --user="$1"`, client, key, allowed) }]),
    ],
  };
}

const hasPolicy = 'c --json admin user info store "$1" | tr -d " \\n" | grep -qE "\\"policyName\\":\\"([^\\"]*,)?$2[\\",]"';

const checking = `
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
cat > "$own/config.json"
said=$("$program" --config-dir "$own" ls own 2>&1) || case $said in *'Access Denied'*) ;; *) exit 1 ;; esac
[ -z "$2" ] || ${hasPolicy}`;
