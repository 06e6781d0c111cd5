import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { want } from '../../../installer/plan/wanted.ts';
import { roles } from '../../../installer/roles.ts';
import type { Answers } from '../../../installer/wizard/answers.ts';
import { compose } from '../../../installer/wizard/compose.ts';
import { decide, type Setting } from '../../../installer/wizard/decide.ts';
import { mistakeInNode } from '../../../installer/wizard/nodes.ts';
import { recall } from '../../../installer/wizard/recall.ts';
import { reviewPage } from '../../../installer/wizard/review.ts';
import { textsFor } from '../../../installer/wizard/text.ts';
import { othersOf, topologies, type Topology } from '../../../installer/wizard/topology.ts';
import { bundle } from '../inventory/sample.ts';
import { deploy, families } from '../role/deployment.ts';

const texts = textsFor('en');
const key = '/root/.ssh/id_ed25519';
const machine = { hostname: 'box', addresses: ['127.0.0.1', '10.0.0.5', 'fd00::5'], candidates: ['10.0.0.5'], cpus: 8, memory: 16_000, user: 'operator', hasFile: (path: string) => path === key };
const setting: Setting = { machine, bundle, texts };
const others = ['10.0.0.6', '10.0.0.7', '10.0.0.8'];
const alone: Answers = { topology: 'single', template: 'meta', address: '10.0.0.5', nodes: [], sshUser: '', sshKey: '', pg: '15', tuning: 'oltp', extensions: ['postgis'], database: 'shop', user: 'dbuser_shop', domain: 'db.example', data: '/data' };
const several = (topology: Topology, change: Partial<Answers> = {}): Answers => ({ ...alone, topology, nodes: others.slice(0, othersOf[topology]), sshUser: 'admin', sshKey: key, ...change });

describe('the inventory', () => {
  test.each(topologies)('of topology %s', (topology) => {
    expect(compose(topology === 'single' ? alone : several(topology))).toMatchSnapshot();
  });

  test.each<[string, Answers]>([
    ['dual', several('dual')],
    ['trio', several('trio')],
    ['full', several('full')],
    ['with keys that ssh finds itself', several('trio', { sshKey: '' })],
    ['for data that must not be lost', several('full', { tuning: 'crit' })],
    ['with other folders', several('full', { data: '/srv/pg' })],
    ['on IPv6', several('trio', { address: 'fd00::5', nodes: ['fd00::6', 'fd00::7'] })],
    ['with an owner of the name that the other cluster has', several('full', { user: 'dbuser_meta', database: 'meta' })],
  ])('%s: the way there and back', (_, given) => {
    const text = compose(given);

    expect(recall(text, 'pgark.yml')).toEqual(given);
    expect(compose(recall(text, 'pgark.yml') as Answers)).toBe(text);
    expect(parseInventory(text, 'pgark.yml').warnings).toEqual([]);
  });

  test('gives the cluster beside the portal a password of its own, whatever the owner is called', () => {
    const text = compose(several('full', { user: 'dbuser_meta' }));

    expect(parseInventory(text, 'pgark.yml').secrets).toEqual(['dbuser_meta', 'pg-meta.dbuser_meta']);
  });

  test('of four hosts keeps etcd off the host that may be lost with the portal', () => {
    const { hosts } = parseInventory(compose(several('full')), 'pgark.yml');

    expect(hosts.map(({ groups }) => groups.includes('etcd'))).toEqual([false, true, true, true]);
  });
});

describe.each(families)('every role can say what it wants, on $family', (family) => {
  test.each(['dual', 'trio', 'full'] as const)('for topology %s', async (topology) => {
    const given = several(topology);

    const { inventory } = await deploy(roles, { ...family, text: compose(given) });
    const wanted = want(inventory, roles);

    expect(wanted.map(({ host }) => host.address)).toEqual([given.address, ...given.nodes]);
    for (const { items } of wanted) expect(items.length).toBeGreaterThan(50);
    expect(inventory.group('infra').map(({ address }) => address)).toEqual(['10.0.0.5']);
    expect(inventory.cluster(topology === 'full' ? 'pg-test' : 'pg-meta').map(({ address, vars }) => `${address} ${vars.pg_role}`)[0]).toMatch(/ primary$/);
  });

  test('the others take their packages from the first', async () => {
    const { inventory } = await deploy(roles, { ...family, text: compose(several('trio')) });
    const hosts = inventory.hosts.map((host) => ({ ...host, facts: { ...host.facts, carries: host.address === '10.0.0.5' } }));

    const text = JSON.stringify(want({ ...inventory, hosts, group: (name) => hosts.filter(({ groups }) => groups.includes(name)) }, roles).slice(1));

    expect(text.match(/http:\/\/10\.0\.0\.5:80\/pgark/g)).toHaveLength(2);
  });
});

