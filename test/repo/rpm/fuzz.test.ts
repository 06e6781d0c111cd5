import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress } from '../../../repo/core/compression.ts';
import { fuzz } from '../../support/fuzz/fuzz.ts';
import type { Kind } from '../../support/fuzz/readers.ts';
import { makeRpm, primaryOf } from '../../support/repository.ts';

/**
 * The law: of whatever document, something is read, or it is refused with a Fault; in bounded time and memory. PGARK_FUZZ=20000
 * takes more mutants than usual, PGARK_FUZZ_FROM=7 others.
 */
const count = Number(process.env['PGARK_FUZZ'] ?? 150);
const from = Number(process.env['PGARK_FUZZ_FROM'] ?? 0);
const timeout = 60_000 + count * 20;

async function expectLaw(kind: Kind, content: Uint8Array): Promise<void> {
  const { read, refused, strange } = await fuzz(kind, content, { from, count });

  expect(strange).toEqual([]);
  // Else the mutants are too tame, or the document was none to begin with.
  expect(Math.min(read, refused), `${read} read, ${refused} refused`).toBeGreaterThan(count / 100);
}

const packages = [
  makeRpm('one', '1:1.0~rc1^git2-3.el9', 'x86_64', { requires: ['two(x86-64) >= 1', '(three if four)', '/bin/sh', '((a or b) if (c and d))'], conflicts: ['five < 2', '(six and seven)'], obsoletes: ['old <= 1'], recommends: ['eight'], supplements: ['(nine and ten)'] }),
  makeRpm('two', '2-1', 'x86_64', { provides: ['virtual = 1', 'a', 'b'], files: ['/bin/sh', '/etc/über'] }),
  makeRpm('three', '3-1', 'noarch', { requires: ['(virtual with a)', '(x unless y else z)'], enhances: ['one'], suggests: ['two'] }),
].map((made) => made.stanza);
const digest = 'a'.repeat(64);
const made: Record<Kind, string> = {
  'repomd.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo">\n  <revision>1</revision>\n${['primary', 'filelists', 'modules'].map((type) => `  <data type="${type}">\n    <checksum type="sha256">${digest}</checksum>\n    <open-checksum type="sha256">${digest}</open-checksum>\n    <location href="repodata/${digest}-${type}.xml.gz"/>\n    <timestamp>1736761560</timestamp>\n    <size>100</size>\n    <open-size>900</open-size>\n  </data>\n`).join('')}</repomd>\n`,
  'primary.xml': primaryOf(packages),
  'modules.yaml': `---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: postgresql\n  stream: "16"\n  profiles:\n    16: [server]\n...\n${['15', '16'].map((stream) => `---\ndocument: modulemd\nversion: 2\ndata:\n  name: postgresql\n  stream: "${stream}"\n  version: 92024\n  context: "9edba152"\n  arch: x86_64\n  dependencies:\n  - requires:\n      platform: [el9]\n  profiles:\n    server:\n      rpms:\n      - postgresql-server\n  artifacts:\n    rpms:\n    - postgresql-server-0:${stream}.6-1.module_el9.x86_64\n...\n`).join('')}`,
  'filelists.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="2">\n${['one', 'two'].map((name) => `<package pkgid="${digest}" name="${name}" arch="x86_64">\n  <version epoch="0" ver="1" rel="1"/>\n  <file>/usr/bin/${name}</file>\n  <file type="dir">/usr/share/${name}</file>\n</package>\n`).join('')}</filelists>\n`,
  'comps.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<comps>\n${['core', 'base'].map((id) => `  <group>\n    <id>${id}</id>\n    <name>The ${id}</name>\n    <packagelist>\n      <packagereq type="mandatory">one</packagereq>\n      <packagereq type="conditional" requires="x">two</packagereq>\n    </packagelist>\n  </group>\n`).join('')}</comps>\n`,
  'updateinfo.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n${[1, 2].map((id) => `<update from="x" status="final" type="security" version="1"><id>RLSA-${id}</id><title>one</title><issued date="2025-01-01"/><references><reference href="https://example.org" id="CVE-2025-1" type="cve"/></references><pkglist><collection short="x"><name>x</name><package name="one" version="1.0" release="1" epoch="0" arch="x86_64" src="one.src.rpm"><filename>one.rpm</filename></package></collection></pkglist></update>\n`).join('')}</updates>\n`,
};

describe.each(Object.entries(made) as [Kind, string][])('mutants of a made %s', (kind, text) => {
  test('are read or refused, soon', { timeout }, () => expectLaw(kind, Buffer.from(text)));
});

const corpus = join(import.meta.dirname, '../../../../shared/corpus/el9');

// Without ../shared there are no real documents to change; the same law holds of the made ones above all the same.
describe.skipIf(!existsSync(corpus))(`mutants of real documents of CentOS Stream 9${existsSync(corpus) ? '' : ` (skipped: there is no ${corpus})`}`, () => {
  // Skipped tests are collected too.
  const files = (existsSync(corpus) ? ['appstream', 'baseos'] : []).flatMap((name) => readdirSync(join(corpus, name, 'repodata')).map((file) => join(corpus, name, 'repodata', file)));
  const find = (ending: string): string => files.find((file) => file.endsWith(ending))!;
  const unpacked = (path: string): Buffer => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path));

  test('repomd.xml', { timeout }, () => expectLaw('repomd.xml', unpacked(find('repomd.xml'))));

  test('primary.xml: thirty of its packages', { timeout }, async () => {
    const text = unpacked(files.find((file) => file.endsWith('primary.xml.gz'))!).toString('latin1');
    const stanzas = text.match(/<package type="rpm">.*?<\/package>/gs)!;
    const some = Array.from({ length: 30 }, (_, place) => stanzas[Math.floor((place * stanzas.length) / 30)]!);

    await expectLaw('primary.xml', Buffer.from(primaryOf(some), 'latin1'));
  });

  test('modules.yaml: its first streams and defaults', { timeout }, async () => {
    const text = (await decompress(readFileSync(find('modules.yaml.xz')), 'xz', 1 << 26, 'it')).toString('utf8');
    const documents = text.split(/^(?=---)/m);

    await expectLaw('modules.yaml', Buffer.from([...documents.filter((each) => each.includes('modulemd-defaults')).slice(0, 2), ...documents.filter((each) => each.includes('postgresql')).slice(0, 2)].join('')));
  });

  test('filelists.xml: its first packages', { timeout }, async () => {
    const text = unpacked(join(corpus, 'baseos/repodata/filelists.xml.gz')).toString('latin1');

    await expectLaw('filelists.xml', Buffer.from(`${text.split('</package>').slice(0, 8).join('</package>')}</package>\n</filelists>\n`, 'latin1'));
  });

  test('comps.xml', { timeout }, () => expectLaw('comps.xml', unpacked(find('comps.xml'))));
});
