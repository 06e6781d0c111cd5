/**
 * What keeps the address of a cluster at its leader where vip-manager cannot: Debian's release of it reads etcd by an API that Patroni
 * does not write to. It asks the Patroni of its own host, whose answer ends with the lease of the leader, and also knows of a leader that
 * goes on while etcd is away (failsafe_mode). Python is there, since Patroni is written in it.
 * Arguments: where to ask, the authority, the address with the length of its network, the interface.
 */
export const addressFollower = `#!/usr/bin/python3
# written by pgark; changes made here are lost
import http.client
import ipaddress
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
from urllib.parse import urlsplit

leader, authority, address, device = sys.argv[1:]
virtual = ipaddress.ip_interface(address)

# Seconds. A Patroni that says nothing may have ended; its lease has not yet by far.
PATIENCE = 4
# Neighbours that have missed the first word about who has the address hear it again.
REPEATS = 5


def say(text):
    print(text, flush=True)


def connection():
    where = urlsplit(leader)
    if where.scheme == 'http':
        return http.client.HTTPConnection(where.hostname, where.port, timeout=2)
    trust = ssl.create_default_context(cafile=authority)
    return http.client.HTTPSConnection(where.hostname, where.port, timeout=2, context=trust)


def leads():
    """Whether Patroni says so; None where it says nothing."""
    asked = connection()
    try:
        asked.request('GET', urlsplit(leader).path)
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException) as error:
        say('Patroni does not answer: %s' % error)
        return None
    finally:
        asked.close()


def ip(*words):
    return subprocess.run(('ip', '-o', 'address') + words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_held():
    return bool(ip('show', 'dev', device, 'to', str(virtual.ip)).stdout)


def take():
    # Deprecated: reached by it, and never taken for the source of what the host itself begins (RFC 6724 rule 3).
    fresh = ('nodad', 'preferred_lft', '0') if virtual.version == 6 else ()
    done = ip('add', address, 'dev', device, *fresh)
    say('took %s' % address if done.returncode == 0 else 'cannot take %s: %s' % (address, done.stderr.strip()))


def leave():
    if is_held():
        done = ip('del', address, 'dev', device)
        say('left %s' % address if done.returncode == 0 else 'cannot leave %s: %s' % (address, done.stderr.strip()))


def hardware():
    with open('/sys/class/net/%s/address' % device) as file:
        return bytes.fromhex(file.read().strip().replace(':', ''))


def announce():
    try:
        announce_6() if virtual.version == 6 else announce_4()
    except OSError as error:
        say('cannot tell the neighbours: %s' % error)


def announce_4():
    """A request and a reply for our own address (RFC 5227 3): some listen to one of them only."""
    own, mac = virtual.ip.packed, hardware()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((device, 0))
        for kind, target in ((1, bytes(6)), (2, mac)):
            arp = struct.pack('!HHBBH', 1, 0x0800, 6, 4, kind) + mac + own + target + own
            link.send(b'\\xff' * 6 + mac + b'\\x08\\x06' + arp)


def announce_6():
    """A neighbour advertisement that nobody asked for, with the override flag (RFC 4861 7.2.6)."""
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as link:
        index = socket.if_nametoindex(device)
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        link.bind((str(virtual.ip), 0, 0, index))
        option = struct.pack('!BB', 2, 1) + hardware()
        link.sendto(struct.pack('!BBHI', 136, 0, 0, 0x20000000) + virtual.ip.packed + option, ('ff02::1', 0, 0, index))


def end(*_):
    leave()
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
answered = time.monotonic()
announced = 0
while True:
    answer = leads()
    if answer is not None:
        answered = time.monotonic()
    if answer:
        if not is_held():
            take()
            announced = 0
        if announced < REPEATS:
            announce()
            announced += 1
    elif answer is False or time.monotonic() - answered >= PATIENCE:
        leave()
    time.sleep(1)
`;
