import { createHideAddress } from '../rpc/caller-address.ts'
import type { HttpRequest } from './http-message.ts'

/** What stands for the address a request comes from, the same for RPCs and pages: see `callerAddressOf`. */
export type AddressOf = (request: HttpRequest) => string

/** @param behindProxy take the last hop of X-Forwarded-For, which the operator's own proxy wrote */
export function createAddressOf(behindProxy: boolean): AddressOf {
  const hide = createHideAddress()
  return (request) => hide((behindProxy ? lastHop(request) : undefined) ?? request.socket.remoteAddress ?? '')
}

function lastHop(request: HttpRequest): string | undefined {
  const header = request.headers['x-forwarded-for']
  return (Array.isArray(header) ? header.at(-1) : header)?.split(',').at(-1)?.trim()
}
