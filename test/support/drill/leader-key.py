# A leader whose session in etcd has ended while another member took the key, with the Patroni and the etcd of this host.
# leader-key.py PROGRAM: the file that starts Patroni, or nothing.
# Prints as JSON what the leader believes and whose the key is, after each of what may befall its session.
import importlib.machinery
import importlib.util
import json
import sys

import yaml

sys.dont_write_bytecode = True
program = sys.argv[1:]
if program:
    loader = importlib.machinery.SourceFileLoader('started', program[0])
    loader.exec_module(importlib.util.module_from_spec(importlib.util.spec_from_loader('started', loader)))

from patroni.dcs import get_dcs
from patroni.dcs.etcd3 import base64_decode, base64_encode

with open('/etc/patroni/patroni.yml') as file:
    settings = yaml.safe_load(file)


def member(name):
    of = {'scope': 'try', 'namespace': settings['namespace'] + settings['scope'], 'name': name, 'ttl': 30, 'loop_wait': 5, 'retry_timeout': 5}
    return get_dcs({**of, 'etcd3': dict(settings['etcd3'])})


def owner(dcs):
    """Asked of the majority, not of one etcd that may lag behind."""
    answer = dcs._client.call_rpc('/kv/range', {'key': key, 'serializable': False})
    return [base64_decode(kv['value']) for kv in answer.get('kvs', [])]


def end_session(dcs):
    dcs._client.call_rpc('/lease/revoke', {'ID': dcs._lease})


old, new = member('old'), member('new')
key = base64_encode(old.leader_path)
told = {}


def tell(what):
    told[what] = {'leads': bool(old.update_leader(None)), 'key': owner(old)}


try:
    old.attempt_to_acquire_leader()
    old.get_cluster()
    tell('in its session')
    old._lease = None
    tell('in another session of its own')
    old.get_cluster()
    end_session(old)
    tell('after its session')
    old.get_cluster()
    end_session(old)
    new.attempt_to_acquire_leader()
    tell('after another took over')
finally:
    old.delete_cluster()
print(json.dumps(told))
sys.stdout.flush()
