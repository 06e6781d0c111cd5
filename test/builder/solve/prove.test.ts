import { describe, expect, test } from 'vitest';
import { proofsOf, universe } from './scenario.ts';

const names = (items: readonly { package: { name: string } }[]): string[] => items.map((item) => item.package.name);

describe('a proof', () => {
  const world = universe(`
    bash 1
      Essential: yes
      Depends: libc
    libc 1
    apt 1
      Depends: libc
    dpkg 1
      Priority: required
    app 1
      Depends: libc, libssl
      Recommends: docs
    libssl 3
    docs 1
    other 1
      Depends: libssl (>= 3)
  `);

  test('holds what a root needs beyond the base set', () => {
    const { proofs } = proofsOf(world, 'other app');

    expect(proofs.map((proof) => [proof.root, names(proof.choices)])).toEqual([
      ['app', ['app', 'libssl']],
      ['other', ['libssl', 'other']],
    ]);
  });

  test('stands on a base set of Essential, required and apt, with all that these need', () => {
    const { closure } = proofsOf(world, 'app');

    expect(names(closure.filter((shipped) => shipped.base))).toEqual(['apt', 'bash', 'dpkg', 'libc']);
  });

  test('says for every shipped package who asked, and for which roots', () => {
    const { closure } = proofsOf(world, 'app other', 'include');

    const shown = closure.map(({ package: item, roots, because }) => [item.name, roots.join(' '), because.map((each) => ('by' in each ? `${each.kind} ${each.by.name}: ${each.relation}` : each.kind)).join('; ')]);
    expect(shown).toEqual([
      ['app', 'app', 'root'],
      ['apt', '', 'base'],
      ['bash', '', 'base'],
      ['docs', 'app', 'recommends app: docs'],
      ['dpkg', '', 'base'],
      ['libc', '', 'requires apt: libc'],
      ['libssl', 'app other', 'requires app: libssl; requires other: libssl (>= 3)'],
      ['other', 'other', 'root'],
    ]);
  });

  test('of a root that every host has is empty', () => {
    const { proofs } = proofsOf(world, 'bash');

    expect(proofs).toEqual([{ root: 'bash', choices: [], rejections: [], removes: [] }]);
  });

  test('begins on a system whose /usr is merged already', () => {
    const merged = universe(`
      init 1
        Essential: yes
        Depends: usrmerge | usr-is-merged
      usrmerge 1
        Depends: perl
      perl 1
      usr-is-merged 1
    `);

    expect(names(proofsOf(merged, 'init').closure)).toEqual(['init', 'usr-is-merged']);
  });

  test('keeps what spoke against a candidate that would have come first', () => {
    const picky = universe(`
      app 1
        Depends: core, db | cache
      core 1
        Breaks: db (<< 2)
      db 1
      cache 1
    `);

    const [proof] = proofsOf(picky, 'app').proofs;

    expect(proof!.rejections.map(({ package: item, by, relation, because }) => [item.name, by, relation, because])).toEqual([['db', 'app 1', 'db | cache', 'core 1 excludes db 1 (db (<< 2))']]);
  });

  test('marks a version that is not the newest, and says why the newest was not taken', () => {
    const world = universe(`
      app 1
        Depends: lib (<< 2)
      lib 1
      lib 2
    `);

    const { closure } = proofsOf(world, 'app');

    expect(closure.map(({ package: item, older }) => [item.name, item.version, older ?? false])).toEqual([
      ['app', '1', false],
      ['lib', '1', true],
    ]);
  });

  test('names what has to go when a root cannot stand beside the base set', () => {
    const world = universe(`
      bash 1
        Essential: yes
      nano 1
        Priority: required
      vim 1
        Conflicts: nano
    `);

    const [proof] = proofsOf(world, 'vim').proofs;

    expect(proof).toMatchObject({ root: 'vim', removes: [{ name: 'nano' }] });
    expect(names(proof!.choices)).toEqual(['vim']);
  });
});

describe('roots', () => {
  test('that cannot be had are told, each with its reasons, and the others are proven', () => {
    const world = universe(`
      good 1
      bad 1
        Depends: lib (>= 2)
      lib 1
    `);

    const { proofs, unsatisfiable } = proofsOf(world, 'bad good ugly');

    expect(proofs.map((proof) => proof.root)).toEqual(['good']);
    expect(unsatisfiable).toEqual([
      { subject: 'bad', sentences: ['bad 1 needs lib (>= 2); lib 1 is too old'] },
      { subject: 'ugly', sentences: ['nothing offers ugly'] },
    ]);
  });

  test('that exclude each other are both proven, and recorded as rivals', () => {
    const world = universe(`
      old 1
        Depends: engine (= 1)
      new 1
        Depends: engine (= 2)
      plain 1
      engine 1
      engine 2
    `);

    const { proofs, rivalries } = proofsOf(world, 'old new plain');

    expect(proofs.map((proof) => proof.root)).toEqual(['new', 'old', 'plain']);
    expect(rivalries).toEqual([
      { root: 'old', rivals: ['new'], sentences: ['old 1 needs engine (= 1)', 'new 1 needs engine (= 2)', 'only one version of engine can be installed: 2 or 1'] },
    ]);
  });

  test('of which any two stand together but not all are recorded as such', () => {
    const world = universe(`
      a 1
        Depends: a-left | a-right
      b 1
        Depends: b-left | b-right
      c 1
        Depends: c-left | c-right
      a-left 1
        Provides: left
        Conflicts: left
      b-left 1
        Provides: left
        Conflicts: left
      c-left 1
        Provides: left
        Conflicts: left
      a-right 1
        Provides: right
        Conflicts: right
      b-right 1
        Provides: right
        Conflicts: right
      c-right 1
        Provides: right
        Conflicts: right
    `);

    const { rivalries } = proofsOf(world, 'a b c a-right b-right c-right');

    const sets = rivalries.map(({ root, rivals }) => [root, ...rivals].toSorted().join(', ')).toSorted();
    expect(sets).toEqual(['a-right, b, c', 'a-right, b-right', 'a-right, c-right', 'b-right, c-right']);
  });
});
