import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { condition } from '../../installer/resource/condition.ts';
import type { ConditionResource } from '../../installer/resource/resource.ts';
import { firewall } from '../../installer/role/node/firewall.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import { deploy, withReplica, withVars } from '../installer/role/deployment.ts';

/** Ports of this deployment, the public ones first; the last is the exporter's. */
const ports = [22, 80, 443, 2379, 5432, 8008, 9100];

/** Answers on all of them, with what it is told. */
const answering = `
import socketserver, sys, threading
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            said = self.request.recv(1024)
            if not said: return
            self.request.sendall(said)
socketserver.ThreadingTCPServer.daemon_threads = True
for port in sys.argv[1:]:
    threading.Thread(target=socketserver.ThreadingTCPServer(('0.0.0.0', int(port)), Echo).serve_forever).start()
`;

/** Says which ports answer to somebody with the address that is given first. */
const knocking = `
import socket, sys
source, target, *ports = sys.argv[1:]
for port in ports:
    try:
        with socket.create_connection((target, int(port)), timeout=2, source_address=(source, 0)) as each:
            each.sendall(b'x')
            if each.recv(1) == b'x': print(port)
    except OSError:
        pass
`;

/** Holds a connection; says something when the file is there. */
const holding = `
import os, socket, sys, time
source, target, port = sys.argv[1:]
with socket.create_connection((target, int(port)), timeout=20, source_address=(source, 0)) as held:
    open('/run/held', 'w').close()
    while not os.path.exists('/run/speak'): time.sleep(0.1)
    held.sendall(b'still')
    print(held.recv(5).decode())
`;

/** A host with two addresses, and another one that is trusted by its first, a stranger by its second, and a member by its third. */
describe.each(['firewalld', 'ufw'])('a host with %s', (program) => {
  let guarded: Host;
  let other: Host;

  beforeAll(async () => {
    const ground = { suite: 'bookworm', packages: [...new Set([program, 'netbase', 'python3-minimal'])].toSorted() } as const;
    const bridge = 'pgark-fw';
    guarded = await raise({ name: 'fw-guarded', ...ground, network: { bridge, address: ['10.10.10.10/24', '203.0.113.10/24'] } });
    other = await raise({ name: 'fw-other', ...ground, network: { bridge, address: ['10.10.10.20/24', '203.0.113.20/24', '203.0.113.30/24'] } });
    await other.must(program === 'ufw' ? 'ufw --force disable' : 'systemctl disable --now firewalld');
    await guarded.must(['systemd-run', '--quiet', '--unit=answering', 'python3', '-c', answering, ...ports.map(String)]);
  });
  afterAll(async () => {
    await guarded?.destroy();
    await other?.destroy();
  });

  const wanted = async (...lines: string[]): Promise<ConditionResource> => {
    const { host, inventory } = await deploy([], { text: withVars(...lines) });
    return firewall.resources(host, inventory)[0] as ConditionResource;
  };

  const look = async (resource: ConditionResource): Promise<boolean> => condition.parse(await guarded.run(resource.check.argv), resource).holds;

  const bring = async (resource: ConditionResource): Promise<void> => {
    for (const { argv } of resource.act) await guarded.must(argv);
  };

  const openTo = async (source: '10.10.10.20' | '203.0.113.20' | '203.0.113.30'): Promise<number[]> => {
    const target = source.startsWith('10.') ? '10.10.10.10' : '203.0.113.10';
    return (await other.must(['python3', '-c', knocking, source, target, ...ports.map(String)])).split('\n').filter(Boolean).map(Number);
  };

  /** Everything that the firewall is told, by whomever. */
  const rules = (): Promise<string> => guarded.must(program === 'ufw' ? 'ufw show added; ufw status' : 'firewall-cmd --list-all-zones; firewall-cmd --permanent --list-all-zones; systemctl is-enabled firewalld');

  const drop = async (): Promise<void> => void (await guarded.must(program === 'ufw' ? 'ufw --force reset' : 'systemctl stop firewalld; rm -rf /etc/firewalld/zones/*; systemctl start firewalld'));

  test('lets those who are trusted reach everything, and strangers the public ports', async () => {
    const resource = await wanted();
    const before = await look(resource);

    await bring(resource);

    expect([before, await look(resource)]).toEqual([false, true]);
    expect(await openTo('10.10.10.20')).toEqual(ports);
    expect(await openTo('203.0.113.20')).toEqual([22, 80, 443]);
  });

  test('is left as it is the second time, also by one who does not look', async () => {
    const before = await rules();

    await bring(await wanted());

    expect(await rules()).toBe(before);
  });

  test('says the same after a restart', async () => {
    await guarded.must(program === 'ufw' ? 'ufw reload' : 'systemctl restart firewalld');

    expect(await look(await wanted())).toBe(true);
    expect(await openTo('203.0.113.20')).toEqual([22, 80, 443]);
    expect(await openTo('10.10.10.20')).toEqual(ports);
  });

  test('keeps what others told it, and connections', async () => {
    await drop();
    const others = program === 'ufw' ? 'ufw allow 9100/tcp; ufw --force enable' : 'firewall-cmd --zone=public --add-port=9100/tcp; firewall-cmd --permanent --zone=dmz --add-service=http';
    await guarded.must(others);
    await other.must('rm -f /run/held /run/speak');
    const held = other.must(['python3', '-c', holding, '203.0.113.20', '203.0.113.10', '9100']);
    await other.must('while [ ! -e /run/held ]; do sleep 0.1; done');

    await bring(await wanted());

    await other.must('touch /run/speak');
    expect(await held).toBe('still\n');
    expect(await openTo('203.0.113.20')).toEqual([22, 80, 443, 9100]);
    expect(await rules()).toMatch(program === 'ufw' ? /^ufw allow 9100\/tcp$/m : /^dmz\n(?:.*\n)*? {2}services: http ssh$/m);
  });

  test('is started with its rules, so that a connection of those who are trusted lives on', async () => {
    await drop();
    await guarded.must(program === 'ufw' ? 'ufw --force disable' : 'systemctl disable --now firewalld');
    await other.must('rm -f /run/held /run/speak');
    const held = other.must(['python3', '-c', holding, '10.10.10.20', '10.10.10.10', '5432']);
    await other.must('while [ ! -e /run/held ]; do sleep 0.1; done');
    const resource = await wanted();

    await bring(resource);

    await other.must('touch /run/speak');
    expect(await held).toBe('still\n');
    expect(await look(resource)).toBe(true);
    expect(await openTo('203.0.113.20')).toEqual([22, 80, 443]);
  });

  test('lets a member of the deployment in that is in no trusted network', async () => {
    await drop();
    const { host, inventory } = await deploy([], { text: withReplica.replaceAll('10.10.10.11', '203.0.113.30') });
    const [resource] = firewall.resources(host, inventory) as [ConditionResource];

    await bring(resource);

    expect(await look(resource)).toBe(true);
    expect(await openTo('203.0.113.30')).toEqual(ports);
    expect(await openTo('203.0.113.20')).toEqual([22, 80, 443]);
  });

  test('is off only where the inventory says so', async () => {
    const resource = await wanted('node_firewall_mode: off');
    const before = await look(resource);

    await bring(resource);

    expect([before, await look(resource)]).toEqual([false, true]);
    expect(await openTo('203.0.113.20')).toEqual(ports);
  });
});

