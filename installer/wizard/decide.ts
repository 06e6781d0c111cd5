import { isIP } from 'node:net';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { nearest } from '../../repo/core/nearest.ts';
import { caveatAmong } from '../inventory/caveat.ts';
import { defaults } from '../inventory/parameters.ts';
import { domain, identifier, path, roleName } from '../inventory/scalar.ts';
import { answerNames, templates, tunings, type AnswerName, type Answers } from './answers.ts';
import { everywhere, offered, rivalsAmong } from './extensions.ts';
import type { Machine } from './machine.ts';
import { isReachable, mistakesInNodes } from './nodes.ts';
import type { Texts } from './text.ts';
import { topologies, type Topology } from './topology.ts';

/** What the wizard knows before it asks. */
export interface Setting {
  machine: Machine;
  bundle: Descriptor;
  /** The answers in an inventory that is already there. */
  previous?: Partial<Answers> | undefined;
  texts: Texts;
}

/** The answer to propose, after the answers so far; undefined where only a person can know. */
export function propose<N extends AnswerName>(name: N, { machine, bundle, previous = {} }: Setting, soFar: Partial<Answers>): Answers[N] | undefined {
  const pg = soFar.pg ?? previous.pg ?? bundle.pg.at(-1)!;
  const isAlone = soFar.topology === 'single';
  const proposals: { [Name in AnswerName]: () => Answers[Name] | undefined } = {
    topology: () => previous.topology ?? 'single',
    template: () => (isAlone ? (previous.template ?? 'meta') : 'meta'),
    address: () => addressOf(machine, isAlone || isReachable(previous.address ?? '') ? previous.address : undefined),
    nodes: () => (isAlone ? [] : (previous.nodes ?? [])),
    sshUser: () => (isAlone ? '' : previous.sshUser || machine.user),
    sshKey: () => (isAlone ? '' : (previous.sshKey ?? '')),
    pg: () => (bundle.pg.includes(previous.pg ?? '') ? previous.pg : bundle.pg.at(-1)),
    tuning: () => previous.tuning ?? (isSmall(machine) ? 'tiny' : 'oltp'),
    extensions: () => (previous.extensions ?? []).filter((each) => namesOffered(bundle, pg).includes(each) && caveatAmong([each], bundle, pg) === undefined),
    database: () => previous.database ?? (soFar.topology === 'full' ? 'test' : 'meta'),
    user: () => previous.user ?? `dbuser_${(soFar.database ?? 'meta').toLowerCase()}`,
    domain: () => previous.domain ?? 'pgark.internal',
    data: () => previous.data ?? '/data',
  };
  return proposals[name]();
}

/** What is wrong with an answer, or undefined. */
export function check<N extends AnswerName>(name: N, value: Answers[N], { machine, bundle, texts }: Setting, soFar: Partial<Answers>): string | undefined {
  const pg = bundle.pg.includes(soFar.pg ?? '') ? soFar.pg! : bundle.pg.at(-1)!;
  const topology = topologies.find((each) => each === soFar.topology);
  const oneOf = (known: readonly string[]) => (text: string): string | undefined => (known.includes(text) ? undefined : texts.wrong.choice(text, known));
  const checks: { [Name in AnswerName]: (value: Answers[Name]) => string | undefined } = {
    topology: oneOf(topologies),
    template: (template) => oneOf(templates)(template) ?? (template === 'slim' && isOneOfSeveral(topology) ? texts.wrong.slim(topology) : undefined),
    address: (address) => checkAddress(address, machine, texts) ?? (isOneOfSeveral(topology) && !isReachable(address) ? texts.wrong.node(address) : undefined),
    nodes: (nodes) => mistakesInNodes(nodes, { topology, address: soFar.address, machine, texts }),
    sshUser: (user) => (topology === 'single' ? unasked(user, texts) : /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/.test(user) ? undefined : texts.wrong.sshUser),
    sshKey: (key) => (topology === 'single' ? unasked(key, texts) : key === '' || machine.hasFile(key) ? messageOf(path, key || '/') : texts.wrong.sshKey(key)),
    pg: oneOf(bundle.pg),
    tuning: oneOf(tunings),
    extensions: (names) => checkExtensions(names, bundle, pg, texts),
    database: (database) => (reservedDatabases.has(database) ? texts.wrong.reserved(database) : messageOf(identifier, database)),
    user: (user) => (isReservedRole(user) ? texts.wrong.reserved(user) : messageOf(startsWithLetter, user)),
    domain: (name) => messageOf(domain, name),
    data: (folder) => (folder === '/' || folder.endsWith('/') ? texts.wrong.folder : messageOf(path, folder)),
  };
  return checks[name](value);
}

