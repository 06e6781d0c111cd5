import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';
import { place } from './place.ts';

/** A third-party module that is part of the installer. */
export interface Part {
  name: string;
  version: string;
  license: string;
}

export interface Installer {
  /** One ES module that needs the shipped Node.js and nothing else. */
  program: string;
  /** The licences of what it is made of, whole. */
  licenses: string;
  parts: Part[];
}

/** Bundles the installer into one file. The same sources give the same bytes wherever the checkout lies. */
export async function bundleInstaller(entry = 'installer/main.ts'): Promise<Installer> {
  // `cwd` keeps the paths in the comments of the output relative to the project.
  const build = await rolldown({ cwd: place, input: join(place, entry), platform: 'node', logLevel: 'silent' });
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false, sourcemap: false });
    const chunk = output[0] as OutputChunk;
    const folders = packageFolders(chunk.moduleIds);
    const found = await Promise.all(folders.map(readPart));
    return { program: chunk.code, licenses: found.map(({ part, text }) => `${part.name} ${part.version} (${part.license})\n\n${text.trim()}\n`).join(`\n${'-'.repeat(78)}\n\n`), parts: found.map(({ part }) => part) };
  } finally {
    await build.close();
  }
}

/** The folders below node_modules that the modules came from, sorted. */
function packageFolders(modules: readonly string[]): string[] {
  const folders = modules.flatMap((module) => relative(place, module).match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

async function readPart(folder: string): Promise<{ part: Part; text: string }> {
  const manifest = JSON.parse(await readFile(join(place, folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string };
  const file = (await readdir(join(place, folder))).sort().find((name) => /^licen[cs]e/i.test(name));
  const text = file ? await readFile(join(place, folder, file), 'utf8') : `It comes without a licence file; its package.json says: ${manifest.license ?? 'nothing'}.`;
  return { part: { name: manifest.name, version: manifest.version, license: manifest.license ?? 'NOASSERTION' }, text };
}
