import { z } from 'zod';

/** PostgreSQL majors are strings: `17`, never the number. */
export const Major = z.string('a PostgreSQL major is a string, in quotes').regex(/^\d{2}$/, 'a PostgreSQL major has two digits');

/** One major or a range of them, both ends counted: `17`, `14-18`. */
export const Majors = z.string('PostgreSQL majors are a string, in quotes').regex(/^\d{2}(-\d{2})?$/, 'PostgreSQL majors are one, "17", or a range, "14-18"');
export type Majors = z.infer<typeof Majors>;

export const covers = (majors: Majors, pg: string): boolean => {
  const [first, last = first] = majors.split('-') as [string, string?];
  return Number(first) <= Number(pg) && Number(pg) <= Number(last);
};

/** `14-16` → 14, 15, 16. */
export function spelled(majors: Majors): string[] {
  const [first, last = first] = majors.split('-').map(Number) as [number, number?];
  return Array.from({ length: last - first + 1 }, (_, place) => String(first + place));
}
