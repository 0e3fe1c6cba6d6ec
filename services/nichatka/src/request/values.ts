/** Fields of the kinds that there are. All of them throw a Refusal that names the field. */
import type { Nickname } from '../domain.ts'
import { parseNickname } from '../nickname.ts'
import { Refusal, wrong } from '../refusal.ts'

const maxId = 2n ** 63n - 1n

/** As the database counts them: from 1. */
export function parseId<Id extends bigint>(text: string): Id | undefined {
  if (!/^[1-9]\d{0,18}$/.test(text)) return undefined
  const id = BigInt(text)
  return id <= maxId ? (id as Id) : undefined
}

export function optionalId<Id extends bigint>(field: string, text: string | undefined): Id | undefined {
  if (text === undefined) return undefined
  const id = parseId<Id>(text)
  if (id === undefined) throw wrong(field)
  return id
}

export function ensureChoice<const Choice extends string>(
  field: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((one) => one === text)
  if (choice === undefined) throw wrong(field)
  return choice
}

export function optionalChoice<const Choice extends string>(
  field: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  return text === undefined ? undefined : ensureChoice(field, text, choices)
}

export function ensureNickname(field: string, text: string): Nickname {
  const nickname = parseNickname(text)
  if (nickname === undefined) throw wrong(field)
  return nickname
}

export function ensureNumber(field: string, text: string, max: number): number {
  const value = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= max)) throw wrong(field)
  return value
}

/** A repeated field with no more than so many values. */
export function ensureAtMost<Value>(field: string, values: readonly Value[], max: number): readonly Value[] {
  if (values.length > max) throw wrong(field)
  return values
}

export function required<Value>(field: string, value: Value | undefined): Value {
  if (value === undefined) throw new Refusal('field-missing', { field })
  return value
}

export function ensureText(field: string, text: string, parse: (text: string) => string | undefined): string {
  const parsed = parse(text)
  if (parsed === undefined) throw wrong(field)
  return parsed
}
