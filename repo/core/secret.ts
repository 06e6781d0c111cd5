import { inspect } from 'node:util';

/** A value that does not show itself: not in logs, not in JSON, not in a debugger's inspection. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Called only where it leaves for its place: transport, signature, vault. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '••••';
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return 'Secret(••••)';
  }
}

/** A text made of secrets, itself a secret: `sealed((reveal) => writeYaml({ password: reveal(password) }))`. */
export function sealed(make: (reveal: (secret: Secret) => string) => string): Secret {
  return new Secret(make((secret) => secret.reveal()));
}
