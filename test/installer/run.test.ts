import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Deployment } from '../../installer/deployment.ts';
import type { Plan } from '../../installer/plan/plan.ts';
import type { Receipt } from '../../installer/plan/receipt.ts';
import { kindOf } from '../../installer/resource/kinds.ts';
import { runPlan } from '../../installer/run.ts';
import type { Command, Completed, Transport } from '../../installer/transport/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { silent } from '../../repo/core/progress.ts';
import { thing } from './plan/fake-host.ts';

/** A host that does as it is told, keeps what it was told, and lets no second run have its lock. */
function obedient(answers: { lock?: Completed; act?: Completed } = {}) {
  const told: string[] = [];
  const receipts: Receipt[] = [];
  const fine = { code: 0, stdout: '', stderr: '' };
  const one = ({ argv, stdin }: Command): Completed => {
    const words = argv.join(' ');
    if (words.includes('/var/lib/pgark/receipts/')) receipts.push(JSON.parse(String(stdin)) as Receipt);
    const name = words.includes('/run/pgark.lock') ? (words.includes('set -C') ? 'lock' : 'release') : words.includes('receipts') ? 'receipt' : words;
    told.push(name);
    return name === 'lock' ? (answers.lock ?? fine) : name.startsWith('make') ? (answers.act ?? fine) : fine;
  };
  const transport: Transport = { host: 'h', probe: async (commands) => commands.map(() => ({ ...fine, code: 1 })), run: async (commands) => commands.map(one) };
  return { transport, told, receipts };
}

const folder = mkdtempSync(join(tmpdir(), 'pgark-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const deploymentOn = (transport: Transport, told: string[]): Deployment =>
  ({
    file: join(folder, 'pgark.yml'),
    facts: new Map([['10.0.0.1', { hostname: 'box' }]]),
    digest: 'd1',
    inventory: { bundle: { id: 'b1' } },
    vault: { save: async () => void told.push('vault'), settle: async () => {} },
    roster: { departed: [], save: async () => void told.push('roster') },
    transports: new Map([['10.0.0.1', transport]]),
  }) as unknown as Deployment;

const resource = thing('a');
const plan: Plan = { hosts: [{ address: '10.0.0.1', name: 'h', entries: [{ stage: 2, role: 'one', rollout: 'together', identity: kindOf(resource).identify(resource), resource, change: 'bring about', commands: resource.act }] }], lost: [] };

const acting = () => ({ progress: silent, signal: new AbortController().signal });

describe('a run', () => {
  test('locks, keeps the vault, says that it runs, changes, says what it did, unlocks: in this order', async () => {
    const { transport, told, receipts } = obedient();

    const run = await runPlan(plan, deploymentOn(transport, told), acting());

    expect(told).toEqual(['lock', 'vault', 'roster', 'receipt', 'receipt', 'make a', 'receipt', 'receipt', 'release']);
    expect(run).toMatchObject({ changed: 1, receipt: expect.stringMatching(/^\/var\/lib\/pgark\/receipts\/\d{8}T\d{6}Z\.json$/) });
    expect(receipts.map(({ result }) => result)).toEqual(['running', 'done']);
    expect(receipts[1]).toMatchObject({ format: 1, host: 'h', bundle: 'b1', inventory: 'd1', outcomes: [{ identity: 'condition a', result: 'changed' }] });
  });

  test('that fails leaves a receipt too, unlocks, and tells what a reader needs', async () => {
    const { transport, told, receipts } = obedient({ act: { code: 4, stdout: '', stderr: 'no luck\n' } });

    const run = runPlan(plan, deploymentOn(transport, told), acting());

    await expect(run).rejects.toMatchObject({ code: 'apply', message: 'condition a on h failed', details: ['h: 0 done, 0 not tried; failed: condition a (bring about):', '  no luck', expect.stringContaining('0 done, 0 not tried; receipt: /var/lib/pgark')] });
    expect(receipts.map(({ result }) => result)).toEqual(['running', 'failed']);
    expect(told.at(-1)).toBe('release');
  });

  test('on a host that is lost in the middle tells what was lost, not what could not be written after it', async () => {
    const { transport, told } = obedient();
    const run = transport.run;
    let lost = false;
    transport.run = async (commands) => {
      lost ||= commands[0]!.argv.join(' ') === 'make a';
      if (lost) throw new Fault('unreachable', 'h: lost while running make');
      return run(commands);
    };

    const done = runPlan(plan, deploymentOn(transport, told), acting());

    await expect(done).rejects.toMatchObject({ code: 'unreachable', details: expect.arrayContaining(['h: 0 done, 0 not tried; lost: condition a (bring about):', '  h: lost while running make']) });
  });

  test('ends as unreachable, with all done elsewhere, where a host was lost before it began', async () => {
    const { transport, told, receipts } = obedient();
    const because = new Fault('unreachable', '10.0.0.2: no root shell', { details: ['Connection refused'], hint: 'is sshd running there?' });

    const run = runPlan({ ...plan, lost: [{ address: '10.0.0.2', name: 'h2', because }] }, deploymentOn(transport, told), acting());

    await expect(run).rejects.toMatchObject({ code: 'unreachable', message: 'h2 could not be reached; what does not stand on it was done', details: ['h: 1 done, 0 not tried', 'h2: not reached, nothing was done:', '  10.0.0.2: no root shell', '  Connection refused', '  is sshd running there?', expect.stringContaining('1 done, 0 not tried; receipt')] });
    expect(receipts.map(({ result }) => result)).toEqual(['running', 'done']);
  });

  test('keeps what it knows of the hosts, for the day one of them cannot be asked', async () => {
    const { transport, told } = obedient();

    await runPlan(plan, deploymentOn(transport, told), acting());

    expect(JSON.parse(await readFile(join(folder, 'facts.json'), 'utf8'))).toEqual({ '10.0.0.1': { hostname: 'box' } });
  });

  test('does nothing at all while another one is under way, and says whose it is', async () => {
    const holder = JSON.stringify({ by: 'bob@admin-2', pid: 77, boot: 'elsewhere', since: '2026-11-22T08:00:00Z' });
    const { transport, told } = obedient({ lock: { code: 1, stdout: holder, stderr: '' } });

    const run = runPlan(plan, deploymentOn(transport, told), acting());

    await expect(run).rejects.toMatchObject({ code: 'apply', message: 'h: bob@admin-2 is changing this host since 2026-11-22T08:00:00Z (process 77)' });
    expect(told).toEqual(['lock']);
  });
});
