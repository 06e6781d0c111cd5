import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute } from '../../vagrant/execute.ts';
import { raise, type Host } from '../../vagrant/host.ts';

const top = resolve(import.meta.dirname, '../..');

/** The commands of the README, as they stand there, in one folder and on one host. */
describe('the README is true', () => {
  let folder: string;
  let host: Host;
  let fingerprint = 'unknown';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-readme-'));
    await symlink(join(top, 'pgark'), join(folder, 'pgark'));
    await symlink(join(top, 'manifests'), join(folder, 'manifests'));
  });

  afterAll(async () => {
    await host?.destroy();
    await rm(folder, { recursive: true });
  });

  test('what it says of the connected side can be typed', async () => {
    const commands = await commandsOf('build');

    for (const command of commands) {
      const { code, stdout, stderr } = await execute(['sh', '-ec', command.replace('FPR', fingerprint)], { cwd: folder, timeout: 900 });
      fingerprint = /fingerprint\s+([0-9A-F]{40})/.exec(stdout)?.[1] ?? fingerprint;
      expect(code, `${command}\n${stdout}\n${stderr}`).toBe(0);
    }

    expect(commands.length).toBeGreaterThan(4);
  });

  test('what it says of the isolated side can be typed', async () => {
    const commands = await commandsOf('target');
    host = await raise({ name: 'readme', suite: 'bookworm', network: { bridge: 'pgark-readme', address: '10.10.10.10/24' } });
    for (const file of ['pgark-slim-0.1.0.d12.x86_64.tar', 'bootstrap']) await host.copyIn(join(folder, 'out', file), `/root/${file}`);

    for (const command of commands) {
      const { code, stdout, stderr } = await host.run(['sh', '-ec', `cd /root; ${command.replace('FPR', fingerprint)}`], { timeout: 1200 });
      expect(code, `${command}\n${stdout}\n${stderr}`).toBe(0);
    }

    expect(commands.length).toBeGreaterThan(4);
  });
});

/** The lines of the block below `<!-- run: NAME -->`, without their comments. */
async function commandsOf(name: string): Promise<string[]> {
  const text = await readFile(join(top, 'README.md'), 'utf8');
  const block = new RegExp(`<!-- run: ${name} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(text)![1]!;
  return block.split('\n').map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== '');
}
