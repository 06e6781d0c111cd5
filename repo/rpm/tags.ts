/** The numbers of the tags that are read (rpm, include/rpm/rpmtag.h). */
export const tags = {
  signatureRegion: 62,
  headerRegion: 63,
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  summary: 1004,
  description: 1005,
  buildTime: 1006,
  buildHost: 1007,
  size: 1009,
  longSize: 5009,
  vendor: 1011,
  license: 1014,
  packager: 1015,
  group: 1016,
  url: 1020,
  arch: 1022,
  fileModes: 1030,
  fileFlags: 1037,
  sourceRpm: 1044,
  archiveSize: 1046,
  longArchiveSize: 271,
  changelogTime: 1080,
  changelogName: 1081,
  changelogText: 1082,
  sourcePackage: 1106,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  oldFileNames: 1027,
  payloadCompressor: 1125,
  payloadDigest: 5092,
  payloadDigestAlgorithm: 5093,
  payloadSizeAlternative: 5113,
} as const;

/** Those of the signature header, which have numbers of their own (rpm, include/rpm/rpmtag.h, RPMSIGTAG). */
export const signatureTags = {
  dsaHeader: 267,
  rsaHeader: 268,
  sha1: 269,
  longArchiveSize: 271,
  sha256: 273,
  /** Of rpm 6: any number of signatures, in base64. */
  openpgp: 278,
  /** Over header and payload, as rpm made them before 4.14. */
  rsaWhole: 1002,
  archiveSize: 1007,
  dsaWhole: 1005,
} as const;

/** Name, version and flags of each kind of dependency, in the order in which createrepo_c lists them. */
export const dependencyTags = {
  provides: { name: 1047, version: 1113, flags: 1112 },
  requires: { name: 1049, version: 1050, flags: 1048 },
  conflicts: { name: 1054, version: 1055, flags: 1053 },
  obsoletes: { name: 1090, version: 1115, flags: 1114 },
  suggests: { name: 5049, version: 5050, flags: 5051 },
  enhances: { name: 5055, version: 5056, flags: 5057 },
  recommends: { name: 5046, version: 5047, flags: 5048 },
  supplements: { name: 5052, version: 5053, flags: 5054 },
} as const;

export type DependencyKind = keyof typeof dependencyTags;