describe('answers about other hosts', () => {
  const given = { topology: 'trio', nodes: others.slice(0, 2), sshUser: 'admin', sshKey: key } as const;

  test('are enough without a word from anybody', () => {
    expect(decide({ ...given, database: 'shop', user: 'dbuser_shop', domain: 'db.example', extensions: ['postgis'] }, setting)).toEqual({ ok: true, answers: several('trio') });
  });

  test('are proposed where that can be: whoever asks logs in there as well, with what ssh finds', () => {
    const decision = decide({ topology: 'dual', nodes: ['10.0.0.6'] }, setting);

    expect(decision).toMatchObject({ ok: true, answers: { sshUser: 'operator', sshKey: '', template: 'meta', database: 'meta' } });
  });

  test('go on from the file that is there', () => {
    expect(decide({}, { ...setting, previous: several('full') })).toEqual({ ok: true, answers: several('full') });
  });

  test.each<[string, Partial<Answers>, string]>([
    ['too few', { ...given, nodes: ['10.0.0.6'] }, '--node  topology trio has 2 other hosts, and 1 is given'],
    ['none', { topology: 'dual' }, '--node  topology dual has 1 other host, and 0 are given'],
    ['too many', { ...given, nodes: others }, '--node  topology trio has 2 other hosts, and 3 are given'],
    ['any for one host', { nodes: ['10.0.0.6'] }, '--node  topology single has no other hosts, and 1 is given'],
    ['no address', { ...given, nodes: ['db2', '10.0.0.7'] }, '--node  db2 is no IP address that other hosts can reach'],
    ['one that leads nowhere', { ...given, nodes: ['127.0.0.2', 'fe80::1'] }, '--node  127.0.0.2 is no IP address that other hosts can reach; fe80::1 is no IP address that other hosts can reach'],
    ['the same one twice', { ...given, nodes: ['10.0.0.6', '10.0.0.6'] }, '--node  10.0.0.6 is there twice'],
    ['the same one twice, spelt differently', { ...given, nodes: ['fd00::6', 'FD00:0::6'] }, '--node  FD00:0::6 is there twice'],
    ['this host', { ...given, nodes: ['10.0.0.5', '10.0.0.6'] }, '--node  10.0.0.5 is this host itself; the others are asked for'],
    ['this host by another address', { ...given, nodes: ['fd00:0::5', '10.0.0.6'] }, '--node  fd00:0::5 is this host itself; the others are asked for'],
    ['two things wrong with them', { ...given, nodes: ['10.0.0.5'] }, '--node  topology trio has 2 other hosts, and 1 is given; 10.0.0.5 is this host itself; the others are asked for'],
    ['a user that ssh would take for an option', { ...given, sshUser: '-oProxyCommand=x' }, '--ssh-user  must be the name of a user: letters, digits and _ . @ -'],
    ['a key that is not there', { ...given, sshKey: '/root/.ssh/none' }, '--ssh-key  /root/.ssh/none: no such file, or one that cannot be read'],
    ['a user where there are no others', { sshUser: 'admin' }, '--ssh-user  topology single has no other hosts'],
    ['a key where there are no others', { sshKey: key }, '--ssh-key  topology single has no other hosts'],
    ['no portal to take packages from', { ...given, template: 'slim' }, '--template  slim has no portal, and topology trio takes the packages of the other hosts from there: meta'],
    ['a topology that there is not', { ...given, topology: 'octo' as Topology }, '--topology  "octo" is no choice; choices are single, dual, trio, full'],
  ])('%s', (_, wrong, line) => {
    expect(decide(wrong, setting)).toMatchObject({ ok: false, wrong: [line] });
  });

  test('an address of this host under which nobody reaches it is refused', () => {
    expect(decide({ ...given, address: '127.0.0.1' }, setting)).toMatchObject({ ok: false, wrong: ['--address  127.0.0.1 is no IP address that other hosts can reach'] });
  });

  test.each(['0.0.0.0', '::', '::1', '::ffff:127.0.0.1', '224.0.0.1', '255.255.255.255', '169.254.1.1', 'fe80::1%eth0', '10.0.0', ''])('"%s" leads to no host', (address) => {
    expect(mistakeInNode(address, [], setting)).toMatch(/is no IP address that other hosts can reach$/);
  });
});

describe('the review page', () => {
  test('shows the other hosts and how they are reached', () => {
    const page = reviewPage({ answers: several('trio', { sshKey: '' }), passwords: new Map() }, texts, () => false);

    expect(page).toContain('other hosts  10.0.0.6, 10.0.0.7');
    expect(page).toContain('ssh user     admin');
    expect(page).toContain('ssh key      what ssh finds by itself');
  });

  test('says nothing of them where there are none', () => {
    const page = reviewPage({ answers: alone, passwords: new Map() }, texts, () => false);

    expect(page).not.toMatch(/ssh|other hosts/);
  });
});
