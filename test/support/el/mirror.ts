import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import type { ElPackages } from './packages.ts';
import type { Origin } from './recipe.ts';

/** The repositories behind the addresses that the manifests name: a file for `--mirrors`, and the server that it leads to. */
export interface ElMirror {
  mirrors: string;
  close(): Promise<void>;
}

/** Where the archives have them for EL 9 on x86_64: the name of the archive, then the path below its base address. */
const places: Readonly<Record<Origin, string>> = {
  baseos: 'rocky/9/BaseOS/x86_64/os',
  appstream: 'rocky/9/AppStream/x86_64/os',
  extras: 'rocky/9/extras/x86_64/os',
  crb: 'rocky/9/CRB/x86_64/os',
  'pgdg-common': 'pgdg-yum/common/redhat/rhel-9.8-x86_64',
  pgdg15: 'pgdg-yum/15/redhat/rhel-9.8-x86_64',
  'pigsty-infra': 'pigsty/yum/infra/x86_64',
};

/** Serves them on the loopback; the file is written into `folder`. */
export async function elMirror({ folder: made, key }: ElPackages, folder: string): Promise<ElMirror> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1));
    const origin = (Object.keys(places) as Origin[]).find((each) => path.startsWith(`${places[each]}/`));
    const file = origin && join(made, origin, path.slice(places[origin].length));
    if (file === undefined) return void response.writeHead(404).end();
    stat(file).then(
      ({ size }) => createReadStream(file).pipe(response.writeHead(200, { 'content-length': size })),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const mirrors = join(folder, 'mirrors.yml');
  const archives = [...new Set(Object.values(places).map((place) => place.split('/')[0]!))].toSorted();
  await writeFile(mirrors, ['archives:', ...archives.map((name) => `  ${name}: { url: 'http://127.0.0.1:${port}/${name}', keys: ['${relative(folder, key)}'] }`), ''].join('\n'));
  return {
    mirrors,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
