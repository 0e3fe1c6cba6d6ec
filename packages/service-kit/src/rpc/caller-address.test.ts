import { expect, test } from 'vitest'
import { createHideAddress } from './caller-address.ts'

const hide = createHideAddress()

test('B12: an address becomes a hash that another start does not repeat', () => {
  expect(hide('192.0.2.1')).toMatch(/^[A-Za-z0-9_-]{22}$/)
  expect(hide('192.0.2.1')).toBe(hide('192.0.2.1'))
  expect(createHideAddress()('192.0.2.1')).not.toBe(hide('192.0.2.1'))
})

test('one IPv4 address is one caller, however it is written', () => {
  expect(hide('::ffff:192.0.2.1')).toBe(hide('192.0.2.1'))
  expect(hide('192.0.2.2')).not.toBe(hide('192.0.2.1'))
})

test('one /64 of IPv6 is one caller', () => {
  expect(hide('2001:db8:0:1::1')).toBe(hide('2001:db8::1:ffff:ffff:ffff:ffff'))
  expect(hide('2001:db8:0:1::1')).toBe(hide('2001:0db8:0000:0001:1:2:3:4'))
  expect(hide('2001:db8:0:2::1')).not.toBe(hide('2001:db8:0:1::1'))
  expect(hide('fe80::1%eth0')).toBe(hide('fe80::2'))
  expect(hide('::1')).toBe(hide('::'))
})
