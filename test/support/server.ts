import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../repo/core/digest.ts';

/** Answers a request itself; `false` leaves it to the server. */
export type Meddle = (path: string, request: IncomingMessage, response: ServerResponse, content: Buffer | undefined) => boolean;

export interface MadeServer {
  url: string;
  /** `GET path` with the Range, if one was asked for. */
  requests: string[];
  /** What the server does beside serving; may be changed at any time. */
  meddle: Meddle;
  close(): Promise<void>;
}

/** Serves files over HTTP on the loopback, with Range, If-Range and entity tags. */
export async function serveFiles(files: ReadonlyMap<string, Uint8Array>): Promise<MadeServer> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1));
    const found = files.get(path);
    const content = found && Buffer.from(found);
    made.requests.push([path, request.headers.range].filter(Boolean).join(' '));
    if (!made.meddle(path, request, response, content)) answer(request, response, content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: MadeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    meddle: () => false,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}

export function answer(request: IncomingMessage, response: ServerResponse, content: Buffer | undefined): void {
  if (!content) {
    response.writeHead(404).end('nothing here');
    return;
  }
  const etag = `"${digestOf(content).slice(0, 16)}"`;
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  if (from === 0 || !same) response.writeHead(200, { etag, 'content-length': content.length }).end(content);
  else if (from >= content.length) response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  else response.writeHead(206, { etag, 'content-length': content.length - from, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }).end(content.subarray(from));
}

/** Sends the first bytes of a body that promises more, then cuts the connection. */
export function cutAfter(count: number, content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const etag = `"${digestOf(content).slice(0, 16)}"`;
  const head = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': content.length - from, ...head });
  response.write(content.subarray(from, from + count), () => setTimeout(() => response.destroy(), 25));
}
