import { expect, test } from 'vitest';
import { readComps } from '../../../repo/rpm/comps.ts';

const whole = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">
<comps>
  <group variant="AppStream">
    <id>web</id>
    <name xml:lang="de">Netz</name>
    <name>Web &amp; more</name>
    <packagelist>
      <packagereq type="mandatory">httpd</packagereq>
      <packagereq variant="x" type="default">mod_ssl</packagereq>
      <packagereq type="optional">nginx</packagereq>
      <packagereq type="conditional" requires="a">b</packagereq>
      <packagereq>always</packagereq>
      <!-- <packagereq>never</packagereq> -->
    </packagelist>
  </group>
  <group><id>bare</id></group>
  <environment><id>server</id><grouplist><groupid>web</groupid></grouplist></environment>
</comps>
`;

test('R21: a group has what belongs to it always and by default', () => {
  expect(readComps(whole, 'it')).toEqual([{ id: 'web', name: 'Web & more', packages: ['httpd', 'mod_ssl', 'always'] }, { id: 'bare', name: 'bare', packages: [] }]);
});

test.each([
  ['<comps><group><name>x</name></group></comps>', 'a group has no id'],
  ['<groups/>', 'is no comps.xml'],
  ['<comps><![CDATA[<group>]]></comps>', 'holds entities or CDATA'],
])('%s is refused', (text, message) => {
  expect(() => readComps(text, 'it')).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }));
});
