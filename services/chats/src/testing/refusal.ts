import { ConnectError } from '@connectrpc/connect'
import { Code, RpcError, reasonOf } from '@veche/service-kit'

/** How a call was refused: `NotFound chat_unknown`. @throws Error where it was not */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { code } = error instanceof RpcError ? error : ConnectError.from(error)
    return `${Code[code]} ${reasonOf(error)}`
  }
  throw new Error('the call was not refused')
}
