import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundle } from '../installer/inventory/sample.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const main = resolve(import.meta.dirname, '../../installer/main.ts');

let folder: string;
let terminal: Terminal | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-wizard-'));
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
});
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  rmSync(folder, { recursive: true });
});

const command = (name: string, ...flags: string[]): string[] => [process.execPath, '--disable-warning=ExperimentalWarning', main, 'configure', '--bundle', join(folder, 'bundle.json'), '--output', join(folder, name, 'pgark.yml'), ...flags];

const runPlainly = (name: string, ...flags: string[]) => {
  const [program, ...rest] = command(name, ...flags);
  return spawnSync(program!, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } });
};

const written = (name: string): string => readFileSync(join(folder, name, 'pgark.yml'), 'utf8');
const mode = (path: string): string => (statSync(join(folder, path)).mode & 0o777).toString(8);
const listing = (name: string): string[] => (existsSync(join(folder, name)) ? readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).sort() : []);

// The address is given in most of these: the machine that runs the tests may have any number of them.
const address = ['--address', '127.0.0.1'];

/** From the first question up to the one for the database, taking what is proposed, with the extension postgis. */
async function answerUpToDatabase(screen: Terminal): Promise<void> {
  await screen.until('How many hosts?');
  screen.press('Enter');
  await screen.until('What shall run?');
  screen.press('Enter');
  await screen.until('Which PostgreSQL?');
  screen.press('Enter');
  await screen.until('What is it tuned for?');
  screen.press('Home', 'Up', 'Up', 'Up', 'Up');
  screen.press('Enter');
  await screen.until('Which extensions shall the database have?');
}

/** Takes every answer from the database on as proposed, up to the question for passwords. */
async function takeTheRest(screen: Terminal): Promise<void> {
  for (const question of ['Name of the database', 'Name of its owner', 'Domain name of the portal', 'Folder for all data']) {
    await screen.until(question);
    screen.press('Enter');
  }
  await screen.until('? Passwords');
}

describe('a first run in a terminal', () => {
  test('asks, shows a page to review, and writes the inventory and the vault, readable by the owner only', async () => {
    terminal = openTerminal(command('first', ...address));
    await answerUpToDatabase(terminal);
    terminal.press('Down', 'Space', 'Enter');
    await terminal.until('Name of the database');
    terminal.type('template1');
    terminal.press('Enter');
    await terminal.until('"template1" is taken by the system');
    for (let index = 0; index < 9; index++) terminal.press('BSpace');
    terminal.type('shop');
    terminal.press('Enter');
    await terminal.until('Name of its owner (dbuser_shop)');
    terminal.press('Enter');
    await terminal.until('Domain name of the portal');
    terminal.press('Enter');
    await terminal.until('Folder for all data');
    terminal.press('Enter');
    await terminal.until('? Passwords');
    terminal.press('Down', 'Enter');
    await terminal.until('Password for dbuser_shop (empty: generate)');
    terminal.type('correct-horse-9');
    terminal.press('Enter');
    await terminal.until('Password for dbuser_shop, once more');
    terminal.type('correct-horse-9');
    terminal.press('Enter');
    await terminal.until('Password for pg_admin_password (empty: generate)');
    terminal.press('Enter');
    await terminal.until('Is this right?');
    expect(existsSync(join(folder, 'first'))).toBe(false);
    terminal.press('Enter');
    await terminal.until('rc=0');

    expect(terminal.everything()).toMatch(/extensions {2}postgis\n {2}database {4}shop\n/);
    expect(terminal.everything()).not.toContain('correct-horse-9');
    expect(listing('first')).toEqual(['pgark.yml', 'vault', 'vault/issued', 'vault/secrets.json']);
    expect([mode('first/pgark.yml'), mode('first/vault'), mode('first/vault/secrets.json')]).toEqual(['600', '700', '600']);
    expect(JSON.parse(readFileSync(join(folder, 'first/vault/secrets.json'), 'utf8'))).toMatchObject({ dbuser_shop: 'correct-horse-9', pg_admin_password: expect.stringMatching(/^[A-Za-z][A-Za-z0-9]{31}$/) });
    expect(written('first')).not.toContain('correct-horse-9');
  });

  test('gives the same file as the same answers by options', async () => {
    terminal = openTerminal(command('asked', ...address));
    await answerUpToDatabase(terminal);
    terminal.press('Down', 'Space', 'Enter');
    await takeTheRest(terminal);
    terminal.press('Enter');
    await terminal.until('Is this right?');
    terminal.press('Enter');
    await terminal.until('rc=0');

    const told = runPlainly('told', ...address, '--tuning', /pg_conf: (\w+)/.exec(written('asked'))![1]!, '--extension', 'postgis', '--non-interactive');

    expect(told.status).toBe(0);
    expect(written('told')).toBe(written('asked'));
  });

  test('rivals cannot be chosen together', async () => {
    terminal = openTerminal(command('rivals', ...address));
    await answerUpToDatabase(terminal);

    terminal.press('Space', 'Down', 'Down', 'Down', 'Space', 'Enter');

    await terminal.until('pg_cron and rival cannot be installed together');
  });

  test('an answer can be changed on the review page', async () => {
    terminal = openTerminal(command('changed', ...address, '--extension', 'none', '--topology', 'single', '--template', 'meta', '--pg', '15', '--tuning', 'oltp'));
    await takeTheRest(terminal);
    terminal.press('Enter');
    await terminal.until('Is this right?');
    terminal.press('Down', 'Enter');
    await terminal.until('Which one?');
    terminal.press('Up', 'Up', 'Enter');
    await terminal.until(/\? Folder for all data/);
    terminal.type('/srv/pg');
    terminal.press('Enter');
    await terminal.until('data        /srv/pg');
    terminal.press('Enter');
    await terminal.until('rc=0');

    expect(written('changed')).toContain('pg_fs_main: /srv/pg/postgres');
  });
});

