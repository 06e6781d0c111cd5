import { describe, expect, test } from 'vitest';
import { respellComponent, respellExtension, respellGap } from '../../../builder/check/row.ts';

describe('a row in other words', () => {
  test.each([
    ['      - el pgdg 14-18 3.6.3', { version: '3.6.4' }, '      - el pgdg 14-18 3.6.4'],
    ['      - el pgdg 14-18 3.6.3  # why', { on: ['el9', 'el10'], pg: '17' }, '      - el9,el10 pgdg 17 3.6.3  # why'],
    ['      - d13 debian 17 1.0 postgresql-{pg}-other', { version: '1.1' }, '      - d13 debian 17 1.1 postgresql-{pg}-other'],
    ["      - 'd13 debian 17 1.0'", { version: '1.1', packages: ['postgresql-{pg}-b'] }, "      - 'd13 debian 17 1.1 postgresql-{pg}-b'"],
  ])('of an extension: %s', (line, draft, expected) => {
    expect(respellExtension(line, draft)).toBe(expected);
  });

  test.each([
    ["      - { on: [el], from: infra, version: '3.7.1' }", { version: '3.7.2' }, "      - { on: [el], from: infra, version: '3.7.2' }"],
    ["      - { on: [deb, el], from: infra, pg: '17' } # why", { on: ['el'], pg: '17-18' }, '      - { on: [el], from: infra, pg: 17-18 } # why'],
    ['      - { on: [debian], from: debian }', { on: ['d13'], packages: ['valkey-server'] }, '      - { on: [d13], from: debian, packages: [valkey-server] }'],
    ["      - { on: [debian], from: debian, packages: ['a-{pg}', b] }", { packages: ['c-{pg}'] }, "      - { on: [debian], from: debian, packages: ['c-{pg}'] }"],
  ])('of a component: %s', (line, draft, expected) => {
    expect(respellComponent(line, draft)).toBe(expected);
  });

  test('of a gap', () => {
    expect(respellGap('      - el8,el9 14-18 # never', { on: ['el8'], pg: '18' })).toBe('      - el8 18 # never');
  });
});
