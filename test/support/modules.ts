/** A build of a stream of a module. */
export interface MadeStream {
  /** `perl:5.26` */
  stream: string;
  version?: number;
  context?: string;
  /** Streams of other modules, `5.24, 5.26`; none stands for any. */
  needs?: Readonly<Record<string, string>>;
  artifacts?: readonly string[];
  demodularized?: readonly string[];
  profiles?: Readonly<Record<string, string>>;
}

/** A document of a modules.yaml, such as libmodulemd takes it. */
export function streamOf({ stream: title, version = 1, context = 'c0ffee', needs = {}, artifacts = [], demodularized = [], profiles = {} }: MadeStream): string {
  const [module, stream] = title.split(':');
  const section = (name: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [`  ${name}:`, ...lines]);
  return [
    'document: modulemd',
    'version: 2',
    'data:',
    `  name: ${module}`,
    `  stream: "${stream}"`,
    `  version: ${version}`,
    `  context: ${context}`,
    '  arch: x86_64',
    '  summary: Made',
    '  description: Made',
    '  license: { module: [MIT] }',
    '  dependencies:',
    `  - requires: { ${Object.entries({ platform: 'el9', ...needs }).map(([name, streams]) => `${name}: [${streams === '' ? '' : streams.split(', ').map((each) => `"${each}"`).join(', ')}]`).join(', ')} }`,
    ...section('profiles', Object.entries(profiles).map(([name, packages]) => `    ${name}: { rpms: [${packages}] }`)),
    ...section('artifacts', artifacts.length === 0 ? [] : [`    rpms: [${artifacts.join(', ')}]`]),
    ...section('demodularized', demodularized.length === 0 ? [] : [`    rpms: [${demodularized.join(', ')}]`]),
  ].join('\n');
}

/** Which stream of a module is on where nobody says anything, and its profile. */
export const defaultOf = (module: string, stream: string, profile?: string): string => `document: modulemd-defaults\nversion: 1\ndata:\n  module: ${module}\n  stream: "${stream}"\n  profiles: { ${profile === undefined ? '' : `"${stream}": [${profile}]`} }`;
