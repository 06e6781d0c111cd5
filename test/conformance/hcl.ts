import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demand } from '../../vagrant/execute.ts';

export interface Attribute {
  text: string;
  /** Of what is a plain value. */
  value?: unknown;
  uses: readonly string[];
}

export interface Block {
  type: string;
  labels: readonly string[];
  body: Body;
}

export interface Body {
  attributes: Readonly<Record<string, Attribute>>;
  blocks: readonly Block[];
}

export interface HclFile {
  file: string;
  problems: readonly string[];
  formatted: boolean;
  body?: Body;
}

/** Files as HashiCorp's own library reads them, which Debian has as a package of Go; the program that asks it is hcl/main.go. */
export async function readHcl(files: readonly string[]): Promise<HclFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-hcl-'));
  try {
    const env = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(folder, 'cache'), GOFLAGS: '', CGO_ENABLED: '0' };
    await demand(['go', 'build', '-o', join(folder, 'hcl'), join(import.meta.dirname, 'hcl/main.go')], { env });
    const lines = (await demand([join(folder, 'hcl'), ...files])).trim().split('\n');
    return lines.map((line) => JSON.parse(line) as HclFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All blocks of a kind, at any depth. */
export const blocksOf = (body: Body, type: string): Block[] => body.blocks.flatMap((block) => [...(block.type === type ? [block] : []), ...blocksOf(block.body, type)]);

/** Every attribute at any depth, with its name. */
export const attributesOf = (body: Body): [string, Attribute][] => [...Object.entries(body.attributes), ...body.blocks.flatMap((block) => attributesOf(block.body))];
