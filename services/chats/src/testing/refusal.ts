import { ConnectError } from '@connectrpc/connect'
import { Code, reasonOf } from '@veche/service-kit'

/** How a call was refused: `NotFound chat_unknown`. @throws Error where it was not */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    return `${Code[ConnectError.from(error).code]} ${reasonOf(error)}`
  }
  throw new Error('the call was not refused')
}
