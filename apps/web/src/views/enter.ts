/** What the forms of the entrance have in common: what is wrong stands beside its field, the rest below. */
import { useState } from 'preact/hooks'
import { failureText, isAborted, reasonOf } from '../state/failure.ts'
import { useApp, useWords } from './context.ts'

export type WrongFields<Name extends string> = Readonly<Partial<Record<Name, string>>>

/** Fields of which a reason tells. */
const FIELD_OF: Readonly<Record<string, string>> = {
  handle_invalid: 'handle',
  handle_taken: 'handle',
  name_invalid: 'name',
  weak_password: 'password',
  code_invalid: 'code',
}

export interface Entering<Name extends string> {
  readonly isBusy: boolean
  readonly wrong: WrongFields<Name>
  /** What went wrong and is of no field. */
  readonly failure: string | undefined
  /** Does it unless something is wrong with a field. */
  enter(wrong: WrongFields<Name>, act: () => Promise<unknown>): Promise<void>
}

export function useEntering<Name extends string>(names: readonly Name[]): Entering<Name> {
  const { session } = useApp()
  const words = useWords()
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState({} as WrongFields<Name>)
  const [failure, setFailure] = useState<string>()
  const fail = (error: unknown) => {
    if (isAborted(error)) return
    const field = names.find((name) => name === FIELD_OF[reasonOf(error)])
    const text = failureText(error, words)
    if (field === undefined) setFailure(text)
    else setWrong({ [field]: text } as WrongFields<Name>)
  }
  const enter = async (found: WrongFields<Name>, act: () => Promise<unknown>) => {
    setWrong(found)
    setFailure(undefined)
    if (Object.keys(found).length > 0) return
    setBusy(true)
    try {
      await act()
      await session.refresh()
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, wrong, failure, enter }
}

const HANDLE = /^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]$/

/** As it is typed: with or without @, in any case. */
export function toHandle(typed: string): string {
  return typed.trim().replace(/^@/, '').toLowerCase()
}

export function isHandle(handle: string): boolean {
  return HANDLE.test(handle)
}
