import { dirname, join, resolve } from 'node:path';
import { Descriptor } from '../../repo/bundle/descriptor.ts';
import { target } from '../../repo/bundle/paths.ts';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { printFault } from '../../repo/console/print.ts';
import { readDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import { makePassword } from '../vault/password.ts';
import { refuseLoss } from '../vault/lost.ts';
import { openVault, type Vault } from '../vault/vault.ts';
import { answerNames, passwordNames, templates, tunings, type AnswerName, type Answers } from '../wizard/answers.ts';
import { ask, type Reply } from '../wizard/ask.ts';
import { compose } from '../wizard/compose.ts';
import { decide, flagOf, mistakesIn, sorted, type Setting } from '../wizard/decide.ts';
import { offered } from '../wizard/extensions.ts';
import { freeAt, lookAtMachine } from '../wizard/machine.ts';
import { recall } from '../wizard/recall.ts';
import { reviewPage } from '../wizard/review.ts';
import { checkWritable, readPrevious, saveInventory, type Saved } from '../wizard/save.ts';
import { textsFor } from '../wizard/text.ts';
import { topologies } from '../wizard/topology.ts';
import { adopt } from './adopt.ts';
import { examine } from './examine.ts';
import { sudoOptions, sudoPasswordOf } from './options.ts';
import { readPasswords } from './password-files.ts';

export const configure: CommandSpec = {
  name: 'configure',
  about: 'asks what the deployment shall be and writes the inventory, pgark.yml',
  options: {
    inventory: { short: 'i', value: 'FILE', about: 'no questions: take this inventory, look at its hosts, and put it in place as it is' },
    topology: { value: 'NAME', about: `how many hosts: ${topologies.join(', ')}` },
    template: { value: 'NAME', about: `what shall run: ${templates.join(', ')}` },
    address: { value: 'ADDRESS', about: 'the address under which this host is known' },
    node: { value: 'ADDRESS', many: true, about: 'the address of another host, in order; again for each (dual has 1, trio 2, full 3)' },
    'ssh-user': { value: 'NAME', about: 'whom ssh logs in as on the other hosts: root, or one who may use sudo' },
    'ssh-key': { value: 'FILE', about: 'the private key for it; without it, what ssh finds by itself' },
    ...sudoOptions,
    pg: { value: 'MAJOR', about: 'the major version of PostgreSQL' },
    tuning: { value: 'NAME', about: `what it is tuned for: ${tunings.join(', ')}` },
    extension: { value: 'NAME', many: true, about: 'an extension of the database; again, or with commas, for several; "none" for none' },
    database: { value: 'NAME', about: 'the database' },
    user: { value: 'NAME', about: 'its owner' },
    domain: { value: 'NAME', about: 'the domain name of the portal' },
    data: { value: 'FOLDER', about: 'the folder for all data' },
    'password-file': { value: 'NAME=FILE', many: true, about: 'take a password from the first line of a file instead of generating it' },
    output: { short: 'o', value: 'FILE', about: `where to write (${target.inventory}); the vault lies beside it` },
    bundle: { value: 'FILE', about: `the descriptor of the bundle in use (${target.descriptor})` },
    'non-interactive': { about: 'ask nothing; fail when an answer is missing' },
  },
  notes: `Other hosts are looked at before anything is written: ssh, sudo, release, clock, ports, room. Their keys are pinned in known_hosts beside the inventory.\nStarted again, it goes on from the answers in the file that is there, and keeps a copy of that file.\nPasswords that can be given: ${passwordNames('OWNER').join(', ')}.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const { value, progress } = invocation;
  const file = resolve(value('output') ?? target.inventory);
  const texts = textsFor(process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG']);
  await checkWritable(file);
  const own = value('inventory');
  if (own !== undefined) return written(await adopt(own, invocation, { file, bundle: await readBundle(value('bundle') ?? target.descriptor), texts }), invocation);
  const previousText = await readPrevious(file);
  const setting: Setting = { machine: lookAtMachine(), bundle: await readBundle(value('bundle') ?? target.descriptor), previous: previousText === undefined ? undefined : recall(previousText, file), texts };
  const folder = join(dirname(file), 'vault');
  await refuseLoss(folder);
  const vault = await openVault(folder);
  if (setting.previous !== undefined && !isOurs(setting.previous, previousText!)) progress.warn(texts.handMade(file));
  const { answers, passwords } = await reply(invocation, setting, vault, { introduction: await introduction(setting, file), examine: examiner(invocation, setting, file) });
  for (const [name, secret] of passwords) vault.keep(name, secret);
  for (const name of passwordNames(answers.user)) if (!vault.has(name)) vault.keep(name, makePassword());
  await vault.save();
  return { ...written(await saveInventory(file, compose(answers)), invocation), answers };
}

function written(saved: Saved, { print }: Invocation): Saved {
  const { inventory: file, backup } = saved;
  print(saved.changed ? `written  ${file}${backup === undefined ? '' : `\nkept     ${backup}`}` : `${file} was so already`);
  print(`next     pgark install${file === target.inventory ? '' : ` --inventory ${file}`}`);
  return saved;
}

async function readBundle(path: string): Promise<Descriptor> {
  return readDocument(Descriptor, (await readGiven(path, 'bootstrap puts the bundle on this host first; or give --bundle FILE')).toString('utf8'), path);
}

/** Looks at the hosts that answers name, where there are others. */
function examiner(invocation: Invocation, { bundle, texts }: Setting, file: string): (answers: Answers) => Promise<void> {
  return async (answers) => {
    if (answers.topology === 'single') return;
    const sudoPassword = answers.sshUser === 'root' ? undefined : await sudoPasswordOf(invocation);
    const met = (line: string): void => invocation.progress.warn(texts.met(line));
    await invocation.progress.step(texts.looking(answers.nodes.length + 1), (progress) => examine({ text: compose(answers), file, bundle, progress, met, ...(sudoPassword && { sudoPassword }) }));
  };
}

/** What is worth knowing before the first question. */
async function introduction({ machine, bundle, previous, texts }: Setting, file: string): Promise<string[]> {
  const seen = texts.seen({ ...machine, free: await freeAt(previous?.data ?? '/data') });
  const holds = texts.bundle(bundle.id, bundle.pg, offered(bundle, bundle.pg.at(-1)!).own.length);
  return [seen, holds, ...(previous === undefined ? [] : [texts.startsFrom(file)])];
}

/** Whether the wizard wrote it so, or somebody has changed it since. */
const isOurs = (previous: Partial<Answers>, text: string): boolean => answerNames.every((name) => previous[name] !== undefined) && compose(sorted(previous as Answers)) === text;

/** From a person where there is one, otherwise from flags, the file that is there, and what can be proposed. */
async function reply(invocation: Invocation, setting: Setting, vault: Vault, { introduction, examine: look }: { introduction: readonly string[]; examine: (answers: Answers) => Promise<void> }): Promise<Reply> {
  const given = givenAnswers(invocation);
  const asks = invocation.interactive && !invocation.has('non-interactive');
  const decision = decide(given, setting);
  refuse(asks || decision.ok ? mistakesIn(given, setting) : decision.wrong);
  const user = given.user ?? setting.previous?.user ?? (decision.ok ? decision.answers.user : undefined);
  const passwords = await readPasswords(invocation.values('password-file'), user, setting.texts);
  if (asks) return ask({ introduction, setting, given, givenPasswords: passwords, isKept: vault.has, examine: look, tell: (fault) => printFault(fault, false), signal: invocation.signal });
  if (decision.ok) {
    invocation.print(reviewPage({ answers: decision.answers, passwords }, setting.texts, vault.has));
    await look(decision.answers);
    return { answers: decision.answers, passwords };
  }
  throw new Fault('invalid', `there is nobody to ask for ${decision.missing.join(', ')}`, {
    details: decision.missing.map((name) => `--${flagOf(name)}  ${setting.texts.missing[name](setting.machine.candidates)}`),
    hint: ['pgark configure', ...decision.missing.map((name) => `--${flagOf(name)} ${setting.machine.candidates[0]}`)].join(' '),
  });
}

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Fault('usage', 'these answers cannot be', { details: wrong, hint: 'pgark configure --help' });
}

/** Those answers that the command line gives. */
function givenAnswers({ value, values, has }: Invocation): Partial<Answers> {
  const list = (name: AnswerName): string[] => values(flagOf(name)).flatMap((text) => text.split(',')).filter((each) => each !== '' && each !== 'none');
  const read = (name: AnswerName): unknown => {
    if (name === 'extensions' || name === 'nodes') return list(name);
    const text = value(flagOf(name));
    return name === 'sshKey' && text ? resolve(text) : text;
  };
  return Object.fromEntries(answerNames.filter((name) => has(flagOf(name))).map((name) => [name, read(name)])) as Partial<Answers>;
}
