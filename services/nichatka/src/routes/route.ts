/** What a route is: first it takes its fields, all of them, and only then it does something. So nothing is half-done. */
import type { NichatkaContext } from '../context.ts'
import type { HostId, Nickname, Unread, User } from '../domain.ts'
import type { Html } from '../fragments/html.ts'
import type { Reader } from '../fragments/reader.ts'
import type { Fields } from '../request/fields.ts'
import type { Times } from '../times/times.ts'
import type { Words } from '../words/words.ts'

/** What is known of a request before its own fields are. */
export interface Asked {
  readonly context: NichatkaContext
  readonly words: Words
  readonly times: Times
  /** The number in the path, as it is written; empty where there is none. */
  readonly pathId: string
  /** A host and its user, for limits. */
  readonly who: string
}

export interface HostCall extends Asked {
  readonly hostId: HostId
}

export interface UserCall extends HostCall {
  readonly user: User
  readonly reader: Reader
}

export type Answer =
  | { readonly status: 200 | 201; readonly fragments: readonly Html[] }
  /** The bell alone, which the client may have already. */
  | { readonly unread: Unread }

export interface Route {
  /** For whom a token must speak. */
  readonly by: 'user' | 'host'
  /** Takes the fields; what it gives does the rest. @throws Refusal */
  prepare(fields: Fields, asked: Asked): (vouched: Vouched) => Promise<Answer>
}

/** @param nickname empty for the host itself */
interface Vouched extends HostCall {
  readonly nickname: Nickname | ''
}

interface Steps<Call, Input> {
  /** @throws Refusal */
  parse(fields: Fields, asked: Asked): Input
  run(call: Call, input: Input): Promise<Answer>
}

/** A route for the host itself. */
export function hostRoute<Input>({ parse, run }: Steps<HostCall, Input>): Route {
  return { by: 'host', prepare: prepare(parse, run) }
}

/** A route for people. */
export function userRoute<Input>({ parse, run }: Steps<UserCall, Input>): Route {
  return {
    by: 'user',
    prepare: prepare(parse, async (vouched, input) => run(await userCall(vouched), input)),
  }
}

function prepare<Input>(
  parse: Steps<unknown, Input>['parse'],
  run: (vouched: Vouched, input: Input) => Promise<Answer>,
): Route['prepare'] {
  return (fields, asked) => {
    const input = parse(fields, asked)
    fields.end()
    return (vouched) => run(vouched, input)
  }
}

async function userCall(vouched: Vouched): Promise<UserCall> {
  const { context, hostId, nickname, words, times } = vouched
  if (nickname === '') throw new TypeError('the host itself has asked') // `authenticate` has refused it
  const user = await context.store.ensureUser(hostId, nickname)
  return { ...vouched, user, reader: { nickname, words, times, nowMs: context.clock.nowMs() } }
}
