import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** HTTP/1.1 and HTTP/2 alike: Node's two pairs of classes have the same surface for what we use. */
export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse =
  | (ServerResponse & { req: IncomingMessage })
  | Http2ServerResponse<Http2ServerRequest>
export type HttpHandler = (request: HttpRequest, response: HttpResponse) => void
