import { basename } from 'node:path';
import { target } from '../../repo/bundle/paths.ts';
import { report, inLines } from '../../repo/console/report.ts';
import { builtIn, buildInto, type Built } from '../../vagrant/bundle.ts';
import type { Host } from '../../vagrant/host.ts';
import type { Suite } from '../../vagrant/root.ts';
import { ofRun } from './of-run.ts';

/** A bundle of this tree, built once in a run; what a build downloads is kept between runs. */
export async function bundleFor(suite: Suite, name = 'slim'): Promise<Built> {
  const progress = report(inLines);
  return builtIn(await ofRun(`${name}-${suite}`, (folder) => buildInto(folder, name, suite, progress)), progress);
}

/** Puts the files of a build on a host, the way an operator carries them there. */
export async function carry(bundle: Built, host: Host): Promise<string> {
  const tar = `/root/${basename(bundle.tar)}`;
  await host.copyIn(bundle.tar, tar);
  await host.copyIn(bundle.bootstrap, '/root/bootstrap');
  return tar;
}

/** Carries the bundle over and takes it in. */
export async function bootstrap(bundle: Built, host: Host): Promise<void> {
  const tar = await carry(bundle, host);
  await host.must(['sh', '/root/bootstrap', tar, '--fingerprint', bundle.fingerprint]);
  await host.must(['rm', tar]);
}

/** SQL over TCP as the administrator on a host itself. */
export const sql = (host: Host, port: number, database: string, text: string): Promise<string> => sqlAt(host, { port, database }, text);

/** Where a session goes, and as whom: as the administrator unless it says otherwise. */
export interface Way {
  address?: string;
  port: number;
  database: string;
  user?: string;
  /** The name of the user's password in the vault. */
  secret?: string;
}

/** SQL over TCP from the host with the vault, with the password that the vault made; the value is never in an argument. */
export async function sqlAt(host: Host, { address = '127.0.0.1', port, database, user = 'dbuser_dba', secret = 'pg_admin_password' }: Way, text: string): Promise<string> {
  const answer = await host.must(
    `PGPASSWORD=$(sed -n 's/.*"${secret}": *"\\([^"]*\\)".*/\\1/p' /etc/pgark/vault/secrets.json)
     export PGPASSWORD
     exec psql -X -A -t -v ON_ERROR_STOP=1 -h ${address} -p ${port} -U ${user} ${database}`,
    { stdin: text },
  );
  return answer.trim();
}

/** An instant query to the metrics store of a host; it listens on loopback only. */
export async function query(host: Host, expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const address = `http://127.0.0.1:8428/api/v1/query?query=${encodeURIComponent(expression)}`;
  const text = await host.must([target.node, '--eval', `fetch(${JSON.stringify(address)}).then((answer) => answer.text()).then(console.log)`]);
  return (JSON.parse(text) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } }).data.result;
}

/** Waits until `act` answers with something, at most so many seconds; what it said last is told otherwise. */
export async function until<T>(seconds: number, what: string, act: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await act();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
