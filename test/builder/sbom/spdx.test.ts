import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSbom } from '../../../builder/sbom/spdx.ts';
import { openStore } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { paperLock, targets } from '../../support/tiny.ts';

test('the bill of materials names every package with its digest, origin and package URL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-sbom-'));
  const { lock } = await paperLock(await openStore(folder), targets.bookworm);
  await rm(folder, { recursive: true });
  const subject = { id: 'pgark-tiny-0.1.0.d12.x86_64', created: '2026-01-02T03:04:05.000Z', lock: digestOf('lock'), tool: 'pgark-0.1.0', parts: [{ name: '@peculiar/x509', version: '2.2.0', license: 'MIT' }] };

  const text = writeSbom(lock, subject);
  const sbom = JSON.parse(text) as { spdxVersion: string; creationInfo: object; packages: { SPDXID: string; name: string; checksums?: object[]; externalRefs?: { referenceLocator: string }[] }[]; relationships: object[] };

  expect(writeSbom(lock, subject)).toBe(text);
  expect([sbom.spdxVersion, sbom.creationInfo]).toEqual(['SPDX-2.3', { created: '2026-01-02T03:04:05Z', creators: ['Tool: pgark-0.1.0'] }]);
  expect(sbom.packages.map((item) => item.externalRefs?.[0]?.referenceLocator)).toEqual([
    undefined,
    'pkg:deb/debian/tiny-common@2.0~rc1-1?arch=all&distro=debian-12',
    'pkg:deb/debian/tiny-server@1:15.1-1%2Bdeb12u1?arch=amd64&distro=debian-12',
    'pkg:npm/%40peculiar/x509@2.2.0',
  ]);
  expect(sbom.packages[1]!.checksums).toEqual([{ algorithm: 'SHA256', checksumValue: lock.packages[0]!.digest }]);
  expect(sbom.packages.every((item) => /^SPDXRef-[A-Za-z0-9.-]+$/.test(item.SPDXID))).toBe(true);
  expect(new Set(sbom.packages.map((item) => item.SPDXID)).size).toBe(4);
  expect(sbom.relationships).toHaveLength(4);
});
