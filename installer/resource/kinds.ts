import { absent } from './absent.ts';
import { condition } from './condition.ts';
import { directory } from './directory.ts';
import { file } from './file.ts';
import { group } from './group.ts';
import { link } from './link.ts';
import { packages } from './packages.ts';
import type { Kind, Resource } from './resource.ts';
import { service } from './service.ts';
import { sql } from './sql.ts';
import { sysctl } from './sysctl.ts';
import { user } from './user.ts';

/** Every kind of resource, by its name. */
export const kinds = { absent, condition, directory, file, group, link, packages, service, sql, sysctl, user };

/** The kind of this resource. What it parses, only it can read again. */
export const kindOf = (resource: Resource): Kind<Resource, unknown> => kinds[resource.kind] as unknown as Kind<Resource, unknown>;
