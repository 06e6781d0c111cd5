import { describe, expect, test } from 'vitest';
import { readModules, titleOf, writeModules } from '../../../repo/rpm/modules.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { activeStreams, newestOf, seenThrough } from '../../../repo/rpm/streams.ts';
import { defaultOf, streamOf } from '../../support/modules.ts';
import { makeRpm, primaryOf } from '../../support/repository.ts';

const setting = { platform: 'el9', arch: 'x86_64' };

/** A line a stream, `name:stream context`, and the streams that it needs: `app:1 c perl:5.24`. */
function streamsOf(lines: string): string {
  const streams = lines.trim().split('\n').map((line, place) => {
    const [stream, context, ...needs] = line.trim().split(/\s+/) as [string, string, ...string[]];
    return streamOf({ stream, context, version: place + 1, needs: Object.fromEntries(needs.map((each) => each.split(':')).map(([module, wanted = '']) => [module, wanted])) });
  });
  return modulesOf(...streams);
}

const modulesOf = (...documents: string[]): string => documents.map((each) => `---\n${each}\n...\n`).join('');

const titles = (text: string, ...asked: string[]): string[] => activeStreams(readModules(text, 'it'), { ...setting, streams: asked }).map((each) => `${titleOf(each)} ${each.context}`).sort();

describe('R19 R20: a stream is on', () => {
  test('when it is asked for, and no other of its module', () => {
    expect(titles(streamsOf('postgresql:15 c\n postgresql:16 c'), 'postgresql:16')).toEqual(['postgresql:16 c']);
  });

  test('when it is the default of its module', () => {
    expect(titles(streamsOf('perl:5.24 c\n perl:5.30 c') + modulesOf(defaultOf('perl', '5.30')))).toEqual(['perl:5.30 c']);
  });

  test('but not by default when two repositories name different ones', () => {
    expect(titles(streamsOf('perl:5.24 c\n perl:5.30 c') + modulesOf(defaultOf('perl', '5.30'), defaultOf('perl', '5.24')))).toEqual([]);
  });

  test('when a stream that is on needs it, and then the default of that module is off', () => {
    const text = streamsOf('perl:5.24 c\n perl:5.26 c\n app:1 c perl:5.24') + modulesOf(defaultOf('perl', '5.26'));

    expect(titles(text, 'app:1')).toEqual(['app:1 c', 'perl:5.24 c']);
  });

  test('in the context that fits the streams beside it', () => {
    const text = streamsOf('perl:5.24 c\n perl:5.26 c\n dbi:1 a perl:5.24\n dbi:1 b perl:5.26');

    expect([titles(text, 'dbi:1', 'perl:5.24'), titles(text, 'dbi:1', 'perl:5.26')]).toEqual([['dbi:1 a', 'perl:5.24 c'], ['dbi:1 b', 'perl:5.26 c']]);
  });

  test('in the context that fits the defaults beside it, where any would do', () => {
    const text = streamsOf('perl:5.24 c\n perl:5.26 c\n dbi:1 a perl:5.24\n dbi:1 b perl:5.26') + modulesOf(defaultOf('perl', '5.26'));

    expect(titles(text, 'dbi:1')).toEqual(['dbi:1 b', 'perl:5.26 c']);
  });

  test('in several contexts when they need the same', () => {
    expect(titles(streamsOf('nginx:1 a\n nginx:1 b'), 'nginx:1')).toEqual(['nginx:1 a', 'nginx:1 b']);
  });

  test('with all builds of its context', () => {
    expect(titles(streamsOf('nginx:1 c\n nginx:1 c'), 'nginx:1')).toEqual(['nginx:1 c', 'nginx:1 c']);
  });

  test('with any stream of another module where it needs just that, the default first; and with none that it excludes', () => {
    const text = streamsOf('perl:5.24 c\n perl:5.26 c\n any:1 c perl\n but:1 c perl:-5.24') + modulesOf(defaultOf('perl', '5.24'));

    expect([titles(text, 'any:1'), titles(text, 'but:1')]).toEqual([['any:1 c', 'perl:5.24 c'], ['but:1 c', 'perl:5.26 c']]);
  });
});

describe('R19: a stream cannot be had', () => {
  const fault = (text: string, ...asked: string[]): string[] => {
    try {
      return titles(text, ...asked);
    } catch (error) {
      return [...(error as { details: string[] }).details];
    }
  };

  test('beside another of its module', () => {
    expect(fault(streamsOf('postgresql:15 c\n postgresql:16 c'), 'postgresql:15', 'postgresql:16')).toEqual(['the bundle needs postgresql:16, beside postgresql:15']);
  });

  test('when what it needs stands against what is asked for', () => {
    expect(fault(streamsOf('perl:5.24 c\n perl:5.26 c\n app:1 c perl:5.24'), 'perl:5.26', 'app:1')).toEqual(['app:1 needs perl:5.24, beside perl:5.26']);
  });

  test('when there are too many ways to try', () => {
    const tangle = Array.from({ length: 12 }, (_, place) => ['x', 'y', 'z'].map((variant) => streamOf({ stream: `m${place}:1`, context: variant, needs: { [`only-${variant}`]: '' } }))).flat();
    const needed = ['x', 'y', 'z'].map((variant) => streamOf({ stream: `only-${variant}:1` }));
    const last = streamOf({ stream: 'last:1', needs: { nothing: '1' } });

    expect(() => titles(modulesOf(...tangle, ...needed, last), ...Array.from({ length: 12 }, (_, place) => `m${place}:1`), 'last:1')).toThrow('need each other in more ways than can be tried');
  });

  test('when there is none', () => {
    expect([fault(streamsOf('postgresql:15 c'), 'postgresql:16'), fault(streamsOf('postgresql:15 c'), 'nginx:1')]).toEqual([['the bundle needs postgresql:16; there are postgresql:15'], ['the bundle needs nginx:1; no repository has a module nginx']]);
  });

  test('on a release that it is not made for', () => {
    expect(fault(streamsOf('perl:5.24 c platform:el8'), 'perl:5.24')).toEqual(['perl:5.24 is made for el8, not for el9']);
  });
});

