import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import type { Answers } from '../../../installer/wizard/answers.ts';
import { isPassword } from '../../../installer/wizard/ask.ts';
import { compose, foldersBelow } from '../../../installer/wizard/compose.ts';
import { check, decide, propose, type Setting } from '../../../installer/wizard/decide.ts';
import { offered, rivalsAmong, rowOf } from '../../../installer/wizard/extensions.ts';
import { candidatesAmong } from '../../../installer/wizard/machine.ts';
import { recall } from '../../../installer/wizard/recall.ts';
import { reviewPage } from '../../../installer/wizard/review.ts';
import { textsFor } from '../../../installer/wizard/text.ts';
import { bundle } from '../inventory/sample.ts';

const texts = textsFor('en');
const machine = { hostname: 'box', addresses: ['127.0.0.1', '10.0.0.5'], candidates: ['10.0.0.5'], cpus: 8, memory: 16_000, user: 'operator', hasFile: (path: string) => path === '/root/.ssh/id_ed25519' };
const setting: Setting = { machine, bundle, texts };
const answers: Answers = { topology: 'single', template: 'meta', address: '10.0.0.5', nodes: [], sshUser: '', sshKey: '', pg: '15', tuning: 'oltp', extensions: ['postgis', 'vector'], database: 'meta', user: 'dbuser_meta', domain: 'pgark.internal', data: '/data' };

describe('answers → inventory → answers', () => {
  test.each<[string, Partial<Answers>]>([
    ['as proposed', {}],
    ['without extensions', { extensions: [] }],
    ['slim', { template: 'slim' }],
    ['other folders', { data: '/srv/pg' }],
    ['names that YAML would misread', { database: 'no', user: 'on', domain: '1e3.example' }],
    ['an IPv6 address', { address: 'fd00::5' }],
    ['analytical', { tuning: 'olap' }],
  ])('%s: the way there and back', (_, change) => {
    const given = { ...answers, ...change };

    const text = compose(given);

    expect(recall(text, 'pgark.yml')).toEqual(given);
    expect(compose(recall(text, 'pgark.yml') as Answers)).toBe(text);
  });

  test('what is written is a valid inventory without a warning', () => {
    for (const template of ['meta', 'slim'] as const) expect(parseInventory(compose({ ...answers, template }), 'pgark.yml').warnings).toEqual([]);
  });

  test('it holds no password, only the name of one', () => {
    const text = compose(answers);

    expect(text).toContain("password: '${secret.dbuser_meta}'");
    expect(parseInventory(text, 'pgark.yml').secrets).toEqual(['dbuser_meta']);
  });

  test('another folder moves every folder of data that has a default', () => {
    const text = compose({ ...answers, data: '/srv/pg' });

    const { vars } = parseInventory(text, 'pgark.yml').hosts[0]!;
    expect(vars).toMatchObject(foldersBelow('/srv/pg'));
    expect(Object.values(foldersBelow('/srv/pg')).every((folder) => folder.startsWith('/srv/pg'))).toBe(true);
  });

  test('an inventory whose hosts are none of its topologies is not cut to fit', () => {
    const text = compose(answers).replace('10.0.0.5: { etcd_seq: 1 }', '10.0.0.5: { etcd_seq: 1 }\n        10.0.0.6: { etcd_seq: 2 }');

    expect(() => recall(text, 'pgark.yml')).toThrow("pgark.yml is about 2 hosts in an order that is none of the wizard's; it would leave things out");
  });
});

describe('proposals', () => {
  test('one address is taken', () => {
    expect(decide({}, setting)).toEqual({ ok: true, answers: { ...answers, extensions: [] } });
  });

  test('several addresses are a question for a person', () => {
    const two = { ...setting, machine: { ...machine, candidates: ['10.0.0.5', '192.168.1.5'] } };

    expect(decide({}, two)).toEqual({ ok: false, wrong: [], missing: ['address'] });
  });

  test('the address of the file that is there goes before a choice', () => {
    const two = { ...setting, machine: { ...machine, candidates: ['10.0.0.4', '10.0.0.5'] }, previous: answers };

    expect(propose('address', two, {})).toBe('10.0.0.5');
  });

  test.each([
    [8, 16_000, 'oltp'],
    [2, 16_000, 'tiny'],
    [8, 2_000, 'tiny'],
  ] as const)('%d CPUs and %d MiB are %s', (cpus, memory, tuning) => {
    expect(propose('tuning', { ...setting, machine: { ...machine, cpus, memory } }, {})).toBe(tuning);
  });

  test('the newest major is proposed, and an earlier answer only if the bundle still has it', () => {
    const both = { ...bundle, pg: ['15', '17'] };

    expect(propose('pg', { ...setting, bundle: both }, {})).toBe('17');
    expect(propose('pg', { ...setting, bundle: both, previous: { pg: '15' } }, {})).toBe('15');
    expect(propose('pg', { ...setting, bundle: both, previous: { pg: '13' } }, {})).toBe('17');
  });

  test('extensions that the bundle lost are no longer proposed', () => {
    expect(propose('extensions', { ...setting, previous: { extensions: ['gone', 'vector'] } }, {})).toEqual(['vector']);
  });

  test('given answers go before those of the file, and those before proposals', () => {
    const decision = decide({ database: 'shop' }, { ...setting, previous: { ...answers, database: 'old', domain: 'db.example', user: 'keeper' } });

    expect(decision).toMatchObject({ ok: true, answers: { database: 'shop', domain: 'db.example', user: 'keeper' } });
  });
});

