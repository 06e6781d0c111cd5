import { afterEach, describe, expect, test, vi } from 'vitest';
import { Fault } from '../../repo/core/fault.ts';
import { silent } from '../../repo/core/progress.ts';
import { demandRoot, ensure } from '../../vagrant/requirements.ts';

const as = (uid: number): void => {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
};

const faultOf = async (act: () => Promise<void>): Promise<Fault | undefined> => act().then(() => undefined, (error: unknown) => error as Fault);

describe('what this machine must have', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is left alone where it is there', async () => {
    as(1000);

    const fault = await faultOf(() => ensure([{ package: 'coreutils', known: 'ls' }, { package: 'base-files', known: '/etc/passwd' }], silent));

    expect(fault).toBeUndefined();
  });

  test('is named to a user, with the exact command', async () => {
    as(1000);

    const fault = await faultOf(() => ensure([{ package: 'coreutils', known: 'ls' }, { package: 'one', known: 'no-such-program' }, { package: 'two', known: '/no/such/file' }], silent));

    expect(fault).toMatchObject({ code: 'invalid', message: 'this machine lacks one, two', hint: 'sudo apt-get install -y --no-install-recommends one two' });
    expect(fault!.exitCode).toBe(3);
  });

  test('includes root, where hosts are raised', () => {
    as(1000);

    expect(() => demandRoot('the demo', 'sudo ./pgark demo')).toThrow('the demo raises hosts with systemd-nspawn, which takes root');
  });
});
