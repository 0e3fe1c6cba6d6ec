export interface SignerOptions {
  /** The name under which Nichatka knows this system: what was given to `veche nichatka host add`. */
  readonly host: string
  /** `hmac-sha256:<base64url>` as it was printed, or `ed25519:<base64url of the private key's 32 bytes>`. */
  readonly key: string
  /** How long a token holds, 1 to 900; 300 where left out. */
  readonly lifetimeSeconds?: number
}

export interface Signer {
  readonly host: string
  /** A token for this user. @throws TypeError where that cannot be a nickname */
  sign(nickname: string): string
  /** A token for the host itself, which may name its users and nothing else. */
  signHost(): string
}

/** @throws TypeError on a wrong name, key or lifetime */
export function createSigner(options: SignerOptions): Signer

/**
 * For Node's http, Express and Fastify alike. In Express `next` gets what `nicknameOf` throws; elsewhere the promise is rejected.
 */
export type TokenHandler<Request> = (
  request: Request,
  response: unknown,
  next?: (error: unknown) => void,
) => Promise<unknown>

/**
 * Answers GET with a token as text, and with 401 to those who are not signed in.
 * @param nicknameOf who makes the request; null or undefined where nobody is signed in
 */
export function tokenHandler<Request = import('node:http').IncomingMessage>(
  signer: Signer,
  nicknameOf: (request: Request) => string | null | undefined | Promise<string | null | undefined>,
): TokenHandler<Request>

export interface BellOptions {
  /** Where browsers reach Nichatka, with a slash at the end. */
  readonly src: string
  /** Where the widget gets its next token: the path of the `tokenHandler`. */
  readonly tokenUrl: string
  /** Seconds between two requests, 5 to 3,600; the widget's own choice where left out. */
  readonly interval?: number
  /** The page's own language where left out. */
  readonly lang?: 'ru' | 'en'
}

/** `<nichatka-bell …></nichatka-bell>`, escaped, for a page that is put together as text. */
export function bellHtml(signer: Signer, nickname: string, options: BellOptions): string

/** Nichatka has answered, and not as it should. */
export class NichatkaError extends Error {
  readonly status: number
  /** As docs/wire/nichatka.md lists them. */
  readonly code: string | undefined
}

/**
 * So that people can be written to before they have come for the first time. Naming a user twice changes nothing.
 * @param url where this server reaches Nichatka, e.g. `https://messages.example/nichatka/`
 * @returns how many were named
 * @throws NichatkaError, TypeError
 */
export function nameUsers(
  signer: Signer,
  url: string | URL,
  nicknames: Iterable<string> | AsyncIterable<string>,
): Promise<number>
