import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { probeStores, storeFindings } from '../../../installer/plan/stores.ts';
import { deploy, withVars } from '../role/deployment.ts';

const far = (port: number, more = 's3_key_secret: hidden'): string[] => ['pgbackrest_method: [ local, far ]', `pgbackrest_repo: { local: { path: /pg/backup }, far: { type: s3, s3_endpoint: s3.internal, storage_port: ${port}, s3_bucket: b, s3_region: r, s3_key: k, ${more} } }`, "node_default_etc_hosts: [ '127.0.0.1 other s3.internal' ]"];

async function found(...vars: string[]): Promise<string[]> {
  const { host } = await deploy([], { text: withVars(...vars) });
  const { argv } = probeStores(host);
  const { stdout } = await promisify(execFile)(argv[0], argv.slice(1));
  return storeFindings(host, { code: 0, stdout, stderr: '' }).map(({ code, message }) => `${code} ${message}`);
}

test('an object store that does not answer is told before anything is installed, and one that does is not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };

  const open = await found(...far(port));
  await new Promise((resolve) => server.close(resolve));

  expect(open).toEqual([]);
  expect(await found(...far(port))).toEqual([`store-unreachable s3.internal:${port} (pgbackrest_repo.far) does not answer`]);
});

test('a name that nobody knows yet is left to the deployment, and so is a cluster without an object store', async () => {
  const unknown = far(9000).with(2, 'node_default_etc_hosts: []').map((line) => line.replace('s3.internal', 'no-such-name.invalid'));

  expect(await found(...unknown)).toEqual([]);
  expect(await found()).toEqual([]);
});