describe('a host with firewalld of its own ways', () => {
  let host: Host;
  let resource: ConditionResource;

  beforeAll(async () => {
    host = await raise({ name: 'fw-ways', suite: 'bookworm', packages: ['firewalld', 'netbase', 'python3-minimal'], network: { bridge: 'pgark-fw', address: '10.10.10.10/24' } });
    const { host: planned, inventory } = await deploy([]);
    [resource] = firewall.resources(planned, inventory) as [ConditionResource];
  });
  afterAll(() => host?.destroy());

  const bring = () => host.run(resource.act[0]!.argv);

  test('opens the public ports in the zone that strangers come in through', async () => {
    await host.must('firewall-cmd --set-default-zone=work; firewall-cmd --zone=home --change-interface=host0; firewall-cmd --permanent --zone=home --change-interface=host0');

    await bring();

    expect(await host.must('firewall-cmd --zone=home --list-ports; firewall-cmd --zone=work --list-ports; firewall-cmd --zone=public --list-ports')).toBe('22/tcp 80/tcp 443/tcp\n\n\n');
    expect((await host.run(resource.check.argv)).code).toBe(0);
  });

  test('takes a range for the ports in it', async () => {
    await host.must('for port in 22 80 443; do for when in "" --permanent; do firewall-cmd $when --zone=home --remove-port=$port/tcp; done; done; for when in "" --permanent; do firewall-cmd $when --zone=home --add-port=20-500/tcp; done');

    expect((await host.run(resource.check.argv)).code).toBe(0);
  });

  test('says whose a network is already, and leaves it there', async () => {
    await host.must('for when in "" --permanent; do firewall-cmd $when --zone=trusted --remove-source=10.0.0.0/8; firewall-cmd $when --zone=internal --add-source=10.0.0.0/8; done');

    const { code, stderr } = await bring();

    expect(code).not.toBe(0);
    expect(stderr).toContain("ZONE_CONFLICT: '10.0.0.0/8' already bound");
    expect(await host.must('firewall-cmd --get-zone-of-source=10.0.0.0/8')).toBe('internal\n');
  });
});
