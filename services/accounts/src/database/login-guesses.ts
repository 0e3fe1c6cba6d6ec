import type { Queryable } from '@veche/service-kit'

interface GuessLimit {
  /** So many at once, */
  readonly burst: number
  /** and one more each. */
  readonly intervalMs: number
}

/**
 * At most 20 in any hour (B4): each answer lets the client try one password or code. The bucket belongs to the handle,
 * whether anyone has it or not, and a device that is in already needs none.
 */
export const GUESSES: GuessLimit = { burst: 10, intervalMs: 6 * 60_000 }

/**
 * Takes one guess from the subject's bucket; false when it is empty. The bucket is kept as the one moment at which
 * it will be full again, so that a full one need not be kept.
 */
export async function takeGuess(
  database: Queryable,
  subject: Uint8Array,
  { burst, intervalMs }: GuessLimit,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'take_guess',
    text: `INSERT INTO login_guess AS guess (subject, full_at) VALUES ($1, $2::timestamptz + $3::interval)
           ON CONFLICT (subject) DO UPDATE SET full_at = greatest(guess.full_at, $2::timestamptz) + $3::interval
           WHERE greatest(guess.full_at, $2::timestamptz) + $3::interval <= $4`,
    values: [subject, new Date(nowMs), `${intervalMs} milliseconds`, new Date(nowMs + burst * intervalMs)],
  })
  return rowCount > 0
}

export async function sweepGuesses(database: Queryable, nowMs: number): Promise<void> {
  await database.query('DELETE FROM login_guess WHERE full_at <= $1', [new Date(nowMs)])
}
