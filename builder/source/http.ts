import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from 'undici';
import { Fault } from '../../repo/core/fault.ts';

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

export interface HttpSetting {
  /** Ends what is on its way. */
  signal?: AbortSignal;
  /** At most so many to a host. */
  connections?: number;
  /** Where http_proxy, https_proxy and no_proxy are looked up. */
  env?: NodeJS.ProcessEnv;
}

/** Speaks HTTP with undici. */
export function openHttp({ signal, connections = 8, env = process.env }: HttpSetting = {}): Http {
  const agent = new EnvHttpProxyAgent({ ...proxiesOf(env), connections, connectTimeout: 15_000, headersTimeout: 30_000, bodyTimeout: 60_000 });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 5 }));
  return {
    get: async (wanted) => {
      if (signal?.aborted) throw new Fault('fetch', 'interrupted', { hint: 'what has come is kept; the same command goes on from there' });
      return get(dispatcher, wanted, signal);
    },
    close: () => agent.destroy(),
  };
}

/** Empty stands for none, so that undici does not look into this process's own environment. */
function proxiesOf(env: NodeJS.ProcessEnv): { httpProxy: string; httpsProxy: string; noProxy: string } {
  const value = (name: string): string => env[name] ?? env[name.toUpperCase()] ?? '';
  return { httpProxy: value('http_proxy'), httpsProxy: value('https_proxy') || value('http_proxy'), noProxy: value('no_proxy') };
}

/** An address as it may be shown: without the user and password that it may carry. */
export function shown(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/]*@/, '$1');
}

async function get(dispatcher: Dispatcher, { url, from = 0, validator }: HttpRequest, signal: AbortSignal | undefined): Promise<HttpResponse> {
  const { address, authorization } = withoutUser(url);
  const response = await request(address, {
    dispatcher,
    signal: signal ?? null,
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
