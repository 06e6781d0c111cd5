import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDemo } from '../../vagrant/demo.ts';
import { execute, type Executed } from '../../vagrant/execute.ts';

const launcher = join(resolve(import.meta.dirname, '../..'), 'pgark');
const demo = (option?: string, stdin?: string): Promise<Executed> => execute([launcher, 'demo', ...(option ? [option] : [])], { timeout: 900, ...(stdin !== undefined && { stdin }) });

/** What the README says of the demo, as a new user types it. */
describe('the demo', () => {
  let mine = false;

  beforeAll(async () => {
    if (await findDemo()) throw new Error('a demo is up on this machine, and a test must not throw it away: ./pgark demo --down');
    mine = true;
  });

  afterAll(async () => {
    if (mine) await demo('--down');
  });

  test('brings up a database and says how to reach it and how to throw it away', async () => {
    const { code, stdout, stderr } = await demo();

    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/PostgreSQL \d+ runs on pgark-demo .* installed from pgark-slim-\S+ and nothing else/);
    expect(stdout).toContain('./pgark demo --psql');
    expect(stdout).toContain('./pgark demo --down');
    expect(stdout).toContain('packets that tried to leave it since it was raised: 0');
  });

  test('tells its state again', async () => {
    const { code, stdout } = await demo('--status');

    expect(code).toBe(0);
    expect(stdout).toContain('all is as the inventory says');
  });

  test('gives psql and a shell', async () => {
    const [psql, shell] = [await demo('--psql', 'SELECT 6 * 7;\n'), await demo('--shell', 'hostname\n')];

    expect(psql.stdout).toContain('42');
    expect(shell.stdout).toBe('pg-meta-1\n');
  });

  test('is thrown away, and only once', async () => {
    expect((await demo('--down')).stdout).toBe('pgark-demo is gone\n');
    expect((await demo('--down')).stdout).toBe('pgark-demo was not there\n');
    expect((await demo('--status')).code).toBe(7);
  });
});
