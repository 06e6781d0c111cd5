// Carries a connection with 25 ms of delay each way: `ProxyCommand node delay.mjs %h %p`. For kernels that have no netem.
import { connect } from 'node:net';

const [host, port] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), noDelay: true });
const carry = (from, to) => from.on('data', (chunk) => setTimeout(() => to.write(chunk), 25)).on('end', () => setTimeout(() => to.end(), 25));

carry(process.stdin, socket);
carry(socket, process.stdout);
socket.on('error', () => process.exit(1)).on('close', () => setTimeout(() => process.exit(0), 50));
