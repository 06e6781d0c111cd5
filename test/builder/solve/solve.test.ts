import { describe, expect, test } from 'vitest';
import { install, universe } from './scenario.ts';

describe('alternatives', () => {
  test('the first that can be had is taken', () => {
    const world = universe(`
      app 1
        Depends: missing | db | cache
      db 1
      cache 1
    `);

    expect(install(world, 'app')).toBe('app=1 db=1');
  });

  test('one that is taken already is enough', () => {
    const world = universe(`
      app 1
        Depends: cache, db | cache
      db 1
      cache 1
    `);

    expect(install(world, 'app')).toBe('app=1 cache=1');
  });

  test('one that every host has is enough', () => {
    const world = universe(`
      app 1
        Depends: gawk | mawk
      gawk 1
      mawk 1
        Priority: required
    `);

    expect(install(world, 'app')).toBe('app=1');
  });

  test('a choice that leads nowhere is taken back', () => {
    const world = universe(`
      app 1
        Depends: db | cache, web
      db 1
        Depends: lib (= 1)
      cache 1
      web 1
        Depends: lib (= 2)
      lib 1
      lib 2
    `);

    expect(install(world, 'app')).toBe('app=1 cache=1 lib=2 web=1');
  });

  test('a dead end deep below is left by the right door', () => {
    const world = universe(`
      app 1
        Depends: a, b, c
      a 1
        Depends: a1 | a2
      a1 1
        Conflicts: c1, c2
      a2 1
      b 1
        Depends: b1 | b2
      b1 1
      b2 1
      c 1
        Depends: c1 | c2
      c1 1
      c2 1
        Conflicts: b1
    `);

    expect(install(world, 'app')).toBe('a=1 a2=1 app=1 b=1 b1=1 c=1 c1=1');
  });
});

describe('provides', () => {
  const world = universe(`
    app 1
      Depends: mta
    strict 1
      Depends: mta (>= 2)
    exim 1
      Provides: mta
    courier 1
      Provides: mta (= 2), smtp
    postfix 1
      Provides: mta
    sendmail 1
      Provides: smtp
      Priority: important
    mail 1
      Depends: smtp
  `);

  test('an unversioned one satisfies an unversioned relation', () => {
    expect(install(world, 'app')).toBe('app=1 postfix=1');
  });

  test('only a versioned one satisfies a versioned relation', () => {
    expect(install(world, 'strict')).toBe('courier=1 strict=1');
  });

  test('a higher priority decides between providers, then the last name, as apt does on an index sorted by name', () => {
    expect(install(world, 'mail')).toBe('mail=1 sendmail=1');
  });

  test('a real package comes before a provider of its name', () => {
    const real = universe(`
      app 1
        Depends: libfoo
      abc 1
        Provides: libfoo
        Priority: important
      libfoo 1
    `);

    expect(install(real, 'app')).toBe('app=1 libfoo=1');
  });

  test('a provider of a newer version stands in for a package that is too old', () => {
    const renamed = universe(`
      app 1
        Depends: libfoo1 (>= 2)
      libfoo1 1
      libfoo1t64 2
        Provides: libfoo1 (= 2)
    `);

    expect(install(renamed, 'app')).toBe('app=1 libfoo1t64=2');
  });

  test('a package may satisfy itself', () => {
    const self = universe(`
      app 1
        Depends: thing
        Provides: thing
    `);

    expect(install(self, 'app')).toBe('app=1');
  });
});

describe('conflicts', () => {
  test('bind both sides', () => {
    const world = universe(`
      a 1
        Conflicts: b
      b 1
    `);

    expect(install(world, 'a, b')).toBe('a 1 excludes b 1 (b)');
    expect(install(world, 'b, a')).toBe('a 1 excludes b 1 (b)');
  });

  test('apply to providers, but never to the package itself', () => {
    const world = universe(`
      exim 1
        Provides: mta
        Conflicts: mta
      postfix 1
        Provides: mta
        Conflicts: mta
      app 1
        Depends: exim, postfix
    `);

    expect(install(world, 'exim')).toBe('exim=1');
    expect(install(world, 'app').split('\n')).toEqual(['app 1 needs exim', 'app 1 needs postfix', 'exim 1 excludes postfix 1 (mta)']);
  });

  test('with a version spare other versions, and providers without one', () => {
    const world = universe(`
      a 1
        Breaks: b (<< 2), v (<< 2)
      b 2
      c 1
        Provides: v
    `);

    expect(install(world, 'a, b, c')).toBe('a=1 b=2 c=1');
  });

  test('a held conflict rules the provider out', () => {
    const world = universe(`
      app 1
        Depends: mta, strict
      exim 1
        Provides: mta
      postfix 1
        Provides: mta
      strict 1
        Conflicts: postfix
    `);

    expect(install(world, 'app')).toBe('app=1 exim=1 strict=1');
  });

  test('two versions of a name do not stand together', () => {
    const world = universe(`
      a 1
        Depends: lib (= 1)
      b 1
        Depends: lib (= 2)
      lib 1
      lib 2
    `);

    expect(install(world, 'a, b').split('\n')).toContain('only one version of lib can be installed: 2 or 1');
  });
});

