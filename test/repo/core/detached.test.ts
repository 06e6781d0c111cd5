import { describe, expect, test } from 'vitest';
import { makeKey, openSigner, readKeys, verifyDetached } from '../../../repo/core/signature.ts';

describe.each(['ed25519', 'rsa4096'] as const)('a signature of content that passes in pieces, %s', (kind) => {
  test('is good for the whole, whatever the pieces, and comes out the same twice', async () => {
    const signer = await openSigner((await makeKey(kind, 'test')).privateKey);
    const content = Buffer.from('across the gap '.repeat(1000));
    const sign = (size: number): Promise<string> => {
      const signing = signer.begin();
      for (let at = 0; at < content.length; at += size) signing.update(content.subarray(at, at + size));
      return signing.finish(signer.created);
    };

    const [once, again] = await Promise.all([sign(7), sign(4096)]);
    const keys = await readKeys([signer.publicKey], [signer.fingerprint], 'test');

    expect(again).toBe(once);
    await expect(verifyDetached(content, Buffer.from(once), keys, 'test')).resolves.toEqual({ signer: signer.fingerprint, date: signer.created });
    await expect(verifyDetached(content.subarray(1), Buffer.from(once), keys, 'test')).rejects.toThrow(expect.objectContaining({ code: 'untrusted' }));
  });
});