describe('checks', () => {
  test.each<[keyof Answers, unknown, string]>([
    ['pg', '17', '"17" is no choice; choices are 15'],
    ['address', 'box', 'must be an IP address'],
    ['address', '10.0.0.9', '10.0.0.9 is no address of this host; it has 10.0.0.5'],
    ['extensions', ['postgs'], 'pgark-debian-0.1.0.d12.x86_64 holds no extension "postgs", did you mean "postgis"?'],
    ['extensions', ['pg_trgm'], 'every database has "pg_trgm" already: it need not be chosen'],
    ['extensions', ['rival', 'pg_cron'], 'pg_cron and rival cannot be installed together'],
    ['database', 'template1', '"template1" is taken by the system'],
    ['user', 'dbuser_dba', '"dbuser_dba" is taken by the system'],
    ['user', 'Bob', 'must be the name of a role: lower-case letters, digits, "_", "-", "@", ".", at most 63'],
    ['domain', 'a b', 'must be a host or domain name'],
    ['data', '/', 'must be an absolute path, below /'],
    ['data', 'data', 'must be an absolute path without spaces, quotes and ".."'],
  ])('%s %j: %s', (name, value, message) => {
    expect(check(name, value as never, setting, answers)).toBe(message);
  });

  test('everything wrong is told at once', () => {
    expect(decide({ pg: '9', domain: '-', data: '/' }, setting)).toMatchObject({ ok: false, wrong: [expect.stringMatching(/^--pg /), expect.stringMatching(/^--domain /), expect.stringMatching(/^--data /)] });
  });

  test.each([
    ['S3cure-enough', true],
    ['short', false],
    ['with space1', false],
    ["quote'12345", false],
    ['DBUser.DBA', false],
  ])('password %j: %s', (text, fine) => {
    expect(isPassword(text)).toBe(fine);
  });
});

describe('extensions', () => {
  test('are those of the bundle, without what every database has, own packages apart from the server’s modules', () => {
    const extra = { ...bundle, extensions: [...bundle.extensions, { name: 'hstore', package: 'postgresql-15', pg: '15', description: '', preload: [], requires: [] }] };

    const { own, server } = offered(extra, '15');

    expect(own.map((each) => each.name)).toEqual(['pg_cron', 'postgis', 'postgis_topology', 'rival', 'vector']);
    expect(server.map((each) => each.name)).toEqual(['hstore']);
  });

  test('one that is needed counts as chosen', () => {
    const needs = { ...bundle, extensions: bundle.extensions.map((each) => (each.name === 'vector' ? { ...each, requires: ['rival'] } : each)) };

    expect(rivalsAmong(['vector', 'pg_cron'], needs, '15')).toEqual(['pg_cron', 'rival']);
    expect(rivalsAmong(['vector', 'pg_cron'], bundle, '15')).toBeUndefined();
  });
});

describe('an extension that cannot be created as it is shipped', () => {
  const barred = { ...bundle, extensions: bundle.extensions.map((each) => (each.name === 'postgis' ? { ...each, caveat: 'wait for a mended package' } : each)) };
  const row = (name: string) => rowOf(barred.extensions.find((each) => each.name === name)!, barred, { needed: 'needs', width: 74 });

  test('has its caveat beside the description and cannot be chosen, nor what needs it', () => {
    expect(row('postgis')).toEqual({ value: 'postgis', name: 'postgis  geometry and geography', disabled: '(postgis: wait for a mended package)' });
    expect(row('postgis_topology')).toEqual({ value: 'postgis_topology', name: 'postgis_topology  topology (needs postgis)', disabled: '(postgis: wait for a mended package)' });
    expect(row('vector').disabled).toBe(false);
  });

  test('is refused as an answer, with the reason', () => {
    expect(decide({ extensions: ['vector', 'postgis_topology'] }, { ...setting, bundle: barred })).toEqual({ ok: false, wrong: ['--extension  postgis: wait for a mended package'], missing: [] });
  });

  test('is not proposed again when an earlier answer had it', () => {
    expect(propose('extensions', { ...setting, bundle: barred, previous: { extensions: ['postgis', 'vector'] } }, {})).toEqual(['vector']);
  });
});

describe('addresses of a machine', () => {
  const at = (address: string, internal = false) => ({ address, internal, family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const) });

  test.each([
    [[at('127.0.0.1', true), at('10.0.0.5'), at('fd00::5')], ['10.0.0.5']],
    [[at('127.0.0.1', true), at('10.0.0.5'), at('192.168.1.5')], ['10.0.0.5', '192.168.1.5']],
    [[at('127.0.0.1', true), at('fd00::5'), at('fe80::1')], ['fd00::5']],
    [[at('127.0.0.1', true), at('::1', true)], ['127.0.0.1']],
    [[at('169.254.3.4'), at('fe80::1')], ['127.0.0.1']],
  ])('%j → %j', (interfaces, candidates) => {
    expect(candidatesAmong(interfaces)).toEqual(candidates);
  });
});

test('the review page shows every answer and no password', () => {
  const page = reviewPage({ answers, passwords: new Map([['pg_admin_password', 'hunter2']]) }, texts, () => false);

  expect(page.split('\n')).toHaveLength(11);
  expect(page).toContain('extensions  postgis, vector');
  expect(page).toContain('passwords   pg_admin_password: chosen; generated');
  expect(page).not.toContain('hunter2');
});
