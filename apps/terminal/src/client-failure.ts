/** The client's errors, by cause, as the failures of a command. */
import { DamagedError, NoSpaceError, RefusedError, UnreachableError, UsageError } from '@veche/client'
import { exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'

/** What the file system answers to a folder that cannot hold a profile. */
const folderErrors = new Set(['EACCES', 'EEXIST', 'ENOTDIR', 'EPERM', 'EROFS', 'ERR_SQLITE_ERROR'])

/** What is no cause of these is given back as it is. */
export function clientFailure(error: unknown, server: string): unknown {
  if (isUntrusted(error)) return new Failure('server_untrusted', exitCode.unreachable, server)
  if (error instanceof UnreachableError) return new Failure('unreachable', exitCode.unreachable, server)
  if (error instanceof RefusedError) return refusal(error)
  if (error instanceof UsageError) return new Failure(error.reason, exitCode.wrongUse, server)
  if (error instanceof DamagedError) return new Failure('profile_damaged', exitCode.profile)
  if (isDiskFull(error)) return new Failure('disk_full', exitCode.profile)
  const code = codeOf(error)
  return folderErrors.has(code) ? new Failure('profile_unusable', exitCode.profile, code) : error
}

/** Whether there is no space, or no more of the user's quota, where the profile is. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof NoSpaceError || ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
}

/** What Node says of a certificate that leads to nobody whom this device trusts. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function isUntrusted(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (untrusted.has(codeOf(cause))) return true
  return false
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The server's no, or a no of the client's in its name. */
export function refusal({ reason, retryAfterMs }: RefusedError): Failure {
  return new Failure(reason, exitCode.refused, '', retryAfterMs > 0 ? { retryAfterMs } : {})
}
