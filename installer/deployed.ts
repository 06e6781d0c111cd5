import { lastReceipt } from './plan/receipt.ts';
import type { Transport } from './transport/command.ts';
import { lost, missingFrom, refuseLoss } from './vault/lost.ts';

/**
 * By address of the inventory: hosts on which there has been a run were given the secrets of a vault. One that is not whole any more must not be made whole in silence.
 * @throws Fault invalid
 */
export async function refuseStrangeVault(folder: string, transports: ReadonlyMap<string, Transport>): Promise<void> {
  await refuseLoss(folder);
  const missing = await missingFrom(folder);
  if (missing.length === 0) return;
  const hosts = await Promise.all([...transports].map(async ([name, transport]) => ({ name, receipt: (await transport.probe([lastReceipt]))[0]!.stdout.trim() })));
  const deployed = hosts.filter(({ receipt }) => receipt !== '').map(({ name }) => name);
  if (deployed.length > 0) throw lost(folder, missing, `and there has been a run on ${deployed.join(', ')} with a vault that was whole`);
}
