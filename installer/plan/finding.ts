/** Something about a host that stands in the way of an installation. */
export interface Finding {
  host: string;
  code: 'unreachable' | 'same-host' | 'store-unreachable' | 'strange-address' | 'clock-apart' | 'wrong-host' | 'clock-behind' | 'data-gone' | 'port-taken' | 'postgresql-present' | 'disk-full' | 'no-repository' | 'packages-missing' | 'packages-conflict';
  message: string;
  /** What to do about it. */
  remedy: string;
}
