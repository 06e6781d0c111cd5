import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const top = resolve(import.meta.dirname, '../../../..');

/** Our files that `file` loads, itself among them, and the vendor libraries; not what is only imported as a type or on demand. */
function loadedBy(file: string, files = new Set<string>(), libraries = new Set<string>()): { files: Set<string>; libraries: Set<string> } {
  if (files.has(file)) return { files, libraries };
  files.add(file);
  for (const [, name] of readFileSync(join(top, file), 'utf8').matchAll(/^(?:import|export) (?!type )[^'";]*?from '([^']+)'/gms)) {
    if (name!.startsWith('./') || name!.startsWith('../')) loadedBy(relative(top, resolve(top, dirname(file), name!)), files, libraries);
    else if (!name!.startsWith('node:')) libraries.add(name!);
  }
  return { files, libraries };
}

test.each(['list', 'info', 'avail', 'group'])('ext %s loads no library but that of the schemas', (name) => {
  const files = new Set<string>();
  const libraries = new Set<string>();

  loadedBy('builder/main.ts', files, libraries);
  loadedBy(`builder/command/ext/${name}.ts`, files, libraries);

  expect([...libraries]).toEqual(['zod']);
  expect([...files]).not.toContain('builder/manifest/catalog.ts');
  expect(files.size).toBeGreaterThan(20);
});
