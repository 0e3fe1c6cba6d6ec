// Preloaded into a process (`NODE_OPTIONS=--import …`) whose clock a test sets: the milliseconds in the file
// CLOCK_SHIFT_FILE are added to its time of day, from a moment after they change. Timers and performance.now are
// left alone, as by an operator's `date -s`. Plain JavaScript: it comes before whatever strips types.

import { readFileSync } from 'node:fs'

const file = process.env.CLOCK_SHIFT_FILE ?? ''
const SystemDate = Date
const LOOK_EVERY_MS = 20
let lookedAtMs = Number.NEGATIVE_INFINITY
let shiftMs = 0

class ShiftedDate extends SystemDate {
  constructor(...values) {
    super(...(values.length === 0 ? [ShiftedDate.now()] : values))
  }

  static now() {
    return SystemDate.now() + shift()
  }
}
globalThis.Date = ShiftedDate

function shift() {
  if (performance.now() - lookedAtMs < LOOK_EVERY_MS) return shiftMs
  lookedAtMs = performance.now()
  shiftMs = Number(readFileSync(file, 'utf8')) || 0
  return shiftMs
}