describe('a second run in a terminal', () => {
  test('starts from the answers that are there, and with the same answers writes nothing', async () => {
    runPlainly('again', ...address, '--database', 'shop', '--extension', 'vector', '--domain', 'db.example', '--tuning', 'olap');
    const before = written('again');
    terminal = openTerminal(command('again'));
    await terminal.until('answers start from');
    await terminal.until('How many hosts?');
    terminal.press('Enter');
    await terminal.until('What shall run?');
    terminal.press('Enter');
    await terminal.until(/Which PostgreSQL\?|Under which address/);
    if (terminal.everything().includes('Under which address')) {
      terminal.press('Enter');
      await terminal.until('Which PostgreSQL?');
    }
    terminal.press('Enter');
    await terminal.until(/❯ few long analytical queries/);
    terminal.press('Enter');
    await terminal.until(/◉ vector/);
    terminal.press('Enter');
    await takeTheRest(terminal);
    terminal.press('Enter');
    await terminal.until('Is this right?');
    terminal.press('Enter');
    await terminal.until('rc=0');

    expect(terminal.everything()).toContain('was so already');
    expect(written('again')).toBe(before);
    expect(listing('again').filter((name) => name.endsWith('.bak'))).toEqual([]);
  });

  test('keeps a copy of the file before it writes another', () => {
    runPlainly('kept', ...address, '--database', 'one');
    const first = written('kept');
    runPlainly('kept', ...address, '--database', 'two');
    const second = written('kept');

    const third = runPlainly('kept', ...address, '--database', 'three');

    expect(third.stdout).toContain(`kept     ${join(folder, 'kept', 'pgark.yml.2.bak')}`);
    expect(readFileSync(join(folder, 'kept', 'pgark.yml.1.bak'), 'utf8')).toBe(first);
    expect(readFileSync(join(folder, 'kept', 'pgark.yml.2.bak'), 'utf8')).toBe(second);
    expect(mode('kept/pgark.yml.2.bak')).toBe('600');
  });

  test('says that changes made by hand are not carried over', () => {
    runPlainly('hand', ...address);
    writeFileSync(join(folder, 'hand', 'pgark.yml'), written('hand').replace('pg_cluster: pg-meta', 'pg_cluster: pg-meta\n        pg_port: 5555'));

    const again = runPlainly('hand', ...address);

    expect(again.stderr).toContain('holds changes made by hand; they are not carried over, the backup keeps them');
    expect(readFileSync(join(folder, 'hand', 'pgark.yml.1.bak'), 'utf8')).toContain('pg_port: 5555');
  });

  test('a file that is no valid inventory is left alone', () => {
    runPlainly('broken', ...address);
    writeFileSync(join(folder, 'broken', 'pgark.yml'), written('broken').replace('pg_version', 'pg_verison'));
    const before = written('broken');

    const again = runPlainly('broken', ...address);

    expect(again.status).toBe(3);
    expect(again.stderr).toContain('unknown parameter "pg_verison", did you mean "pg_version"?');
    expect(written('broken')).toBe(before);
  });
});

