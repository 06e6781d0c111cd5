import { describe, expect, test } from 'vitest';
import { chainsTo } from '../../../builder/lock/chain.ts';
import { freeze } from '../../../builder/lock/freeze.ts';
import { lockName, type LockedPackage } from '../../../builder/lock/lock.ts';
import { readLock, writeLock } from '../../../builder/lock/read.ts';
import { answer, proven } from './sample.ts';

const lock = freeze(answer);
const names = lock.packages.map((item) => item.name);
const rootOf = (name: string) => lock.roots.find((root) => root.package === name)!;

describe('a lock', () => {
  test('holds the closure sorted, each with its address in the manifest and who asked for it', () => {
    expect(names).toEqual(['libc6', 'libpq5', 'postgresql-15', 'postgresql-15-postgis-3', 'postgresql-15-rival', 'postgresql-client-15']);
    expect(lock.packages[1]).toMatchObject({
      url: 'http://ftp.debian.org/debian/pool/main/libpq5_1.0_amd64.deb',
      because: [{ kind: 'requires', by: 5, relation: 'libpq5 (>= 15~)' }, { kind: 'requires', by: 2, relation: 'libpq5' }],
    });
  });

  test('holds for every root what is installed with it', () => {
    expect(rootOf('postgresql-15')).toEqual({ package: 'postgresql-15', version: '1.0', kind: 'server', name: 'postgresql', pg: '15', proof: [1, 2, 5], removes: [], conflicts: [] });
    expect(rootOf('postgresql-15-rival').removes).toEqual([0]);
  });

  test('names rivals on both sides', () => {
    expect([rootOf('postgresql-15-rival').conflicts, rootOf('postgresql-15-postgis-3').conflicts]).toEqual([['postgresql-15-postgis-3'], ['postgresql-15-rival']]);
  });

  test('says what nobody can take, by the places of the packages', () => {
    expect(lock.choice).toEqual({ branches: 1, barred: [{ by: 3, relation: 'libpq5 | rival', taken: [4], roots: ['postgresql-15-postgis-3'] }] });
    expect(() => readLock(writeLock({ ...lock, choice: { branches: 1, barred: [{ by: 3, relation: 'x', taken: [99], roots: [] }] } }), 'x.lock.json')).toThrow('it names the packages 99');
  });

  test('says what stands in the way on hosts of a kind', () => {
    expect(lock.baselines).toEqual([{ name: 'old', packages: 1, assumed: 0, unknown: 2, failing: [{ roots: ['postgresql-15'], reasons: ['libc6 is too old'] }] }]);
  });

  test('made without a proof that it is closed under choice, or of baselines, is still a lock', () => {
    const { choice: _, baselines: __, ...old } = lock;

    expect(readLock(writeLock(old), 'x.lock.json')).toEqual(old);
  });

  test('names what cannot be had, and offers no extension of it', () => {
    expect(lock.missing).toEqual([{ package: 'postgresql-15-gone', kind: 'extension', name: 'gone', pg: '15', reasons: ['no package of this name is in the archive'] }]);
    expect(lock.extensions.map((extension) => extension.name)).toEqual(['postgis']);
  });

  test('hands on why an extension cannot be created, and says nothing where it can', () => {
    const [postgis] = answer.manifest.extensions;

    const barred = freeze({ ...answer, manifest: { ...answer.manifest, extensions: [{ ...postgis!, caveat: 'wait' }] } });

    expect(barred.extensions).toEqual([{ ...lock.extensions[0], caveat: 'wait' }]);
    expect(lock.extensions[0]).not.toHaveProperty('caveat');
    expect(readLock(writeLock(barred), 'x').extensions).toEqual(barred.extensions);
  });

  test.each([['0.9', false], ['1.0', false], ['1.0-2', true]])('hands it on only where the version is older than the mended %s: %s', (mended, isBarred) => {
    const [postgis] = answer.manifest.extensions;

    const frozen = freeze({ ...answer, manifest: { ...answer.manifest, extensions: [{ ...postgis!, caveat: 'wait', mended }] } });

    expect(frozen.extensions).toEqual([{ ...lock.extensions[0], ...(isBarred && { caveat: 'wait' }) }]);
  });

  test('names for each group what is shipped of it and what is not, and no group that nothing is shipped of', () => {
    expect(lock.groups).toEqual([
      { name: 'node-package1', packages: ['libc6'], missing: [] },
      { name: 'pgsql-gis', pg: '15', packages: ['postgresql-15-postgis-3'], missing: ['elsewhere', 'gone', 'postgresql-15-postgis-3-scripts'] },
    ]);
  });

  test('of before there were groups is still read', () => {
    const { groups: _, ...before } = lock;

    expect(readLock(JSON.stringify(before), 'x').groups).toEqual([]);
  });

  test('names the keys that are pinned for each source; one of before that is still read', () => {
    const before = { ...lock, sources: lock.sources.map(({ keys: _, ...source }) => source) };

    expect(lock.sources.map((source) => source.keys)).toEqual([['A'.repeat(40)], ['A'.repeat(40)]]);
    expect(readLock(JSON.stringify(before), 'x').sources.map((source) => source.keys)).toEqual([[], []]);
  });

  test('keeps what was rejected', () => {
    expect(lock.rejected).toEqual([{ package: 'libpq-dev 9 amd64', by: 'postgresql-client-15', relation: 'libpq-dev | libpq5', because: 'it conflicts with libpq5' }]);
  });

  test('is dated like the newest of its sources, by no clock', () => {
    expect(lock.created).toBe('2026-11-20T00:12:41.000Z');
  });

  test('is the same whatever the order of what it is made of', () => {
    const shuffled = freeze({
      ...answer,
      suites: answer.suites.toReversed(),
      manifest: { ...answer.manifest, wanted: answer.manifest.wanted.toReversed(), extensions: answer.manifest.extensions.toReversed(), groups: answer.manifest.groups.map((each) => ({ ...each, members: each.members.toReversed() })).toReversed() },
      proven: { ...proven, closure: proven.closure.toReversed(), proofs: proven.proofs.toReversed() },
    });

    expect(writeLock(shuffled)).toBe(writeLock(lock));
  });

  test('is read as it was written', () => {
    const text = writeLock(lock);

    expect(readLock(text, 'x.json')).toEqual(lock);
    expect(text).toContain('"proof": [1, 2, 5],');
    expect(text).not.toContain('undefined');
  });

  test('is called after its bundle and its target', () => {
    expect(lockName(lock)).toBe('sample.d12.x86_64.lock.json');
  });

  test.each([
    ['with a key it does not know', (text: string) => text.replace('"runtime"', '"runtine"'), /unknown key "runtine", did you mean "runtime"\?/],
    ['with a damaged digest', (text: string) => text.replace(/"manifest": "../, '"manifest": "XY'), /manifest: a SHA-256 has 64 lower-case hexadecimal digits/],
    ['that is cut short', (text: string) => text.slice(0, 4000), /x\.json:\d+:\d+/],
  ])('%s is told with its place', (_what, damage, detail) => {
    const reading = () => readLock(damage(writeLock(lock)), 'x.json');

    expect(reading).toThrow(expect.objectContaining({ code: 'invalid', details: expect.arrayContaining([expect.stringMatching(detail)]) }));
  });

  test('with a place that leads nowhere is refused', () => {
    const text = writeLock({ ...lock, roots: lock.roots.map((root) => Object.assign({}, root, { proof: [77] })) });

    expect(() => readLock(text, 'x.json')).toThrow('x.json: it names the packages 77, but has only 6');
  });
});

describe('a lock that was edited by hand', () => {
  const [first, ...others] = lock.packages as [LockedPackage, ...LockedPackage[]];
  const edited = (changes: Partial<LockedPackage>) => () => readLock(writeLock({ ...lock, packages: [{ ...first, ...changes }, ...others] }), 'x.json');

  test.each<[string, Partial<LockedPackage>, string]>([
    ['a source that it does not describe', { source: 'debian/sid' }, 'no source of the lock is called debian/sid'],
    ['an address on another host', { url: 'http://ftp.debian.org.example.org/debian/x.deb' }, '"http://ftp.debian.org.example.org/debian/x.deb" does not lie below http://ftp.debian.org/debian'],
    ['an address that climbs', { url: 'http://ftp.debian.org/debian/pool/../../x.deb' }, '"http://ftp.debian.org/debian/pool/../../x.deb" does not lie below http://ftp.debian.org/debian'],
  ])('is refused with %s', (_what, changes, detail) => {
    expect(edited(changes)).toThrow(expect.objectContaining({ code: 'invalid', details: expect.arrayContaining([expect.stringContaining(detail)]) }));
  });

  test.each<[string, object]>([
    ['a name that climbs out of the folder', { bundle: '../../../etc/x' }],
    ['a version that does', { version: '1/../../x' }],
    ['a codename that goes on in the next field of the Release', { target: { ...lock.target, codename: 'bookworm\nSuite: sid' } }],
    ['a size below nothing', { packages: [{ ...first, size: -1 }, ...others] }],
  ])('is refused with %s', (_what, changes) => {
    expect(() => readLock(JSON.stringify({ ...lock, ...changes }), 'x.json')).toThrow(expect.objectContaining({ code: 'invalid', message: 'x.json is not valid' }));
  });
});

describe('the chain to a package', () => {
  test('leads from a root over everyone who asks, the shortest way', () => {
    const [chain] = chainsTo(lock, names.indexOf('libpq5'));

    expect(chain!.root!.package).toBe('postgresql-15');
    expect(chain!.links).toEqual([{ by: 'postgresql-15 1.0', kind: 'requires', relation: 'libpq5' }]);
  });

  test('is empty for a root, and for what every system has', () => {
    expect(chainsTo(lock, names.indexOf('postgresql-15')).map((chain) => [chain.root?.package, chain.links.length])).toEqual([['postgresql-15', 0]]);
    expect(chainsTo(lock, names.indexOf('libc6')).map((chain) => [chain.root, chain.links.length])).toEqual([[undefined, 0]]);
  });
});
