import { describe, expect, test } from 'vitest';
import { readModules, seenThrough } from '../../../repo/rpm/modules.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { makeRpm, primaryOf } from '../../support/repository.ts';

const yaml = `---
document: modulemd-defaults
version: 1
data:
  module: perl
  stream: "5.26"
...
---
document: modulemd-defaults
version: 1
data:
  module: postgresql
  profiles:
    16: [server]
...
---
document: modulemd
version: 2
data:
  name: perl
  stream: "5.26"
  artifacts:
    rpms:
    - perl-4:5.26.3-1.module_el8.x86_64
    - shared-0:1-1.module_el8.noarch
...
---
document: modulemd
version: 2
data:
  name: postgresql
  stream: "16"
  artifacts:
    rpms:
    - postgresql-server-0:16.6-1.module_el9.x86_64
    - shared-0:1-1.module_el8.noarch
...
`;

const packages = readPrimary(
  Buffer.from(primaryOf([
    makeRpm('perl', '4:5.26.3-1.module_el8').stanza,
    makeRpm('perl', '4:5.30.1-1.el8').stanza,
    makeRpm('postgresql-server', '13.20-1.el9').stanza,
    makeRpm('postgresql-server', '16.6-1.module_el9').stanza,
    makeRpm('shared', '1-1.module_el8', 'noarch').stanza,
  ])),
  { source: 'rocky/appstream', priority: 99 },
);

describe('through modules', () => {
  const seen = seenThrough(readModules(yaml, 'modules.yaml'), packages).map((item) => `${item.name} ${item.version}`);

  test('a stream that nobody turned on is not seen', () => {
    expect(seen.filter((each) => each.startsWith('postgresql'))).toEqual(['postgresql-server 13.20-1.el9']);
  });

  test('a stream that is on by default hides what has the same name', () => {
    expect(seen.filter((each) => each.startsWith('perl'))).toEqual(['perl 4:5.26.3-1.module_el8']);
  });

  test('a package of two streams is seen when one of them is on', () => {
    expect(seen).toContain('shared 1-1.module_el8');
  });
});

test('a modules.yaml that is none is refused', () => {
  expect(() => readModules('document: modulemd\ndata: { name: perl }\n', 'modules.yaml')).toThrow(expect.objectContaining({ code: 'invalid' }));
});
