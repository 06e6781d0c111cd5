import { writeDocument } from '../../repo/core/document.ts';
import { fieldOf, readFields } from '../../repo/deb/stanza.ts';
import { textOf } from '../../repo/rpm/scan.ts';
import type { Lock, LockedPackage } from '../lock/lock.ts';

/** What the list says besides the packages of the lock. */
export interface SbomSubject {
  /** The id of the bundle. */
  id: string;
  created: string;
  /** The digest of the lock; makes the document's name unique. */
  lock: string;
  /** The tool and its version: `pgark-0.1.0`. */
  tool: string;
  /** Node.js and the npm modules that are part of the installer. */
  parts: readonly { name: string; version: string; license: string }[];
}

/** The bill of materials in SPDX 2.3, JSON. The same lock gives the same bytes. */
export function writeSbom(lock: Lock, subject: SbomSubject): string {
  const packages = [...lock.packages.map((item) => (lock.target.format === 'deb' ? describeDeb(item, lock) : describeRpm(item, lock))), ...subject.parts.map(describePart)];
  const bundle = { SPDXID: 'SPDXRef-Bundle', name: subject.id, versionInfo: lock.version, downloadLocation: 'NOASSERTION', filesAnalyzed: false, primaryPackagePurpose: 'ARCHIVE' };
  return writeDocument({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: subject.id,
    // Only a name: unique for what was locked, never asked for over a network (SPDX 2.3, 6.5).
    documentNamespace: `urn:pgark:${subject.id}:${subject.lock}`,
    creationInfo: { created: subject.created.replace(/\.\d+Z$/, 'Z'), creators: [`Tool: ${subject.tool}`] },
    packages: [bundle, ...packages],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: bundle.SPDXID },
      ...packages.map((item) => ({ spdxElementId: bundle.SPDXID, relationshipType: 'CONTAINS', relatedSpdxElement: item.SPDXID })),
    ],
  });
}

interface SpdxPackage {
  SPDXID: string;
  [field: string]: unknown;
}

function describeDeb(item: LockedPackage, { target }: Lock): SpdxPackage {
  const fields = readFields(item.stanza);
  const maintainer = fieldOf(fields, 'Maintainer');
  const homepage = fieldOf(fields, 'Homepage');
  return {
    SPDXID: `SPDXRef-deb-${item.digest.slice(0, 16)}`,
    name: item.name,
    versionInfo: item.version,
    ...(maintainer && { supplier: `Organization: ${maintainer.replace(/<([^>]*)>/, '($1)')}` }),
    downloadLocation: item.url,
    filesAnalyzed: false,
    checksums: [{ algorithm: 'SHA256', checksumValue: item.digest }],
    ...(homepage && { homepage }),
    sourceInfo: `${item.source}, source package ${fieldOf(fields, 'Source') ?? item.name}`,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    externalRefs: [purl(`pkg:deb/${target.distro}/${encode(item.name)}@${encode(item.version)}?arch=${item.arch}&distro=${target.distro}-${target.release}`)],
  };
}

function describeRpm(item: LockedPackage, { target }: Lock): SpdxPackage {
  // The reader takes what repodata is when it is fetched: a byte a character.
  const stanza = Buffer.from(item.stanza).toString('latin1');
  const field = (name: string): string | undefined => textOf(stanza, name)?.trim() || undefined;
  const [vendor, homepage, license] = [field('rpm:vendor') ?? field('packager'), field('url'), field('rpm:license')];
  const [, epoch, version] = /^(?:(\d+):)?(.*)$/s.exec(item.version)!;
  return {
    SPDXID: `SPDXRef-rpm-${item.digest.slice(0, 16)}`,
    name: item.name,
    versionInfo: item.version,
    ...(vendor && { supplier: `Organization: ${vendor.replace(/<([^>]*)>/, '($1)')}` }),
    downloadLocation: item.url,
    filesAnalyzed: false,
    checksums: [{ algorithm: 'SHA256', checksumValue: item.digest }],
    ...(homepage && { homepage }),
    sourceInfo: `${item.source}, source package ${field('rpm:sourcerpm') ?? item.name}`,
    licenseConcluded: 'NOASSERTION',
    // Packages of before Fedora's change to SPDX say it in words of their own.
    licenseDeclared: 'NOASSERTION',
    ...(license && { licenseComments: `License tag of the package: ${license}` }),
    copyrightText: 'NOASSERTION',
    // purl-spec, rpm: the epoch is a qualifier; qualifiers are in the order of their names.
    externalRefs: [purl(`pkg:rpm/${target.distro}/${encode(item.name)}@${encode(version!)}?arch=${item.arch}&distro=${target.distro}-${target.release}${epoch === undefined ? '' : `&epoch=${epoch}`}`)],
  };
}

function describePart(part: SbomSubject['parts'][number]): SpdxPackage {
  return {
    SPDXID: `SPDXRef-npm-${`${part.name}-${part.version}`.replace(/[^A-Za-z0-9.-]/g, '-')}`,
    name: part.name,
    versionInfo: part.version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: part.license,
    copyrightText: 'NOASSERTION',
    externalRefs: [purl(`pkg:npm/${encode(part.name).replaceAll('%2F', '/')}@${encode(part.version)}`)],
  };
}

const purl = (locator: string): object => ({ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: locator });

// package-url: everything but the unreserved characters is percent-encoded; a colon may stand.
const encode = (text: string): string => encodeURIComponent(text).replaceAll('%3A', ':');
