import { createHmac, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifier, verifierOf } from '../../../../installer/role/pgsql/scram.ts';
import { Secret } from '../../../../repo/core/secret.ts';

describe('a verifier', () => {
  test('accepts the proof of the example in RFC 7677', () => {
    // RFC 7677, 3: user "user", password "pencil".
    const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');

    const [, stored, server] = /^SCRAM-SHA-256\$4096:[^$]+\$(.+):(.+)$/.exec(verifierOf('pencil', Buffer.from(salt, 'base64')))!;

    const signature = createHmac('sha256', Buffer.from(stored!, 'base64')).update(message).digest();
    const clientKey = Buffer.from(proof.map((byte, index) => byte ^ signature[index]!));
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(stored);
    expect(createHmac('sha256', Buffer.from(server!, 'base64')).update(message).digest('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  test('is the same for the same role, password and seed, and another for each other', () => {
    const make = (role: string, password: string, seed: string): string => verifier(role, new Secret(password), new Secret(seed)).reveal();

    expect(make('a', 'x', 's')).toBe(make('a', 'x', 's'));
    expect(new Set([make('a', 'x', 's'), make('b', 'x', 's'), make('a', 'y', 's'), make('a', 'x', 't')]).size).toBe(4);
  });

  test('does not show itself', () => {
    expect(String(verifier('a', new Secret('x'), new Secret('s')))).toBe('••••');
  });
});
