import { expect, test } from 'vitest';
import { unbzip2 } from '../../../repo/core/bzip2.ts';

test('without the program bzip2 it says what to install', async () => {
  const unpacking = unbzip2(Buffer.from('x'), 'no-such-bzip2').next();

  await expect(unpacking).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('the program no-such-bzip2 is not there'), hint: expect.stringContaining('apt-get install bzip2') });
});
