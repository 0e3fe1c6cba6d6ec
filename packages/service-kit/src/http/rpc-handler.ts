/** Serves a Connect router (gRPC, gRPC-Web and Connect by the same routes) from Node's requests. */

import type { DescMethod } from '@bufbuild/protobuf'
import type { HandlerContext } from '@connectrpc/connect'
import {
  type ConnectRouter,
  createConnectRouter,
  createContextValues,
  type Interceptor,
} from '@connectrpc/connect'
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node'
import { callerAddressKey } from '../rpc/caller-address.ts'
import { directWriterKey, directWriterTo } from '../rpc/direct-writer.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import type { AddressOf } from './request-address.ts'

export interface RpcHandlerOptions {
  readonly routes: (router: ConnectRouter) => void
  readonly isLarge: (method: DescMethod) => boolean
  readonly gate: (context: HandlerContext) => Promise<void>
  readonly interceptors: Interceptor[]
  readonly addressOf: AddressOf
}

export const maxRequestBytes = 256 * 1024
export const maxLargeRequestBytes = 2 * 1024 * 1024
const maxTimeoutMs = 15 * 60_000

/** Handles the request if its path is an RPC's. */
export type RpcHandler = (request: HttpRequest, response: HttpResponse) => boolean

export function createRpcHandler(options: RpcHandlerOptions): RpcHandler {
  const paths = new Map(
    [
      ...handlersOf(options, maxRequestBytes).filter(({ method }) => !options.isLarge(method)),
      ...handlersOf(options, maxLargeRequestBytes).filter(({ method }) => options.isLarge(method)),
    ].map((handler) => [handler.requestPath, handler]),
  )
  return (request, response) => {
    const handler = paths.get(request.url?.split('?', 1)[0] ?? '')
    if (handler === undefined) return false
    const values = createContextValues()
      .set(callerAddressKey, options.addressOf(request))
      .set(directWriterKey, directWriterTo(request, response))
    handler(universalRequestFromNodeRequest(request, response, undefined, values))
      .then((answer) => universalResponseToNodeResponse(answer, response))
      // The peer went away, or broke the protocol before a call came to be: nobody is left to be told.
      .catch(() => response.destroy())
    return true
  }
}

/** One router for each size limit, because Connect takes the limit for all RPCs of a router. */
function handlersOf(options: RpcHandlerOptions, readMaxBytes: number) {
  const router = createConnectRouter({
    interceptors: options.interceptors,
    requestGate: options.gate,
    readMaxBytes,
    maxTimeoutMs,
    acceptCompression: [compressionGzip, compressionBrotli],
    // Answers are not compressed: they mix secrets with what the caller chose (attack B10).
    compressMinBytes: 0xffff_ffff,
  })
  options.routes(router)
  return router.handlers
}