/** Either every answer, or all that is wrong, each with its option, and all that only a person can know. */
export type Decision = { ok: true; answers: Answers } | { ok: false; wrong: readonly string[]; missing: readonly 'address'[] };

/** Decides without asking anybody: what is given goes before what is proposed. */
export function decide(given: Partial<Answers>, setting: Setting): Decision {
  const answers: Partial<Answers> = {};
  const missing: 'address'[] = [];
  for (const name of answerNames) {
    const value = given[name] ?? propose(name, setting, answers);
    if (value === undefined) missing.push('address');
    else Object.assign(answers, { [name]: value });
  }
  const wrong = mistakesIn(answers, setting);
  return wrong.length + missing.length > 0 ? { ok: false, wrong, missing } : { ok: true, answers: sorted(answers as Answers) };
}

/** What is wrong with answers, each with its option. */
export function mistakesIn(answers: Partial<Answers>, setting: Setting): string[] {
  return answerNames.flatMap((name) => {
    const mistake = answers[name] === undefined ? undefined : check(name, answers[name] as never, setting, answers);
    return mistake === undefined ? [] : [`--${flagOf(name)}  ${mistake}`];
  });
}

/** The option of the command line that gives an answer. */
export const flagOf = (name: AnswerName): string => flags[name] ?? name;

const flags: Partial<Record<AnswerName, string>> = { extensions: 'extension', nodes: 'node', sshUser: 'ssh-user', sshKey: 'ssh-key' };

export const sorted = (answers: Answers): Answers => ({ ...answers, extensions: [...new Set(answers.extensions)].sort() });

export const namesOffered = (bundle: Descriptor, pg: string): string[] => Object.values(offered(bundle, pg)).flatMap((list) => list.map((each) => each.name));

// Below this the memory of a connection no longer follows from that of the host (reference: fewer than 4 CPUs are tiny).
const isSmall = ({ cpus, memory }: Machine): boolean => cpus < 4 || memory < 3800;

function addressOf({ addresses, candidates }: Machine, previous: string | undefined): string | undefined {
  if (previous !== undefined && addresses.includes(previous)) return previous;
  return candidates.length === 1 ? candidates[0] : undefined;
}

function checkAddress(address: string, { addresses, candidates }: Machine, texts: Texts): string | undefined {
  if (isIP(address) === 0) return texts.wrong.address;
  return addresses.includes(address) || candidates.includes(address) ? undefined : texts.wrong.notHere(address, candidates);
}

const isOneOfSeveral = (topology: Topology | undefined): topology is Exclude<Topology, 'single'> => topology !== undefined && topology !== 'single';

const unasked = (answer: string, texts: Texts): string | undefined => (answer === '' ? undefined : texts.wrong.alone);

function checkExtensions(names: readonly string[], bundle: Descriptor, pg: string, texts: Texts): string | undefined {
  const known = namesOffered(bundle, pg);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined && everywhere.has(stranger)) return texts.wrong.everywhere(stranger);
  if (stranger !== undefined) return texts.wrong.extension(stranger, bundle.id, nearest(stranger, known));
  const caveat = caveatAmong(names, bundle, pg);
  if (caveat !== undefined) return caveat;
  const rivals = rivalsAmong(names, bundle, pg);
  return rivals && texts.wrong.rivals(...rivals);
}

// The name is also that of its password in the vault.
const startsWithLetter = roleName.regex(/^[a-z]/, 'must begin with a letter');

const messageOf = (schema: { safeParse(value: string): { error?: { issues: readonly { message: string }[] } | undefined } }, value: string): string | undefined => schema.safeParse(value).error?.issues[0]?.message;

const reservedDatabases = new Set(['postgres', 'template0', 'template1', 'pgbouncer', 'all', 'replication']);

const systemRoles = new Set(['pg_dbsu', 'pg_replication_username', 'pg_admin_username', 'pg_monitor_username'].map((name) => String(defaults[name])));

// PostgreSQL keeps names that begin with pg_ for itself (CREATE ROLE).
const isReservedRole = (name: string): boolean => systemRoles.has(name) || name.startsWith('pg_') || name.startsWith('dbrole_') || ['public', 'all', 'pgbouncer'].includes(name);
