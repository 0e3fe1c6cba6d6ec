import { expect, test } from 'vitest'
import { Refusal } from '../refusal.ts'
import { Fields } from './fields.ts'

function read(...forms: string[]): Fields {
  const fields = new Fields()
  for (const form of forms) fields.add(form)
  return fields
}

/** `field-wrong; text` */
function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}; ${error.details.field}`
    throw error
  }
  return 'nothing is wrong'
}

test('N19 fields come from the URL and the body alike, spelled as forms are', () => {
  const fields = read('user=%D0%92%D0%B5%D1%80%D0%B0+%2B&a', 'text=caf\u00e9%0D%0A=&to=x&to=&&to=y', '')
  expect(fields.one('user')).toBe('Вера +')
  expect(fields.one('a')).toBeUndefined()
  expect(fields.text('text')).toBe('café\r\n=')
  expect(fields.many('to')).toEqual(['x', 'y'])
  fields.end()
})

test('N15 a field twice is refused, in one place or in two, and so is one that nobody took', () => {
  expect(refusalOf(() => read('q=1&q=2').one('q'))).toBe('field-repeated; q')
  expect(refusalOf(() => read('q=1', 'q=').text('q'))).toBe('field-repeated; q')
  expect(refusalOf(() => read('q=1&%71=2').one('q'))).toBe('field-repeated; q')
  expect(refusalOf(() => read('a=1&b=').end())).toBe('field-unknown; a')
  expect(refusalOf(() => read('b').end())).toBe('field-unknown; b')
})

test('N15 what does not spell UTF-8 is refused', () => {
  for (const value of ['%', '%4', '%zz', '%ff', '%c0%af', '%ed%a0%80', '%f5%80%80%80', '%e2%82']) {
    expect(
      refusalOf(() => read(`text=${value}`)),
      value,
    ).toBe('field-wrong; text')
  }
})

test('C14 names that mean something to JavaScript mean nothing here', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const fields = read(`${name}=x`)
    expect(fields.one(name)).toBe('x')
    expect(new Fields().one(name)).toBeUndefined()
  }
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})
