/** What a person sent: making it, and reading it back with every bound checked. */
import { create } from '@bufbuild/protobuf'
import {
  AccountId,
  ChatId,
  DecodeError,
  DeviceId,
  decodeMessage,
  encodeMessage,
  MessageId,
} from '@veche/protocol'
import { ContentSchema } from '@veche/protocol/gen/e2ee/v1/message_pb.js'

const MAX_CONTENT_BYTES = 131_072
export const MAX_TEXT_CHARACTERS = 16_000
export const MAX_MENTIONS = 50

export interface Content {
  readonly messageId: MessageId
  readonly chatId: ChatId
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  /** Milliseconds since 1970 by the sender's clock. */
  readonly sentAtMs: number
  /** `unknown`: of a kind that a later version understands. */
  readonly body: ({ readonly kind: 'text'; readonly text: string } & Addressed) | { readonly kind: 'unknown' }
}

/** To what and to whom a text speaks, beside the whole chat. */
export interface Addressed {
  /** The message that it answers. */
  readonly replyTo?: MessageId | undefined
  /** Accounts that it names, at most 50. */
  readonly mentions?: readonly AccountId[]
}

/** @param text 1 to 16,000 characters. @throws RangeError */
export function encodeText(
  content: Omit<Content, 'body'>,
  text: string,
  { replyTo, mentions = [] }: Addressed = {},
): Uint8Array {
  if (!isText(text)) throw new RangeError(`a text has 1 to ${MAX_TEXT_CHARACTERS} characters`)
  if (mentions.length > MAX_MENTIONS) throw new RangeError(`a text names at most ${MAX_MENTIONS} accounts`)
  return encodeMessage(
    ContentSchema,
    create(ContentSchema, {
      messageId: MessageId.toBytes(content.messageId),
      chatId: ChatId.toBytes(content.chatId),
      accountId: AccountId.toBytes(content.accountId),
      deviceId: DeviceId.toBytes(content.deviceId),
      sentAtMs: BigInt(content.sentAtMs),
      body: {
        case: 'text',
        value: {
          text,
          ...(replyTo !== undefined && { replyTo: MessageId.toBytes(replyTo) }),
          mentions: mentions.map((account) => AccountId.toBytes(account)),
        },
      },
    }),
  )
}

/** @throws DecodeError */
export function decodeContent(bytes: Uint8Array): Content {
  const message = decodeMessage(ContentSchema, bytes, MAX_CONTENT_BYTES)
  const sentAtMs = Number(message.sentAtMs)
  if (!Number.isSafeInteger(sentAtMs)) throw new DecodeError('content: its time is out of range')
  return {
    messageId: MessageId.fromBytes(message.messageId),
    chatId: ChatId.fromBytes(message.chatId),
    accountId: AccountId.fromBytes(message.accountId),
    deviceId: DeviceId.fromBytes(message.deviceId),
    sentAtMs,
    body: readBody(message.body),
  }
}

type WireBody = ReturnType<typeof decodeMessage<typeof ContentSchema>>['body']

function readBody(body: WireBody): Content['body'] {
  if (body.case !== 'text') return { kind: 'unknown' }
  const { text, replyTo, mentions } = body.value
  if (!isText(text)) throw new DecodeError('content: its text is empty or too long')
  if (replyTo.length !== 0 && replyTo.length !== 16)
    throw new DecodeError('content: reply_to is no message id')
  if (mentions.length > MAX_MENTIONS || mentions.some((id) => id.length !== 32)) {
    throw new DecodeError('content: its mentions are not account ids, or too many')
  }
  return {
    kind: 'text',
    text,
    ...(replyTo.length > 0 && { replyTo: MessageId.fromBytes(replyTo) }),
    ...(mentions.length > 0 && { mentions: mentions.map((id) => AccountId.fromBytes(id)) }),
  }
}

/** Whether a message names an account. */
export function namesAccount({ body }: Content, account: AccountId): boolean {
  return body.kind === 'text' && body.mentions?.includes(account) === true
}

/** Counts code points, and no more of a long text than it must. */
export function isText(text: string): boolean {
  if (text.length === 0 || text.length > 2 * MAX_TEXT_CHARACTERS) return false
  return text.isWellFormed() && [...text].length <= MAX_TEXT_CHARACTERS
}
