/** The calls of the hot path over bare HTTP/2, with ready-made bytes: so that a load generator costs less than what it loads. */
import { randomBytes } from 'node:crypto'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { AppendRequestSchema, SubscribeRequestSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'

const PATH = '/veche.chats.v1.ChatsService/'

/** Its id is the time at which it was written, and chance: who receives it knows how long it took. */
export function newMessageId(): Buffer {
  const messageId = randomBytes(16)
  messageId.writeDoubleBE(performance.now())
  return messageId
}

/** @param messageId of `newMessageId` */
export function ageOf(messageId: Uint8Array, nowMs: number): number {
  return nowMs - Buffer.from(messageId).readDoubleBE()
}

/** Resolves when it is answered. */
export function append(
  session: ClientHttp2Session,
  token: string,
  request: MessageInitShape<typeof AppendRequestSchema>,
): Promise<void> {
  const body = toBinary(AppendRequestSchema, create(AppendRequestSchema, request))
  return new Promise((resolve, reject) => {
    const stream = call(session, 'Append', token, 'application/proto')
    stream.on('response', ({ ':status': status }) => {
      if (status !== 200) reject(new Error(`Append answered ${status}`))
    })
    stream.on('error', reject).on('close', resolve).resume().end(body)
  })
}

/** Resolves with the first message. */
export function subscribe(
  session: ClientHttp2Session,
  token: string,
  onMessage: (message: Uint8Array) => void,
): Promise<void> {
  const request = toBinary(SubscribeRequestSchema, create(SubscribeRequestSchema, {}))
  const frame = Buffer.alloc(5 + request.length)
  frame.writeUInt32BE(request.length, 1)
  frame.set(request, 5)
  return new Promise((resolve, reject) => {
    const stream = call(session, 'Subscribe', token, 'application/connect+proto')
    let rest: Buffer = Buffer.alloc(0)
    stream.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const size = rest.readUInt32BE(1)
        onMessage(rest.subarray(5, 5 + size))
        rest = rest.subarray(5 + size)
        resolve()
      }
    })
    stream.on('error', reject).end(frame)
  })
}

function call(session: ClientHttp2Session, rpc: string, token: string, type: string): ClientHttp2Stream {
  return session.request({
    ':method': 'POST',
    ':path': PATH + rpc,
    'content-type': type,
    'connect-protocol-version': '1',
    authorization: `Bearer ${token}`,
  })
}
