/** The numbers that stand for words in the tables. Their order is part of the stored data. */
import { type Color, colors, type Priority, priorities, type Status, statuses } from '../domain.ts'

export const priorityCodes: Readonly<Record<Priority, number>> = { ordinary: 0, important: 1, critical: 2 }
export const statusCodes: Readonly<Record<Status, number>> = { new: 0, read: 1, hidden: 2 }

/** 0 is none. */
export function colorCode(color: Color | 'none'): number {
  return color === 'none' ? 0 : colors.indexOf(color) + 1
}

export function toPriority(code: number): Priority {
  return must(priorities[code])
}

export function toStatus(code: number): Status {
  return must(statuses[code])
}

export function toColor(code: number): Color | undefined {
  return code === 0 ? undefined : must(colors[code - 1])
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('a code that this version does not know')
  return value
}

/** For comparing names in any case, whatever the locale of the database. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
