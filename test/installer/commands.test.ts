import { describe, expect, test } from 'vitest';
import { commands } from '../../installer/commands.ts';

describe('the table of the installer', () => {
  test.each(commands)('says of "$name" what the command says of itself', async (entry) => {
    const command = await entry.load();

    expect(command).toMatchObject({ name: entry.name, about: entry.about });
    expect(command.arguments).toBe(entry.arguments);
  });
});
