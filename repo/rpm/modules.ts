import { readTexts } from '../core/document.ts';
import { Fault } from '../core/fault.ts';

/** What a modules.yaml says of the packages beside it (libmodulemd, modulemd-stream v2 and modulemd-defaults v1). */
export interface Modules {
  streams: readonly Stream[];
  defaults: readonly Default[];
}

/** One build of a stream of a module. */
export interface Stream {
  module: string;
  /** `16` */
  stream: string;
  version: string;
  context: string;
  /** What builds of one stream have in common that stand for each other: the context, where upstream says that it stays; else what they need beside the release (libdnf). */
  variant: string;
  arch: string;
  /** Which streams of other modules it needs: any of those named, none of those with a hyphen before them, and any at all where none is named. */
  requires: readonly (readonly [module: string, streams: readonly string[]])[];
  /** Names of packages by what they are for: `server`. */
  profiles: ReadonlyMap<string, readonly string[]>;
  /** Its packages: `name-epoch:version-release.arch`. */
  artifacts: readonly string[];
  /** Names of packages that it once had, which nothing of it stands in for any more. */
  demodularized: readonly string[];
  /** The document as upstream wrote it. */
  text: string;
}

/** What is on, and installed, of a module where nobody says anything. */
export interface Default {
  module: string;
  stream: string | undefined;
  /** By stream. */
  profiles: ReadonlyMap<string, readonly string[]>;
}

/** `postgresql:16` */
export const titleOf = ({ module, stream }: Pick<Stream, 'module' | 'stream'>): string => `${module}:${stream}`;

/** Reads a modules.yaml. @throws Fault invalid */
export function readModules(text: string, what: string): Modules {
  const documents = text.split(/^---(?=\s|$)/m).map((part) => part.replace(/^\.\.\.[ \t]*$/m, '').trim()).filter((part) => part !== '');
  const [streams, defaults]: [Stream[], Default[]] = [[], []];
  for (const part of documents) {
    if (part.length > largest) throw new Fault('invalid', `${what}: a document of it is larger than ${largest} characters`);
    const { document, version, data } = mapOf(readTexts(part, what));
    if (passed.has(String(document))) continue;
    if (version !== versions[String(document)]) throw new Fault('invalid', `${what}: a document "${String(document)}" of the version ${String(version)} is not read`, { details: ['modulemd 2 and modulemd-defaults 1 are'] });
    if (document === 'modulemd') streams.push(streamOf(mapOf(data), part, what));
    else defaults.push(defaultOf(mapOf(data), what));
  }
  return { streams, defaults };
}

/** Writes the modules.yaml of these streams, the same whatever their order. */
export function writeModules(documents: readonly string[]): string {
  return [...new Set(documents)].sort().map((text) => `---\n${text}\n...\n`).join('');
}

/** Fifty times those of EL; whoever reads YAML takes the longer by the character the more of them there are. */
const largest = 1 << 19;

const versions: Record<string, string> = { modulemd: '2', 'modulemd-defaults': '1' };

/** What changes nothing about what can be installed: words in other languages, and plans for the end of a stream. */
const passed: ReadonlySet<string> = new Set(['modulemd-translations', 'modulemd-obsoletes']);

function streamOf(data: Texts, text: string, what: string): Stream {
  const [module, stream] = [data['name'], data['stream']];
  if (typeof module !== 'string' || typeof stream !== 'string') throw new Fault('invalid', `${what}: a stream of a module has no name`);
  const requires = listOf(data['dependencies']).flatMap((each) => Object.entries(mapOf(mapOf(each)['requires']))).map(([name, streams]) => [name, textsOf(streams)] as const);
  const context = textOf(data['context']);
  return {
    module,
    stream,
    version: textOf(data['version'], '0'),
    context,
    variant: data['static_context'] === 'true' ? context : requires.filter(([name]) => name !== 'platform').map(([name, streams]) => [name, ...streams.toSorted()].join(':')).sort().join(),
    arch: textOf(data['arch']),
    requires,
    profiles: new Map(Object.entries(mapOf(data['profiles'])).map(([name, profile]) => [name, textsOf(mapOf(profile)['rpms'])])),
    artifacts: textsOf(mapOf(data['artifacts'])['rpms']),
    demodularized: textsOf(mapOf(data['demodularized'])['rpms']),
    text,
  };
}

function defaultOf(data: Texts, what: string): Default {
  const { module, stream, profiles } = data;
  if (typeof module !== 'string') throw new Fault('invalid', `${what}: defaults are of no module`);
  return { module, stream: typeof stream === 'string' ? stream : undefined, profiles: new Map(Object.entries(mapOf(profiles)).map(([name, names]) => [name, textsOf(names)])) };
}

type Texts = Readonly<Record<string, unknown>>;

const mapOf = (value: unknown): Texts => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Texts) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
const textsOf = (value: unknown): readonly string[] => listOf(value).map((each) => textOf(each));
