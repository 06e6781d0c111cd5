import net from 'node:net';

/** The law "sealed": unit tests reach no network but loopback. A connection elsewhere fails the test that made it. */
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const host = hostOf(args);
  if (host !== undefined && !/^(localhost|127\.|::1$|\/)/.test(host)) throw new Error(`sealed: a unit test tried to reach ${host}`);
  return (connect as (...all: unknown[]) => net.Socket).apply(this, args);
} as typeof connect;

/** The host of `connect(options)` and `connect(port, host)`; a path or a bare port stays on this machine. */
function hostOf(args: unknown[]): string | undefined {
  const first = (Array.isArray(args[0]) ? args[0][0] : args[0]) as { host?: string } | number | string | undefined;
  if (typeof first === 'object') return first.host;
  return typeof first === 'number' && typeof args[1] === 'string' ? args[1] : undefined;
}
