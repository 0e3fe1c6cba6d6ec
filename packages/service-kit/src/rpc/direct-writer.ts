/**
 * A stream's handler may write ready-made messages straight to its response, past Connect's pipeline, which costs 20 to
 * 30 µs for each message of each stream: one that goes to a thousand streams is then encoded once, and costs each a write.
 *
 * It may do so only while it is being asked for its next message: everything that it gave before is written then, so
 * messages keep their order. It stops when its signal is aborted.
 */
import type { HandlerContext } from '@connectrpc/connect'
import { createContextKey } from '@connectrpc/connect'
import type { HttpRequest, HttpResponse } from '../http/http-message.ts'

export interface DirectWriter {
  /** Whether the reader takes more at once; where not, messages go the ordinary way, which waits for it. */
  readonly isReady: boolean
  /** @param frame of `encodeFrame` */
  write(frame: Uint8Array): void
}

/** Streams of messages in the binary format; JSON goes the ordinary way. */
const binary = new Set(
  ['connect+proto', 'grpc', 'grpc+proto', 'grpc-web', 'grpc-web+proto'].map((type) => `application/${type}`),
)

export const directWriterKey = createContextKey<DirectWriter | undefined>(undefined, {
  description: 'direct writer',
})

/** Undefined where messages can only go the ordinary way. */
export function directWriterOf(context: Pick<HandlerContext, 'values'>): DirectWriter | undefined {
  return context.values.get(directWriterKey)
}

export function directWriterTo(request: HttpRequest, response: HttpResponse): DirectWriter | undefined {
  if (!binary.has(request.headers['content-type'] ?? '')) return undefined
  const written: NodeJS.WritableStream = response
  return {
    get isReady() {
      return response.headersSent && !response.writableEnded && !response.writableNeedDrain
    },
    write: (frame) => void written.write(frame),
  }
}

/** An encoded message as gRPC, gRPC-Web and Connect alike send it in a stream: flags (not compressed), length, bytes. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(5 + message.length)
  frame.writeUInt8(0)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}
