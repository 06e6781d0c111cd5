import type { AnswerName } from './answers.ts';

/** Everything that the wizard says to a person, in one language. */
export interface Texts {
  /** The short name of a question, on the review page. */
  labels: Readonly<Record<AnswerName | 'passwords', string>>;
  questions: Readonly<Record<AnswerName, string>>;
  /** The choices of a question, where they are not their own names. */
  choices: Readonly<Partial<Record<AnswerName, Readonly<Record<string, string>>>>>;
  seen(machine: { hostname: string; cpus: number; memory: number; free: number }): string;
  bundle(id: string, pg: readonly string[], extensions: number): string;
  startsFrom(file: string): string;
  /** The question for the address of one of the other hosts. */
  node(number: number, of: number): string;
  /** What stands for the key on the review page when none is named. */
  sshKeyFound: string;
  /** Why a topology of several hosts cannot be chosen. */
  unreachableHere: string;
  looking(hosts: number): string;
  met(line: string): string;
  noExtensions: string;
  serverModules: string;
  needed: string;
  passwords: string;
  passwordsGenerate: string;
  passwordsChoose: string;
  passwordFor(name: string): string;
  passwordAgain(name: string): string;
  passwordsDiffer: string;
  passwordGenerated: string;
  passwordChosen: string;
  passwordKept: string;
  review: string;
  reviewWrite: string;
  reviewChange: string;
  reviewLeave: string;
  changeWhich: string;
  handMade(file: string): string;
  wrong: {
    choice(value: string, known: readonly string[]): string;
    address: string;
    /** The address of another host leads nowhere. */
    node(address: string): string;
    nodeHere(address: string): string;
    nodeTwice(address: string): string;
    nodes(topology: string, wanted: number, given: number): string;
    slim(topology: string): string;
    sshUser: string;
    sshKey(path: string): string;
    /** An answer about other hosts where there are none. */
    alone: string;
    notHere(address: string, candidates: readonly string[]): string;
    extension(name: string, id: string, near: string | undefined): string;
    everywhere(name: string): string;
    rivals(one: string, other: string): string;
    reserved(name: string): string;
    password: string;
    passwordName(name: string, known: readonly string[]): string;
    folder: string;
  };
  missing: {
    address(candidates: readonly string[]): string;
  };
  left: string;
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

const english: Texts = {
  labels: {
    topology: 'topology',
    template: 'template',
    address: 'address',
    nodes: 'other hosts',
    sshUser: 'ssh user',
    sshKey: 'ssh key',
    pg: 'PostgreSQL',
    tuning: 'tuning',
    extensions: 'extensions',
    database: 'database',
    user: 'owner',
    domain: 'portal',
    data: 'data',
    passwords: 'passwords',
  },
  questions: {
    topology: 'How many hosts?',
    template: 'What shall run?',
    address: 'Under which address is this host known?',
    nodes: 'The other hosts',
    sshUser: 'Whom shall ssh log in as there? Root, or one who may use sudo',
    sshKey: 'File with the private key for it (empty: what ssh finds by itself)',
    pg: 'Which PostgreSQL?',
    tuning: 'What is it tuned for?',
    extensions: 'Which extensions shall the database have?',
    database: 'Name of the database',
    user: 'Name of its owner',
    domain: 'Domain name of the portal',
    data: 'Folder for all data',
  },
  choices: {
    topology: {
      single: 'one: PostgreSQL and everything around it on this host',
      dual: 'two: a primary here and a replica; where this host is lost, the replica cannot take over by itself (dual)',
      trio: 'three: PostgreSQL and etcd on each; the database survives the loss of any one (trio)',
      full: 'four: the portal here; PostgreSQL and etcd on three others, which survive the loss of any one (full)',
    },
    template: {
      meta: 'everything: PostgreSQL, etcd, portal, names, metrics, alerts (meta)',
      slim: 'PostgreSQL and what it needs: no portal, names, metrics, alerts (slim)',
    },
    tuning: {
      oltp: 'many short transactions (oltp)',
      olap: 'few long analytical queries (olap)',
      crit: 'data that must never be lost or leak (crit)',
      tiny: 'a small host (tiny)',
    },
  },
  seen: ({ hostname, cpus, memory, free }) => `${hostname}: ${cpus} CPU, ${gibibytes(memory * 2 ** 20)} memory, ${gibibytes(free)} free on disk`,
  bundle: (id, pg, extensions) => `${id}: PostgreSQL ${pg.join(', ')}, ${extensions} extensions`,
  startsFrom: (file) => `answers start from ${file}`,
  node: (number, of) => `Address of host ${number} of ${of}`,
  sshKeyFound: 'what ssh finds by itself',
  unreachableHere: 'this host has no address that others could reach',
  looking: (hosts) => `looking at ${hosts} hosts`,
  met: (line) => `met for the first time, and its key is pinned from now on: ${line}`,
  noExtensions: 'none',
  serverModules: 'modules of PostgreSQL itself',
  needed: 'needs',
  passwords: 'Passwords',
  passwordsGenerate: 'generate all of them; they are kept in the vault and not shown',
  passwordsChoose: 'choose some myself',
  passwordFor: (name) => `Password for ${name} (empty: generate)`,
  passwordAgain: (name) => `Password for ${name}, once more`,
  passwordsDiffer: 'the two are not the same',
  passwordGenerated: 'generated',
  passwordChosen: 'chosen',
  passwordKept: 'kept as they are',
  review: 'Is this right?',
  reviewWrite: 'yes, write it',
  reviewChange: 'no, change an answer',
  reviewLeave: 'leave, write nothing',
  changeWhich: 'Which one?',
  handMade: (file) => `${file} holds changes made by hand; they are not carried over, the backup keeps them`,
  wrong: {
    choice: (value, known) => `"${value}" is no choice; choices are ${known.join(', ')}`,
    address: 'must be an IP address',
    notHere: (address, candidates) => `${address} is no address of this host; it has ${candidates.join(', ')}`,
    node: (address) => `${address || '""'} is no IP address that other hosts can reach`,
    nodeHere: (address) => `${address} is this host itself; the others are asked for`,
    nodeTwice: (address) => `${address} is there twice`,
    nodes: (topology, wanted, given) => `topology ${topology} has ${wanted === 0 ? 'no other hosts' : `${wanted} ${wanted === 1 ? 'other host' : 'other hosts'}`}, and ${given} ${given === 1 ? 'is' : 'are'} given`,
    slim: (topology) => `slim has no portal, and topology ${topology} takes the packages of the other hosts from there: meta`,
    sshUser: 'must be the name of a user: letters, digits and _ . @ -',
    sshKey: (path) => `${path}: no such file, or one that cannot be read`,
    alone: 'topology single has no other hosts',
    extension: (name, id, near) => `${id} holds no extension "${name}"${near === undefined ? '' : `, did you mean "${near}"?`}`,
    everywhere: (name) => `every database has "${name}" already: it need not be chosen`,
    rivals: (one, other) => `${one} and ${other} cannot be installed together`,
    reserved: (name) => `"${name}" is taken by the system`,
    password: 'must be 8 or more letters, digits and _ . ~ + = ^ -, and none that everybody knows',
    passwordName: (name, known) => `there is no password "${name}" to choose; there are ${known.join(', ')}`,
    folder: 'must be an absolute path, below /',
  },
  missing: {
    address: (candidates) => `the address of this host, which has several: ${candidates.join(', ')}`,
  },
  left: 'nothing was written',
};

/** A further language is a further entry. */
const languages: Readonly<Record<string, Texts>> = { en: english };

/** The texts in the language of a locale such as `de_DE.UTF-8`, else in English. */
export const textsFor = (locale: string | undefined): Texts => languages[(locale ?? '').slice(0, 2)] ?? english;