describe('R19 R20: through modules', () => {
  const modules = readModules(
    modulesOf(
      streamOf({ stream: 'perl:5.26', artifacts: ['perl-4:5.26.3-1.el8.x86_64', 'shared-0:1-1.el8.noarch'] }),
      streamOf({ stream: 'postgresql:16', artifacts: ['postgresql-server-0:16.6-1.el9.x86_64', 'shared-0:1-1.el8.noarch'] }),
      defaultOf('perl', '5.26'),
    ),
    'it',
  );
  const packages = readPrimary(
    Buffer.from(primaryOf([
      makeRpm('perl', '4:5.26.3-1.el8').stanza,
      makeRpm('perl', '4:5.30.1-1.el8').stanza,
      makeRpm('perl-of-others', '5.30.1-1.el8', 'x86_64', { provides: ['perl = 4:5.30.1'] }).stanza,
      makeRpm('postgresql-server', '13.20-1.el9').stanza,
      makeRpm('postgresql-server', '16.6-1.el9').stanza,
      makeRpm('postgresql17-server', '17.5-1.el9', 'x86_64', { provides: ['postgresql-server = 17.5'] }).stanza,
      makeRpm('shared', '1-1.el8', 'noarch').stanza,
    ])),
    { source: 'rocky/appstream', priority: 99 },
  );
  const seen = (...asked: string[]): string[] => seenThrough(activeStreams(modules, { ...setting, streams: asked }), modules, packages).map((item) => `${item.name} ${item.version}`);

  test('a stream that is off is not seen', () => {
    expect(seen().filter((each) => each.startsWith('postgresql-'))).toEqual(['postgresql-server 13.20-1.el9']);
  });

  test('a stream that is on hides what has the name of one of its packages, or offers it', () => {
    expect(seen('postgresql:16').filter((each) => each.startsWith('p'))).toEqual(['perl 4:5.26.3-1.el8', 'postgresql-server 16.6-1.el9']);
  });

  test('a package of two streams is seen when one of them is on', () => {
    expect(seen()).toContain('shared 1-1.el8');
  });
});

describe('R19: a modules.yaml', () => {
  test('with a document larger than any is refused', () => {
    expect(() => readModules(`---\ndocument: modulemd\nversion: 2\ndata:\n  name: ${'x'.repeat(1 << 19)}\n`, 'it')).toThrow('it: a document of it is larger than 524288 characters');
  });

  test('keeps versions as they are written, whatever YAML takes them for', () => {
    const { streams, defaults } = readModules(streamsOf('perl:5.30 0123').replace('version: 1\n', 'version: 80600202203281234567\n') + modulesOf(defaultOf('perl', '5.30')), 'it');

    expect([streams[0], defaults[0]]).toMatchObject([{ stream: '5.30', version: '80600202203281234567', context: '0123' }, { stream: '5.30', profiles: new Map() }]);
  });

  test('is written again document by document, the same whatever their order', () => {
    const { streams } = readModules(streamsOf('perl:5.24 c\n perl:5.26 c'), 'it');
    const texts = streams.map((each) => each.text);

    expect(readModules(writeModules(texts), 'it').streams).toEqual(streams);
    expect(writeModules(texts.toReversed())).toBe(writeModules(texts));
  });

  test('names the newest build of a stream', () => {
    expect(newestOf(readModules(streamsOf('nginx:1 c\n nginx:1 c\n nginx:2 c'), 'it').streams, 'nginx:1').version).toBe('2');
  });

  test('may speak other languages, and of the end of streams', () => {
    expect(readModules('---\ndocument: modulemd-translations\nversion: 1\ndata: {}\n...\n---\ndocument: modulemd-obsoletes\nversion: 1\n', 'it')).toEqual({ streams: [], defaults: [] });
  });

  test.each([
    ['of an unknown version', 'document: modulemd\nversion: 3\n', 'a document "modulemd" of the version 3 is not read'],
    ['of an unknown kind', 'document: modulemd-packager\nversion: 2\n', 'a document "modulemd-packager" of the version 2 is not read'],
    ['without the name of a stream', 'document: modulemd\nversion: 2\ndata: { name: perl }\n', 'a stream of a module has no name'],
    ['that is no YAML', 'document: [\n', 'cannot be read'],
  ])('%s is refused', (_, text, message) => {
    expect(() => readModules(text, 'it')).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }));
  });
});