describe('leaving', () => {
  test.each([
    ['Ctrl-C at the first question', async () => {}],
    ['Ctrl-C on the review page', async (screen: Terminal) => {
      await answerUpToDatabase(screen);
      screen.press('Enter');
      await takeTheRest(screen);
      screen.press('Enter');
      await screen.until('Is this right?');
    }],
  ])('%s leaves all as it was', async (_, upTo) => {
    runPlainly('left', ...address, '--database', 'before');
    const secrets = readFileSync(join(folder, 'left/vault/secrets.json'), 'utf8');
    const before = [listing('left'), written('left')];
    terminal = openTerminal(command('left', ...address));
    await terminal.until('How many hosts?');
    await upTo(terminal);

    terminal.press('C-c');
    await terminal.until(/rc=\d/);

    expect(terminal.everything()).toContain('rc=2');
    expect(terminal.everything()).toContain('nothing was written');
    expect([listing('left'), written('left')]).toEqual(before);
    expect(readFileSync(join(folder, 'left/vault/secrets.json'), 'utf8')).toBe(secrets);
  });
});

describe('without a terminal', () => {
  test('two addresses are told with the option and the candidates, and nothing is written', () => {
    const script = 'ip link set lo up; ip link add a0 type veth peer name a1; ip addr add 10.9.0.1/24 dev a0; ip addr add 10.9.1.1/24 dev a1; ip link set a0 up; ip link set a1 up; exec "$@"';

    const result = spawnSync('unshare', ['-n', 'sh', '-c', script, 'sh', ...command('none')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

    expect(result.stderr).toBe('error  there is nobody to ask for address\n       --address  the address of this host, which has several: 10.9.0.1, 10.9.1.1\nhint   pgark configure --address 10.9.0.1\n');
    expect(result.status).toBe(3);
    expect(listing('none')).toEqual([]);
  });

  test('a password comes from a file, and is not shown', () => {
    writeFileSync(join(folder, 'password'), 'correct-horse-9\n');

    const result = runPlainly('file', ...address, '--password-file', `pg_admin_password=${join(folder, 'password')}`);

    expect(result.status).toBe(0);
    expect(result.stdout + result.stderr).not.toContain('correct-horse-9');
    expect(JSON.parse(readFileSync(join(folder, 'file/vault/secrets.json'), 'utf8'))).toMatchObject({ pg_admin_password: 'correct-horse-9', dbuser_meta: expect.stringMatching(/^[A-Za-z][A-Za-z0-9]{31}$/) });
  });

  test('everything wrong is told at once, and nothing is written', () => {
    const result = runPlainly('wrong', ...address, '--pg', '9', '--tuning', 'fast', '--extension', 'postgs');

    expect(result.status).toBe(2);
    expect(result.stderr).toContain('--pg  "9" is no choice; choices are 15');
    expect(result.stderr).toContain('--tuning  "fast" is no choice; choices are oltp, olap, crit, tiny');
    expect(result.stderr).toContain('--extension  pgark-debian-0.1.0.d12.x86_64 holds no extension "postgs", did you mean "postgis"?');
    expect(listing('wrong')).toEqual([]);
  });

  test('--json answers with one object', () => {
    const result = runPlainly('json', ...address, '--json');

    expect(JSON.parse(result.stdout)).toMatchObject({ inventory: join(folder, 'json', 'pgark.yml'), changed: true, answers: { address: '127.0.0.1', pg: '15' } });
  });
});
