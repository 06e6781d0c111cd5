import { expect, test } from 'vitest';
import { advisoriesOf, readAdvisories, writeAdvisory, writeUpdateinfo } from '../../../repo/rpm/updateinfo.ts';

const about = (name: string, version: string, release: string, arch = 'x86_64'): string => `<package name="${name}" version="${version}" release="${release}" epoch="0" arch="${arch}"><filename>${name}.rpm</filename></package>`;
const update = (id: string, ...packages: string[]): string => `<update type="security"><id>${id}</id><description>Bad &amp; fixed, $&amp; too</description><pkglist><collection><name>x</name>${packages.join('\n')}</collection></pkglist></update>`;
const shipped = [{ name: 'bash', version: '5.1.8-9.el9', arch: 'x86_64' }, { name: 'setup', version: '2.13-1', arch: 'noarch' }];

const read = (...updates: string[]) => readAdvisories(Buffer.from(`<?xml version="1.0"?>\n<updates>\n${updates.join('\n')}\n</updates>\n`), 'it');

test('R24: advisories about what is shipped are kept, at its version or before, by their ids', () => {
  const advisories = read(
    update('Z', about('bash', '5.1.8', '9.el9'), about('zsh', '5', '1')),
    update('A', about('bash', '5.1.8', '7.el9')),
    update('newer', about('bash', '5.1.8', '10.el9')),
    update('other', about('bash', '5.1.8', '9.el9', 'aarch64'), about('setup', '2.13', '1', 'x86_64')),
  );

  expect(advisoriesOf(advisories, shipped).map(({ id, packages }) => [id, packages.map((each) => `${each.name} ${each.version}`)])).toEqual([['A', ['bash 5.1.8-7.el9']], ['Z', ['bash 5.1.8-9.el9']]]);
});

test('one that several repositories have is one, with the packages of all', () => {
  const parts = [update('A', about('bash', '5.1.8', '9.el9')), update('A', about('setup', '2.13', '1', 'noarch'), about('bash', '5.1.8', '9.el9'))];

  const [one, other] = [read(...parts), read(...parts.toReversed())].map((each) => advisoriesOf(each, shipped).map(writeAdvisory));

  expect(one).toEqual(other);
  expect(one![0]!.match(/<package /g)).toHaveLength(2);
});

test('one without attributes is one too, and one without packages is about nothing', () => {
  const advisories = read(update('A', about('bash', '5.1.8', '9.el9')).replace('<update type="security">', '<update>'), '<update type="newpackage"><id>B</id><pkglist/></update>');

  expect(advisories.map(({ id, packages }) => [id, packages.length])).toEqual([['A', 1], ['B', 0]]);
});

test('what is written is read again', () => {
  const kept = advisoriesOf(read(update('A', about('bash', '5.1.8', '9.el9'))), shipped);

  expect(readAdvisories(Buffer.from(writeUpdateinfo(kept.map(writeAdvisory))), 'it').map(({ id, packages }) => [id, packages])).toEqual([['A', kept[0]!.packages]]);
});

test.each([
  ['<updates><update type="x"><id>A</id>', 'ends within an advisory'],
  ['<updates><update type="x"></update></updates>', 'an advisory has no id'],
  ['<updates><!-- <update > --></updates>', 'holds comments, entities or CDATA'],
  ['<metadata/>', 'is no updateinfo.xml'],
])('%s is refused', (text, message) => {
  expect(() => readAdvisories(Buffer.from(text), 'it')).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }));
});
