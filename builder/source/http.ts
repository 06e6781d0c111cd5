import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from 'undici';

export interface HttpRequest {
  url: string;
  /** The first byte wanted, when the ones before it are at hand. */
  from?: number;
  /** The version of the file that those bytes are of; of another version, the server sends all (RFC 9110, 13.1.5). */
  validator?: string | undefined;
}

export interface HttpResponse {
  status: number;
  /** Where in the file the body begins: 0, or what was asked for. */
  from: number;
  /** The size of the whole file, undefined when the server does not say. */
  size: number | undefined;
  /** What names this version of the file: a strong entity tag or a date. */
  validator: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

/** The seam to the network. One attempt a call; the caller must read the body to its end, or leave the loop over it. */
export interface Http {
  get(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Speaks HTTP with undici: at most `connections` to a host, through the proxies that the environment names (http_proxy, https_proxy, no_proxy). */
export function openHttp(connections = 8): Http {
  const agent = new EnvHttpProxyAgent({ connections, connectTimeout: 15_000, headersTimeout: 30_000, bodyTimeout: 60_000 });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 5 }));
  return {
    get: (wanted) => get(dispatcher, wanted),
    close: () => agent.close(),
  };
}

/** An address as it may be shown: without the user and password that it may carry. */
export function shown(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1');
}

async function get(dispatcher: Dispatcher, { url, from = 0, validator }: HttpRequest): Promise<HttpResponse> {
  const { address, authorization } = withoutUser(url);
  const response = await request(address, {
    dispatcher,
    headers: {
      'user-agent': 'pgark',
      // A file that is packed on the way would have neither the size nor the digest of its index.
      'accept-encoding': 'identity',
      ...(authorization && { authorization }),
      ...(from > 0 && { range: `bytes=${from}-`, ...(validator && { 'if-range': validator }) }),
    },
  });
  return { status: response.statusCode, ...extent(response), validator: validatorOf(response), body: response.body };
}

function extent(response: Dispatcher.ResponseData): { from: number; size: number | undefined } {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header(response, 'content-range') ?? '') ?? [];
  if (response.statusCode === 206 && first !== undefined) return { from: Number(first), size: total === '*' ? undefined : Number(total) };
  const length = header(response, 'content-length');
  return { from: 0, size: length === undefined ? undefined : Number(length) };
}

/** Weak entity tags do not name bytes (RFC 9110, 8.8.1). */
function validatorOf(response: Dispatcher.ResponseData): string | undefined {
  const tag = header(response, 'etag');
  return tag?.startsWith('"') ? tag : header(response, 'last-modified');
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function withoutUser(url: string): { address: string; authorization?: string } {
  const parsed = new URL(url);
  if (!parsed.username && !parsed.password) return { address: url };
  const user = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
  parsed.username = parsed.password = '';
  return { address: parsed.href, authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}
