import { shell } from '../transport/command.ts';
import { groupOfPath } from './mode.ts';
import type { LinkResource, Many } from './resource.ts';

/** Many links in one question. */
export const manyLinks: Many<LinkResource> = {
  group: ({ path }) => groupOfPath(path),
  probe: (wanted) => ({ argv: shell(`for path; do if [ -L "$path" ]; then printf 'to '; readlink -- "$path"; else echo; fi; done`, ...wanted.map(({ path }) => path)) }),
  part: ({ stdout }, wanted) => {
    const lines = stdout.split('\n');
    return wanted.map((_each, place) => (lines[place]?.startsWith('to ') ? { code: 0, stdout: lines[place].slice(3), stderr: '' } : { code: 1, stdout: '', stderr: '' }));
  },
};
