/** Lengths of time as people write them: `90s`, `30m`, `12h`, `7d`; a bare number is seconds. */

/** What a timer can hold, rounded down to days. */
export const maxTimeoutMs = 24 * 86_400_000

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds; undefined when `text` is no length of time, or longer than ten years. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([smhd]?)$/.exec(text.slice(0, 20))
  if (match === null) return undefined
  const unit = (match[2] || 's') as keyof typeof unitsMs
  const durationMs = Math.round(Number(match[1]) * unitsMs[unit])
  return durationMs <= 3650 * unitsMs.d ? durationMs : undefined
}
