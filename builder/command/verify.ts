import { bytes, few } from '../../repo/console/print.ts';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { openBundle } from '../../repo/bundle/open.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Fingerprint } from '../../repo/core/signature.ts';
import { auditBundle, isAudited } from '../tree/audit.ts';

export const verify: CommandSpec = {
  name: 'verify',
  arguments: 'BUNDLE.tar',
  about: 'checks everything that a target would check, without unpacking',
  options: { fingerprint: { value: 'FPR', about: 'the fingerprint of the key that must have signed it' } },
  notes: 'The signature over the list of files, the digest and the place of every file, the signature of the repository inside,\nits indexes, every package against them, and the descriptor; of RPM packages their own signatures too, by the keys\nthat the bundle brings. Nothing is unpacked.',
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const [path, ...more] = invocation.args;
  const given = invocation.value('fingerprint');
  if (path === undefined || more.length > 0) throw new Fault('usage', 'one bundle is needed', { hint: 'pgark verify BUNDLE.tar --fingerprint FPR' });
  if (given === undefined) throw new Fault('usage', 'which key should have signed it?', { hint: `pgark verify ${path} --fingerprint FPR` });
  const fingerprint = readFingerprint(given);
  const bundle = await invocation.progress.step(`checking ${path}`, async () => {
    const opened = await openBundle(path, fingerprint, isAudited);
    await auditBundle(opened, path);
    return opened;
  });
  const { descriptor, signer, files } = bundle;
  const size = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  invocation.print(`${descriptor.id} is good: ${files.size} files, ${bytes(size)}, ${descriptor.packages} packages\nsigned by  ${signer}\non         ${bundle.date.toISOString()}${describeBaselines(descriptor)}`);
  return { id: descriptor.id, signer, date: bundle.date.toISOString(), files: files.size, size, packages: descriptor.packages, baselines: descriptor.baselines };
}

/** What its maker says; the bundle alone cannot prove it again. */
function describeBaselines({ baselines }: Descriptor): string {
  if (baselines.length === 0) return '';
  const told = baselines.map(({ name, failing }) => (failing.length === 0 ? name : `${name} (but for ${few(failing.flatMap((each) => each.roots))})`));
  return `\nproven on  ${told.join(', ')}`;
}

/** A fingerprint as people write it: in groups, in small letters, with 0x. @throws Fault usage */
export function readFingerprint(text: string): Fingerprint {
  const fingerprint = text.replace(/^0x/i, '').replace(/[\s:]/g, '').toUpperCase();
  if (!/^[0-9A-F]{40}$/.test(fingerprint)) throw new Fault('usage', `a fingerprint has 40 hexadecimal digits: ${text}`);
  return fingerprint;
}
