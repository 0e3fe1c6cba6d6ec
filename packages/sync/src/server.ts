/** The server as clients of its services, with this device's token on every call that needs one. */
import { type Client, createClient, type Transport } from '@connectrpc/connect'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RegistrationService } from '@veche/protocol/gen/accounts/v1/registration_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { DirectoryService } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import { AccessTokens, type TokenIdentity } from './access-tokens.ts'
import { RefusedError } from './errors.ts'
import { withOwnErrors } from './rpc-errors.ts'

export type AccountsClient = Client<typeof AccountsService>
export type ChatsClient = Client<typeof ChatsService>

/** What its methods throw: UnreachableError, RefusedError. */
export interface Server {
  readonly accounts: AccountsClient
  readonly chats: ChatsClient
  readonly directory: Client<typeof DirectoryService>
  readonly registration: Client<typeof RegistrationService>
}

/** For calls that need no token. */
export function openAccounts(transport: Transport): AccountsClient {
  return createClient(AccountsService, withOwnErrors(transport))
}

export function openServer(transport: Transport, identity: TokenIdentity): Server {
  const tokens = new AccessTokens(openAccounts(transport), identity)
  const authorized = withTokens(withOwnErrors(transport), tokens)
  return {
    accounts: createClient(AccountsService, authorized),
    chats: createClient(ChatsService, authorized),
    directory: createClient(DirectoryService, authorized),
    registration: createClient(RegistrationService, authorized),
  }
}

/** A call that is refused for its token is made once more with a new one. */
function withTokens(transport: Transport, tokens: AccessTokens): Transport {
  const authorize = async (header: ConstructorParameters<typeof Headers>[0]) => {
    const headers = new Headers(header)
    headers.set('authorization', `Bearer ${await tokens.get()}`)
    return headers
  }
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      if (!isTokenRefused(error)) throw error
      tokens.forget()
      return call()
    }
  }
  return {
    unary: (method, signal, timeoutMs, header, input, values) =>
      again(async () => transport.unary(method, signal, timeoutMs, await authorize(header), input, values)),
    async stream(method, signal, timeoutMs, header, input, values) {
      const response = await again(async () =>
        transport.stream(method, signal, timeoutMs, await authorize(header), input, values),
      )
      return { ...response, message: watchToken(response.message, tokens) }
    },
  }
}

/** A stream that ends for its token is opened anew by its caller, with another. */
async function* watchToken<T>(messages: AsyncIterable<T>, tokens: AccessTokens): AsyncGenerator<T> {
  try {
    yield* messages
  } catch (error) {
    if (isTokenRefused(error)) tokens.forget()
    throw error
  }
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof RefusedError && TOKEN_REASONS.has(error.reason)
}

const TOKEN_REASONS: ReadonlySet<string> = new Set([
  'token_expired',
  'token_invalid',
  'token_missing',
  'unauthenticated',
])
