import { debian } from './debian.ts';
import { el } from './el.ts';

/** What one family of distributions calls things, and where it has them. Facts only; which host has which family is `platformOf`. */
export interface Platform {
  family: 'debian' | 'el';
  packageManager: 'apt' | 'dnf';
  /** Packages with the tools that roles and operators count on, each in every release of the family. */
  tools: readonly string[];
  /** The package that loads kernel modules. */
  moduleTools: string;
  timezones: string;
  cron: { package: string; unit: string };
  ssh: { package: string; unit: string };
  time: TimeService;
  trust: TrustStore;
  /** The account of nginx. */
  webAccount: string;
  /** The program of PgBouncer. */
  pgbouncer: string;
  /** The id that the packages of PostgreSQL give its account. */
  postgresId: number;
  postgres(version: string): PostgresLayout;
}

/** chrony(1). */
export interface TimeService {
  unit: string;
  configuration: string;
  /** Lines of chrony.conf(5) that say where things are. */
  places: readonly string[];
  /** How the unit starts it where it must leave the clock alone; the variable is of the package's own file of options. */
  startWithoutClock: string;
}

/** The authorities that a host trusts. */
export interface TrustStore {
  /** Where a certificate is put that is to be trusted. */
  anchor: string;
  /** All of them in one file, made by `update`. */
  bundle: string;
  update: readonly [string, ...string[]];
}

/** How the packages of PostgreSQL lay it out for one major. */
export interface PostgresLayout {
  /** `bin` is below it. */
  home: string;
  /** The unit that a package brings to start it, which Patroni takes the place of. */
  unit: string;
}

/** The distribution as os-release(5) has it in ID. Whatever is not Debian's kin is taken for EL's: preflight refuses what fits no bundle. */
export const platformOf = (distro: string): Platform => (distro === 'debian' || distro === 'ubuntu' ? debian : el);
