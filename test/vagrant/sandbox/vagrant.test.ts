import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silent } from '../../../repo/core/progress.ts';
import { statesIn } from '../../../vagrant/sandbox/nodes.ts';
import type { Sandbox } from '../../../vagrant/sandbox/sandbox.ts';
import { vagrant } from '../../../vagrant/sandbox/vagrant.ts';

const sandbox: Sandbox = { spec: 'trio', provider: 'libvirt', os: 'el9', pg: '17', bundle: '/srv/x.tar', bootstrap: '/srv/bootstrap', fingerprint: 'ABCD', deployed: false };
let folder: string;

/** A program in the place of Vagrant. */
async function pretend(script: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin/vagrant'), `#!/bin/sh\n${script}`);
  await chmod(join(folder, 'bin/vagrant'), 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-vagrant-'));
  vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('Vagrant', () => {
  test('is told everything that the Vagrantfile reads', async () => {
    await pretend('env | grep -E "^(PGARK|VAGRANT)_" | sort; echo "$@"');

    const told = await vagrant(['up', '--provision'], { sandbox, progress: silent });

    expect(told.split('\n')).toEqual(expect.arrayContaining(['PGARK_BOOTSTRAP=/srv/bootstrap', 'PGARK_BUNDLE=/srv/x.tar', 'PGARK_FINGERPRINT=ABCD', 'PGARK_OS=el9', 'PGARK_PG=17', 'PGARK_SPEC=trio', 'VAGRANT_DEFAULT_PROVIDER=libvirt', 'up --provision']));
  });

  test('is quoted when it fails, with what to do next', async () => {
    await pretend('echo "bringing it up"; echo "no such box" >&2; exit 4');

    await expect(vagrant(['up'], { sandbox, progress: silent })).rejects.toMatchObject({
      code: 'apply',
      message: 'vagrant up ended with 4',
      details: ['bringing it up', 'no such box'],
      hint: expect.stringContaining('pgark sandbox down trio') as string,
    });
  });

  test('ends what it is at when it is interrupted, and is waited for', async () => {
    const order = new AbortController();
    await pretend(`trap 'sleep 0.3; echo tidy >${join('"$HOME"', 'end')}; exit 1' INT\necho started\nwhile :; do sleep 0.1; done`);
    vi.stubEnv('HOME', folder);

    const interrupted = vagrant(['up'], { sandbox, progress: { ...silent, say: () => order.abort(new Error('Ctrl-C')) }, signal: order.signal });

    await expect(interrupted).rejects.toThrow('Ctrl-C');
    expect(await readFile(join(folder, 'end'), 'utf8')).toBe('tidy\n');
  });
});

test('the states of nodes are read from what Vagrant prints for machines', () => {
  const text = ['1700000000,node-2,metadata,provider,lxc', '1700000000,node-2,state,running', '1700000000,node-1,state,not_created', '1700000000,,ui,info,Current machine states'].join('\n');

  expect([...statesIn(text)]).toEqual([
    ['node-2', 'running'],
    ['node-1', 'not created'],
  ]);
});
