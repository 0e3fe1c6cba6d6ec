import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { Code, RpcError } from '../rpc/rpc-error.ts'
import { errorSummary } from './error-summary.ts'
import { logEvents } from './log-event.ts'
import { createLogger, silentLogger } from './logger.ts'

const events = logEvents({
  swept: { removed: 'number', kind: ['one_time', 'last_resort'] },
  failed: { rpc: 'rpc', error: 'error' },
})

function capture(level: 'debug' | 'info' | 'warn' | 'error' | 'off' = 'debug') {
  const lines: string[] = []
  return { lines, log: createLogger({ level, write: (line) => lines.push(line) }) }
}

test('writes one JSON object a line with the declared fields', () => {
  const { lines, log } = capture()
  log.forService('accounts').info(events.swept, { removed: 3, kind: 'one_time' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    service: 'accounts',
    event: 'swept',
    removed: 3,
    kind: 'one_time',
  })
})

test('writes nothing below its level', () => {
  const { lines, log } = capture('warn')
  log.debug(events.swept, { removed: 1, kind: 'one_time' })
  log.info(events.swept, { removed: 1, kind: 'one_time' })
  log.warn(events.swept, { removed: 1, kind: 'one_time' })
  log.error(events.swept, { removed: 1, kind: 'one_time' })
  expect(lines).toHaveLength(2)
  silentLogger.error(events.swept, { removed: 1, kind: 'one_time' })
})

test('B12: whatever is passed, no line holds a text, an id, an address or a message of an error', () => {
  const { lines, log } = capture()
  const canary = 'canary-10.1.2.3-token'
  const driver = Object.assign(new Error(`duplicate key ${canary}`), { code: '23505', detail: canary })
  driver.name = canary
  class CanaryError extends Error {}
  const wrapped = new RpcError(Code.Internal, 'storage_failed', {
    cause: new CanaryError(canary, { cause: driver }),
  })
  const unsafe = (value: unknown) => value as never
  for (const error of [driver, wrapped, canary, { canary }, [canary], Symbol(canary), null, undefined]) {
    log.error(events.failed, { rpc: ChatsService.method.append, error })
  }
  for (const value of [canary, { canary }, Number.NaN, [canary], null, new Uint8Array(9), 2n]) {
    log.info(events.swept, { removed: unsafe(value), kind: unsafe(value), more: canary } as never)
    log.info(events.failed, { rpc: unsafe(value), error: unsafe(value) })
  }
  expect(lines).toHaveLength(22)
  for (const line of lines)
    expect(line.toLowerCase()).not.toMatch(/canary-|10\.1\.2\.3|duplicate|token|detail/)
})

test('an RPC is written as its route, an error as its class, code, reason, causes and our own frames', () => {
  const { lines, log } = capture()
  const cause = Object.assign(new TypeError('secret'), { code: 'ECONNRESET' })
  log.error(events.failed, {
    rpc: ChatsService.method.append,
    error: new RpcError(Code.Unavailable, 'keys_unavailable', { cause }),
  })
  const line = JSON.parse(lines[0] ?? '')
  expect(line.rpc).toBe('/veche.chats.v1.ChatsService/Append')
  expect(line.error).toMatchObject({
    name: 'RpcError',
    code: 'Unavailable',
    reason: 'keys_unavailable',
    cause: { name: 'TypeError', code: 'ECONNRESET' },
  })
  expect(line.error.stack[0]).toMatch(/^packages\/service-kit\/src\/log\/logger\.test\.ts:\d+:\d+$/)
})

test('a chain of causes without end is cut', () => {
  const error = new Error('x')
  error.cause = error
  expect(JSON.stringify(errorSummary(error)).match(/"cause"/g)).toHaveLength(4)
})
