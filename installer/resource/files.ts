import { shell } from '../transport/command.ts';
import { groupOfPath, nodeLines, statAll } from './mode.ts';
import type { FileResource, Many } from './resource.ts';

/** Many files in one question: one stat(1) and one sha256sum(1) for all. */
export const manyFiles: Many<FileResource> = {
  group: ({ path }) => groupOfPath(path),
  probe: (wanted) => ({ argv: shell(probingMany, ...wanted.map(({ path }) => path)) }),
  part: ({ stdout }, wanted) => {
    const [nodes = '', sums = ''] = stdout.split(`${divider}\n`);
    const lines = nodeLines(nodes);
    // sha256sum(1): the sum, a blank, a blank or an asterisk, the name.
    const digests = new Map([...sums.matchAll(/^([0-9a-f]{64}) .(.*)$/gm)].map(([, digest, path]) => [path!, digest!]));
    return wanted.map(({ path }) => ({ code: lines.has(path) ? 0 : 1, stdout: `${lines.get(path) ?? ''}${digests.has(path) ? `${digests.get(path)}  -\n` : ''}`, stderr: '' }));
  },
};

const divider = '--pgark-sums';

const probingMany = `
${statAll} || :
echo '${divider}'
count=$#
for path; do
  if [ -f "$path" ] && [ ! -L "$path" ]; then set -- "$@" "$path"; fi
done
shift "$count"
if [ "$#" -gt 0 ]; then sha256sum -- "$@" || :; fi
`;
