import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { shell } from '../../transport/command.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { isPatroniBefore } from './patroni-version.ts';

/**
 * Whether a Patroni takes the leader key from another one: before 3.0.3 a leader whose session in etcd has ended makes a new one and puts its name
 * into the key, whoever is in it by now (patroni/patroni#2689). A host that was cut off reads from its own etcd that it still leads, and does so when
 * the cable is back: two members then promote themselves to timelines of one number, and none of the others follows again.
 */
export const takesForeignKey = (bundle: Descriptor): boolean => isPatroniBefore([3, 0, 3], bundle);

/** Where the program below is kept. */
export const guardedPath = '/usr/local/lib/pgark/patroni';

/** A Patroni that ran before its unit named the program below goes on without it: a restart of it takes PostgreSQL along, so its hour is its owner's choice. */
export function isGuarded(cluster: string): ConditionResource {
  const script = `pid=$(systemctl show --property MainPID --value patroni.service)
[ "$pid" = 0 ] || grep -qaF -- "$1" "/proc/$pid/cmdline" || printf 'note: Patroni was started before it had its guard against a second leader; on a replica: systemctl restart patroni; where it leads: pgark pg switchover %s first\\n' "$2"`;
  return { kind: 'condition', name: 'patroni: is kept from the leader key of another member', check: { argv: shell(script, guardedPath, cluster) }, act: [] };
}

/**
 * Starts such a Patroni with another way to renew: the key is written where it still has our name, or made where there is none. Of the releases from
 * 3.0 on; an older one is started as it is, and says so.
 */
export const guardedPatroni = `#!/usr/bin/python3
# written by pgark; changes made here are lost
import re
import sys
import time


def guard():
    from patroni.dcs import etcd3, ReturnFalseException

    def write_own(client, path, name, lease, retry=None):
        """Whether the key had this name, and has the lease now."""
        key, value = etcd3.base64_encode(path), etcd3.base64_encode(name)
        return client.txn({'key': key, 'target': 'VALUE', 'value': value}, {'request_put': {'key': key, 'value': value, 'lease': lease}}, retry)

    def hold_key(dcs, run):
        """Asked once more in the end: what made the key may have been told of its success too late, and tried again."""
        lease = dcs._lease
        leader = dcs.cluster and dcs.cluster.leader
        if not lease or leader and getattr(leader, 'session', None) == lease:
            return bool(lease)
        key = (dcs.leader_path, dcs._name, lease)
        return bool(run(dcs._client.write_own, *key) or run(dcs._client.put, *key, 0) or run(dcs._client.write_own, *key))

    def update_leader(dcs):
        """Whether we lead on, for as long as a lease lasts."""
        retry = dcs._retry.copy()
        end = time.time() + retry.deadline

        def run(call, *args):
            retry.deadline = end - time.time()
            if retry.deadline < 1:
                raise etcd3.Etcd3Error('no time is left to renew the leader key')
            return dcs._run_and_handle_exceptions(call, *args, retry=lambda *each: retry(*each, retry=retry))

        try:
            run(dcs._do_refresh_lease, True)
            return hold_key(dcs, run)
        except ReturnFalseException:
            return False

    etcd3.Etcd3Client.write_own = etcd3.Etcd3Client._handle_auth_errors(write_own)
    etcd3.Etcd3._update_leader = update_leader


def release():
    from patroni.version import __version__
    return tuple(int(part or 0) for part in re.match(r'(\\d+)\\.(\\d+)(?:\\.(\\d+))?', __version__).groups())


def prepare():
    if (3, 0, 0) <= release() < (3, 0, 3):
        guard()
    elif release() < (3, 0, 0):
        print('Patroni may take the leader key from another member after its network was cut: 3.0.3 and later do not', file=sys.stderr)


# Patroni starts PostgreSQL through a second Python, which reads this file again under another name and has no need of it.
if __name__ != '__mp_main__':
    prepare()

if __name__ == '__main__':
    from patroni.__main__ import main
    sys.exit(main())
`;
