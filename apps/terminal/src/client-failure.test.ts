import { DamagedError, NoSpaceError, RefusedError, UnreachableError, UsageError } from '@veche/client'
import { expect, test } from 'vitest'
import { clientFailure } from './client-failure.ts'

const server = 'https://veche.example'

test.each([
  [new UnreachableError(), { reason: 'unreachable', code: 4, subject: server }],
  [
    new UnreachableError('x', {
      cause: new Error('x', { cause: Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }) }),
    }),
    { reason: 'server_untrusted', code: 4, subject: server },
  ],
  [new RefusedError('device_limit'), { reason: 'device_limit', code: 3, fields: {} }],
  [new RefusedError('too_many_requests', { retryAfterMs: 500 }), { code: 3, fields: { retryAfterMs: 500 } }],
  [new UsageError('invalid_server'), { reason: 'invalid_server', code: 2, subject: server }],
  [new NoSpaceError('x'), { reason: 'disk_full', code: 5 }],
  [Object.assign(new Error('x'), { code: 'ENOSPC' }), { reason: 'disk_full', code: 5 }],
  [new DamagedError('x'), { reason: 'profile_damaged', code: 5 }],
  [
    Object.assign(new Error('x'), { code: 'ENOTDIR' }),
    { reason: 'profile_unusable', code: 5, subject: 'ENOTDIR' },
  ],
])('%s', (error, failure) => {
  expect(clientFailure(error, server)).toMatchObject(failure)
})

test('anything else stays what it is', () => {
  for (const error of [
    new TypeError('x'),
    Object.assign(new Error('x'), { code: 'ELSE' }),
    'text',
    undefined,
  ]) {
    expect(clientFailure(error, server)).toBe(error)
  }
})
