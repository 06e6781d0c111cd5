/** Where in the manifest of the bundle something is asked for: `['extensions', 3]`. */
export type Asked = readonly (string | number)[];

/** A package that the bundle is made for. */
export interface Wanted {
  package: string;
  kind: 'server' | 'kernel' | 'component' | 'extension' | 'package';
  /** The component or extension in the manifests, or the package itself. */
  name: string;
  pg?: string;
  asked: Asked;
}

/** Something wanted that no package is known for; the bundle says what to make of it. */
export interface Absent {
  name: string;
  kind: Wanted['kind'];
  pg?: string;
  reason: string;
  asked: Asked;
}
