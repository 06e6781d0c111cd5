import type { EtcdMember, EtcdSight, EtcdStatus } from '../inventory/etcd-sight.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';

/**
 * Asks the etcd of a host about itself, whether or not there is one. Without a user: to let one in, etcd needs its quorum. Later releases let nobody list
 * the members without one, and are asked a second time.
 */
export const askEtcd = (data: string): Command => ({ argv: shell(probing, data), timeout: 40 });

export function readEtcd({ stdout }: Completed): EtcdSight {
  const lines = new Map(stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const));
  const status = readStatuses(lines.get('status') ?? '')[0]?.status;
  const members = readMembers(lines.get('members') ?? '');
  return {
    data: found.find((each) => each === lines.get('data')) ?? 'unknown',
    isActive: lines.get('unit') === 'active' || lines.get('unit') === 'activating',
    ...(status && { status }),
    ...(members && { members }),
  };
}

/** Nothing may be taken for gone of which nobody has heard. */
const found = ['none', 'unfinished', 'whole'] as const;

/** `etcdctl endpoint status -w json`, the same in 3.4 and 3.5: no leader, no learner and no error are left out. */
export function readStatuses(text: string): { endpoint: string; status: EtcdStatus }[] {
  return (readJson(text) as { Endpoint: string; Status: StatusJson }[] | undefined ?? []).map(({ Endpoint, Status }) => ({ endpoint: Endpoint, status: statusOf(Status) }));
}

/** `etcdctl member list -w json` */
export function readMembers(text: string): EtcdMember[] | undefined {
  const members = (readJson(text) as { members?: MemberJson[] } | undefined)?.members;
  return members?.map(({ ID, name = '', peerURLs = [], clientURLs = [], isLearner = false }) => ({ id: hexadecimal(ID), name, peers: peerURLs, clients: clientURLs, isLearner }));
}

interface StatusJson {
  header: { member_id: string };
  version: string;
  dbSize?: number;
  leader?: string;
  raftIndex?: number;
  raftAppliedIndex?: number;
  isLearner?: boolean;
  errors?: string[];
}

interface MemberJson {
  ID: string;
  name?: string;
  peerURLs?: string[];
  clientURLs?: string[];
  isLearner?: boolean;
}

function statusOf({ header, version, dbSize = 0, leader, raftIndex = 0, raftAppliedIndex = 0, isLearner = false, errors = [] }: StatusJson): EtcdStatus {
  return { id: hexadecimal(header.member_id), ...(leader !== undefined && { leader: hexadecimal(leader) }), isLearner, version, size: dbSize, index: raftIndex, applied: raftAppliedIndex, errors };
}

/** Ids are 64 bits wide, and JSON's numbers are not: they are read as texts. */
function readJson(text: string): unknown {
  return text === '' ? undefined : (JSON.parse(text.replace(/"(ID|member_id|leader)":(\d+)/g, '"$1":"$2"')) as unknown);
}

const hexadecimal = (id: string): string => BigInt(id).toString(16);

/** A first start is under way as long as its drop-in is there. */
const probing = `
first=/etc/systemd/system/etcd.service.d/first.conf
if [ ! -d "$1/member/wal" ]; then echo data=none
elif [ -e "$first" ]; then echo data=unfinished
else echo data=whole; fi
unit=$(systemctl show -p ActiveState --value etcd.service 2>/dev/null || :)
echo "unit=$unit"
case $unit in active | activating) ;; *) exit 0 ;; esac
[ -r /etc/etcd/etcdctl.env ] || exit 0
set -a
. /etc/etcd/etcdctl.env
set +a
nobody() { env -u ETCDCTL_USER -u ETCDCTL_PASSWORD etcdctl --command-timeout=5s --dial-timeout=4s "$@" 2>/dev/null; }
root() { etcdctl --command-timeout=5s --dial-timeout=4s "$@" 2>/dev/null; }
status=$(nobody endpoint status -w json) || exit 0
printf 'status=%s\\n' "$status"
case $status in *'"leader":'*) ;; *) printf 'members=%s\\n' "$(nobody member list -w json || :)"; exit 0 ;; esac
printf 'members=%s\\n' "$(nobody member list -w json || root member list -w json || :)"
`;
