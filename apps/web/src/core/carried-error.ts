/** An error on its way from the core to a page: its class and its declared fields, and nothing that people wrote. */
import { DamagedError, NoSpaceError, RefusedError, UnreachableError, UsageError } from '@veche/client/errors'
import { DecodeError } from '@veche/protocol'
import { CoreMovedError } from './core-moved-error.ts'

export type CarriedError =
  | { readonly name: 'RefusedError'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly name: 'UsageError'; readonly reason: string }
  | { readonly name: 'UnreachableError'; readonly retryAfterMs: number }
  | { readonly name: 'CoreMovedError'; readonly call: string }
  | { readonly name: 'DamagedError' | 'NoSpaceError' | 'DecodeError'; readonly message: string }
  | { readonly name: 'AbortError' }
  /** Unforeseen. */
  | { readonly name: 'Error' }

export function carryError(error: unknown): CarriedError {
  if (error instanceof RefusedError) {
    return { name: error.name, reason: error.reason, retryAfterMs: error.retryAfterMs }
  }
  if (error instanceof UsageError) return { name: error.name, reason: error.reason }
  if (error instanceof UnreachableError) return { name: error.name, retryAfterMs: error.retryAfterMs }
  if (error instanceof CoreMovedError) return { name: error.name, call: error.call }
  if (error instanceof DamagedError || error instanceof NoSpaceError) {
    return { name: error.name, message: error.message }
  }
  if (error instanceof DecodeError) return { name: 'DecodeError', message: error.message }
  return { name: error instanceof Error && error.name === 'AbortError' ? 'AbortError' : 'Error' }
}

export function toError(carried: CarriedError): Error {
  switch (carried.name) {
    case 'RefusedError':
      return new RefusedError(carried.reason, { retryAfterMs: carried.retryAfterMs })
    case 'UsageError':
      return new UsageError(carried.reason)
    case 'UnreachableError':
      return new UnreachableError(undefined, { retryAfterMs: carried.retryAfterMs })
    case 'CoreMovedError':
      return new CoreMovedError(carried.call)
    case 'DamagedError':
      return new DamagedError(carried.message)
    case 'NoSpaceError':
      return new NoSpaceError(carried.message)
    case 'DecodeError':
      return new DecodeError(carried.message)
    case 'AbortError':
      return new DOMException('ended by its caller', 'AbortError')
    case 'Error':
      return new Error('the core failed unforeseen')
    default:
      return carried satisfies never
  }
}
