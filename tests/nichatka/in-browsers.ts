/** Stories that are told in real browsers: a Vehno for the file, and for each kind of browser one that stays open. */
import {
  type Browser,
  type BrowserKind,
  type Emulation,
  missingPackages,
  openBrowser,
} from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { Colleague } from './colleague.ts'
import { missingForPython } from './python.ts'
import { Vehno } from './vehno.ts'

export interface Stage {
  readonly vehno: Vehno
  readonly browser: Browser
  /** Hires somebody of that name for this test alone, who signs in. */
  enter(name: string, emulation?: Emulation): Promise<Colleague>
}

type PlaywrightKind = Exclude<BrowserKind, 'webkit'>

/** @param what the file's subject */
export async function inBrowsers(
  what: string,
  kinds: readonly PlaywrightKind[],
  tell: (stage: () => Stage, kind: PlaywrightKind) => void,
): Promise<void> {
  await withVehno(what, kinds, (vehno) => {
    for (const kind of kinds) {
      describe(kind, () => {
        let browser: Browser
        beforeAll(async () => {
          browser = await openBrowser(kind)
        })
        afterAll(() => browser?.close())
        const enter = async (name: string, emulation?: Emulation) => {
          const [nickname] = await vehno().hire(name)
          return Colleague.signIn(vehno(), browser, nickname!, emulation)
        }
        tell(() => ({ vehno: vehno(), browser, enter }), kind)
      })
    }
  })
}

/** The same without opening a browser. */
export async function withVehno(
  what: string,
  kinds: readonly BrowserKind[],
  tell: (vehno: () => Vehno) => void,
): Promise<void> {
  whereInstalled(
    `Nichatka, ${what}`,
    () => missingHere(kinds),
    () => {
      let vehno: Vehno
      beforeAll(async () => {
        vehno = await Vehno.start()
      })
      afterAll(() => vehno?.[Symbol.asyncDispose]())
      tell(() => vehno)
    },
  )
}

function missingHere(kinds: readonly BrowserKind[]): readonly string[] {
  return [...missingPackages(kinds), ...missingForPython('python3', 'python3-django', 'python3-psycopg2')]
}

/** What must come by itself: the machine may be slow. */
export const eventually: typeof expect.poll = (read, options) =>
  expect.poll(read, { timeout: 240_000, interval: 50, ...options })
