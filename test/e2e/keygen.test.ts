import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../repo/core/secret.ts';
import { openSigner } from '../../repo/core/signature.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const main = resolve(import.meta.dirname, '../../builder/main.ts');

let folder: string;
let screen: Terminal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-keygen-'));
  screen = openTerminal([process.execPath, '--disable-warning=ExperimentalWarning', main, 'keygen', '--ed25519', '--passphrase', '--out', join(folder, 'key')]);
});

afterEach(() => {
  screen.close();
  rmSync(folder, { recursive: true });
});

async function answer(question: string, text: string): Promise<void> {
  await screen.until(question);
  screen.type(text);
  screen.press('Enter');
}

test('a passphrase is asked for twice on a terminal, is not shown, and locks the key', async () => {
  await answer('passphrase: ', 'correct horse');
  await answer('once more: ', 'correct horse');
  await screen.until('rc=0');

  const path = join(folder, 'key', 'key');
  const fingerprint = /fingerprint +([0-9A-F]{40})/.exec(screen.everything())?.[1];
  expect(screen.everything()).not.toContain('horse');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await openSigner(readFileSync(path, 'utf8'), new Secret('correct horse'))).fingerprint).toBe(fingerprint);
  expect(execFileSync('gpg', ['--show-keys', '--with-colons', join(folder, 'key', 'public.asc')], { encoding: 'utf8' })).toContain(fingerprint);
});

test('two passphrases that differ make no key', async () => {
  await answer('passphrase: ', 'one');
  await answer('once more: ', 'two');
  await screen.until('rc=2');

  expect(screen.everything()).toContain('the two passphrases differ');
  expect(existsSync(join(folder, 'key'))).toBe(false);
});

test('Ctrl-C at the question makes no key', async () => {
  await screen.until('passphrase: ');
  screen.press('C-c');
  await screen.until('rc=130');

  expect(existsSync(join(folder, 'key'))).toBe(false);
});
