import { expect, test } from 'vitest'
import {
  isLostConnection,
  isSerializationFailure,
  isUnavailable,
  isUniqueViolation,
  sqlStateOf,
} from './sql-state.ts'

const withCode = (code: unknown, more: object = {}) => Object.assign(new Error('x'), { code, ...more })

test('a SQLSTATE is told apart from the system’s and Node’s codes', () => {
  const codes = ['23505', '0A000', 'XX000', 'P0001', 'EPIPE', 'EPERM', 'E2BIG', 'ENOENT', 7, undefined]
  expect(codes.map((code) => sqlStateOf(withCode(code)))).toEqual([
    ...['23505', '0A000', 'XX000', 'P0001'],
    ...Array(6).fill(undefined),
  ])
  expect([sqlStateOf('23505'), sqlStateOf(undefined)]).toEqual([undefined, undefined])
})

test('a unique violation may be asked for by its constraint', () => {
  const error = withCode('23505', { constraint: 'account_handle' })
  expect([isUniqueViolation(error), isUniqueViolation(error, 'account_handle')]).toEqual([true, true])
  expect([isUniqueViolation(error, 'other'), isUniqueViolation(withCode('23503'))]).toEqual([false, false])
})

test('what may be tried again is told from what is lost', () => {
  expect(['40001', '40P01', '23505'].map((code) => isSerializationFailure(withCode(code)))).toEqual([
    true,
    true,
    false,
  ])
  const lost = [
    '08006',
    '57P01',
    '57P02',
    '57P03',
    'EPIPE',
    'ECONNRESET',
    'ENOENT',
    '57014',
    '23505',
    'EPERM',
  ]
  expect(lost.map((code) => isLostConnection(withCode(code)))).toEqual([
    ...Array(7).fill(true),
    ...Array(3).fill(false),
  ])
  expect(isLostConnection(new Error('Connection terminated unexpectedly'))).toBe(true)
  expect([isLostConnection(new Error('x')), isLostConnection('x')]).toEqual([false, false])
})

test('what is only too busy may be asked again, and is told from what was refused', () => {
  const tooLate = new Error('timeout exceeded when trying to connect')
  expect([tooLate, withCode('57014'), withCode('53300'), withCode('57P01')].map(isUnavailable)).toEqual(
    Array(4).fill(true),
  )
  expect([new Error('x'), withCode('23505'), withCode('53100'), 'x'].map(isUnavailable)).toEqual(
    Array(4).fill(false),
  )
})
