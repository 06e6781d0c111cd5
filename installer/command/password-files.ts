import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import { Secret } from '../../repo/core/secret.ts';
import { passwordNames } from '../wizard/answers.ts';
import { isPassword } from '../wizard/ask.ts';
import type { Texts } from '../wizard/text.ts';

/** The passwords that `NAME=FILE` name, each the first line of its file. @throws Fault usage or invalid */
export async function readPasswords(flags: readonly string[], user: string | undefined, texts: Texts): Promise<Map<string, Secret>> {
  const passwords = new Map<string, Secret>();
  const known = passwordNames(user ?? 'OWNER');
  for (const flag of flags) {
    const [, name, file] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
    if (name === undefined || file === undefined) throw new Fault('usage', `--password-file takes NAME=FILE, not "${flag}"`);
    if (!known.includes(name)) throw new Fault('usage', texts.wrong.passwordName(name, known));
    const [line = ''] = (await readGiven(file)).toString('utf8').split(/\r?\n/);
    if (!isPassword(line)) throw new Fault('invalid', `${file}: ${texts.wrong.password}`);
    passwords.set(name, new Secret(line));
  }
  return passwords;
}
