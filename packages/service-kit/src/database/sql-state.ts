/** PostgreSQL's SQLSTATE codes that the code asks for (its manual, appendix A). */
export const sqlStates = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  diskFull: '53100',
  tooManyConnections: '53300',
  queryCanceled: '57014',
  insufficientPrivilege: '42501',
  duplicateObject: '42710',
  duplicateDatabase: '42P04',
} as const

/** No SQLSTATE begins with E, and every errno of the system (EPIPE, EPERM) does. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(error.code)
    ? error.code
    : undefined
}

/** @param constraint the constraint's or unique index's name; any when left out. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlStateOf(error) !== sqlStates.uniqueViolation) return false
  return constraint === undefined || (error as { constraint?: unknown }).constraint === constraint
}

export function isSerializationFailure(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === sqlStates.serializationFailure || state === sqlStates.deadlockDetected
}

/** There was no space for what the statement writes: nothing of it is stored. */
export function isOutOfSpace(error: unknown): boolean {
  return sqlStateOf(error) === sqlStates.diskFull
}

/** The connection is gone, so that no ROLLBACK can be sent: class 08, 57P01 to 57P03, the socket's own errors, and no answer at all. */
export function isLostConnection(error: unknown): boolean {
  const state = sqlStateOf(error)
  if (state !== undefined) return state.startsWith('08') || /^57P0[1-3]$/.test(state)
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return (
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOENT', 'ETIMEDOUT'].includes(String(code)) ||
    /^Connection terminated|not queryable$|^Query read timeout$/.test(error.message)
  )
}

/**
 * The database cannot do it now, and may when asked again: its connection is lost, it took longer than a statement may, or
 * no connection came free in time, as when its disk is slow and many ask.
 */
export function isUnavailable(error: unknown): boolean {
  if (isLostConnection(error)) return true
  const state = sqlStateOf(error)
  if (state !== undefined) return state === sqlStates.queryCanceled || state === sqlStates.tooManyConnections
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}
