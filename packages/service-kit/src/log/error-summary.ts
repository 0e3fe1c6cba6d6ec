import { fileURLToPath } from 'node:url'
import { Code } from '@connectrpc/connect'
import { RpcError } from '../rpc/rpc-error.ts'

export interface ErrorSummary {
  /** The error's class. */
  readonly name: string
  /** PostgreSQL's SQLSTATE, Node's error code or the RPC code. */
  readonly code?: string
  /** A reason of our own contract. */
  readonly reason?: string
  /** Frames in our own sources, as `packages/…/x.ts:1:2`. */
  readonly stack?: readonly string[]
  readonly cause?: ErrorSummary
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const maxFrames = 12
const maxCauses = 4

/**
 * An error without its message: a message of a driver or a library may quote what a person wrote, and a path
 * may name who runs the server. Class, code and our own frames are enough to find the place.
 */
export function errorSummary(error: unknown, depth = 0): ErrorSummary {
  if (!(error instanceof Error)) return { name: error === null ? 'null' : typeof error }
  const code = codeOf(error)
  const stack = ownFrames(error.stack ?? '')
  return {
    name: /^[A-Za-z]{1,60}$/.test(error.constructor.name) ? error.constructor.name : 'Error',
    ...(code !== undefined && { code }),
    ...(error instanceof RpcError && { reason: error.reason }),
    ...(stack.length > 0 && { stack }),
    ...(error.cause !== undefined && depth < maxCauses && { cause: errorSummary(error.cause, depth + 1) }),
  }
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'number') return Code[code]
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : undefined
}

function ownFrames(stack: string): string[] {
  return stack
    .split('\n')
    .map((line) => /^ {4}at .*?(?:file:\/\/)?(\/[^()]*:\d+:\d+)\)?$/.exec(line)?.[1] ?? '')
    .filter((frame) => frame.startsWith(root) && !frame.includes('/node_modules/'))
    .map((frame) => frame.slice(root.length))
    .slice(0, maxFrames)
}