describe('versions', () => {
  const world = universe(`
    lib 1:1.0
    lib 2.0
    lib 2.0~rc1
    old 1
      Depends: lib (<< 1:0)
    new 1
      Depends: lib
    both 1
      Depends: lib | other, old
    other 1
  `);

  test('the newest is the candidate', () => {
    expect(install(world, 'new')).toBe('lib=1:1.0 new=1');
  });

  test('another one serves only where the candidate does not', () => {
    expect(install(world, 'old')).toBe('lib=2.0 old=1');
  });

  test('another alternative comes before another version', () => {
    expect(install(world, 'both')).toBe('both=1 lib=2.0 old=1 other=1');
  });
});

describe('architectures', () => {
  const world = universe(`
    app 1
      Depends: tool:any, doc
    tool 1
      Multi-Arch: allowed
    doc 1 all
    plain 1
    wrong 1
      Depends: plain:any
    exact 1
      Depends: plain:amd64
    alien 1
      Depends: plain:arm64
    foreign 1 arm64
      Multi-Arch: foreign
    cross 1
      Depends: foreign
    stuck 1
      Depends: bound
    bound 1 arm64
  `);

  test('":any" is met by a package that allows it, and all is native', () => {
    expect(install(world, 'app')).toBe('app=1 doc:all=1 tool=1');
  });

  test('":any" is not met by one that does not', () => {
    expect(install(world, 'wrong')).toBe('wrong 1 needs plain:any; plain 1 does not allow being used from any architecture');
  });

  test('a named architecture is that one', () => {
    expect(install(world, 'exact')).toBe('exact=1 plain=1');
    expect(install(world, 'alien')).toBe('alien 1 needs plain:arm64; plain 1 is for amd64');
  });

  test('a foreign package serves another architecture, any other does not', () => {
    expect(install(world, 'cross')).toBe('cross=1 foreign:arm64=1');
    expect(install(world, 'stuck')).toBe('stuck 1 needs bound; bound 1 is for arm64');
  });

  test('packages that may stand beside themselves do so at one version', () => {
    const same = universe(`
      lib 1
        Multi-Arch: same
      lib 1 arm64
        Multi-Arch: same
      lib 2 arm64
        Multi-Arch: same
      one 1
        Depends: lib:amd64, lib:arm64 (= 1)
      two 1
        Depends: lib:amd64, lib:arm64 (= 2)
    `);

    expect(install(same, 'one')).toBe('lib=1 lib:arm64=1 one=1');
    expect(install(same, 'two')).toContain('only one version of lib can be installed');
  });

  test('a conflict without a qualifier reaches every architecture', () => {
    const clash = universe(`
      app 1
        Depends: helper
        Conflicts: other
      helper 1
        Depends: other:arm64
      other 1 arm64
    `);

    expect(install(clash, 'app')).toContain('app 1 excludes other 1 (other)');
  });
});

describe('recommendations', () => {
  const world = universe(`
    app 1
      Recommends: extra | spare, nowhere, rival
      Depends: lib
    lib 1
      Recommends: libdoc
    libdoc 1
    extra 1
      Depends: nowhere
    spare 1
    rival 1
      Conflicts: lib
  `);

  test('are left out unless asked for', () => {
    expect(install(world, 'app')).toBe('app=1 lib=1');
  });

  test('are taken along where they can be, at every depth', () => {
    expect(install(world, 'app', 'include')).toBe('app=1 lib=1 libdoc=1 spare=1');
  });

  test('give way to what is required later', () => {
    const late = universe(`
      app 1
        Depends: lib, core
      lib 1
        Recommends: nice
      nice 1
        Conflicts: deep
      core 1
        Depends: deep
      deep 1
    `);

    expect(install(late, 'app', 'include')).toBe('app=1 core=1 deep=1 lib=1');
  });
});

describe('explanations', () => {
  test('a version that is too old is named', () => {
    const world = universe(`
      postgresql-15-foo 1
        Depends: libbar (>= 2)
      libbar 1.0
    `);

    expect(install(world, 'postgresql-15-foo')).toBe('postgresql-15-foo 1 needs libbar (>= 2); libbar 1.0 is too old');
  });

  test('a provider without a version is named', () => {
    const world = universe(`
      app 1
        Depends: virtual (>= 2)
      real 1
        Provides: virtual
    `);

    expect(install(world, 'app')).toBe('app 1 needs virtual (>= 2); real 1 offers virtual only');
  });

  test('every rejected candidate has its sentence, and nothing beside the point has one', () => {
    const world = universe(`
      app 1
        Depends: fine, db | cache
      fine 1
      db 1
        Depends: nowhere
      cache 1
        Depends: lib (<< 1)
      lib 3
    `);

    expect(install(world, 'app').split('\n')).toEqual(['app 1 needs db | cache', 'db 1 needs nowhere; nothing offers nowhere', 'cache 1 needs lib (<< 1); lib 3 is too new']);
  });

  test('a misspelt name is guessed', () => {
    const world = universe(`
      postgresql-15 1
    `);

    expect(install(world, 'postgresl-15')).toBe('nothing offers postgresl-15; did you mean postgresql-15?');
  });

  test('a host that cannot exist says so', () => {
    const world = universe(`
      base 1
        Essential: yes
        Depends: nowhere
      app 1
    `);

    expect(install(world, 'app')).toBe('base 1 needs nowhere; nothing offers nowhere');
  });
});
