/** The place of one's own: account, settings, devices, password, recovery sheet, signing out. */
import type { ReadyAccount } from '@veche/client'
import type { ComponentType, JSX } from 'preact'
import { formatPlace } from '../state/place.ts'
import { Blocked } from './blocked.tsx'
import { ChangePassword } from './change-password.tsx'
import { useApp, useWords } from './context.ts'
import { IconButton } from './controls.tsx'
import { Devices } from './devices.tsx'
import { HistoryFiles } from './history-files.tsx'
import { Icon, type IconName } from './icon.tsx'
import { Leave } from './leave.tsx'
import { Avatar, nameOf } from './person-name.tsx'
import { SheetPage } from './recovery-sheet.tsx'
import { Settings } from './settings.tsx'

const pages = {
  settings: { icon: 'settings', Page: Settings },
  devices: { icon: 'devices', Page: Devices },
  password: { icon: 'password', Page: ChangePassword },
  sheet: { icon: 'print', Page: SheetPage },
  history: { icon: 'history', Page: HistoryFiles },
  blocked: { icon: 'blocked', Page: Blocked },
  leave: { icon: 'leave', Page: Leave },
} as const satisfies Readonly<Record<string, { readonly icon: IconName; readonly Page: ComponentType }>>

type PageName = keyof typeof pages

export function You({
  account,
  page,
}: {
  readonly account: ReadyAccount
  readonly page: string | undefined
}): JSX.Element {
  const { up } = useApp()
  const words = useWords()
  const shown = page !== undefined && Object.hasOwn(pages, page) ? (page as PageName) : undefined
  const { Page } = pages[shown ?? 'settings']
  return (
    <div class="you">
      <section class="side you-side" aria-label={words.you.title}>
        <header class="side-head">
          <h1>{words.you.title}</h1>
        </header>
        <div class="side-body">
          <Card account={account} />
          <Pages shown={shown} />
        </div>
      </section>
      <div class="pane you-page">
        <header class="pane-head">
          <IconButton icon="back" label={words.back} class="icon-button back" onClick={up} />
          <h2>{words.you.pages[shown ?? 'settings']}</h2>
        </header>
        <div class="pane-body">
          <Page />
        </div>
      </div>
    </div>
  )
}

function Card({ account }: { readonly account: ReadyAccount }): JSX.Element {
  const { you } = useWords()
  return (
    <div class="about-who">
      <Avatar id={account.account} name={nameOf(account)} />
      <div>
        <bdi class="about-name">{nameOf(account)}</bdi>
        <p class="quiet">@{account.handle}</p>
        <p class="quiet">{new URL(account.server).host}</p>
        {account.administrator && <p class="quiet">{you.administrator}</p>}
      </div>
    </div>
  )
}

function Pages({ shown }: { readonly shown: PageName | undefined }): JSX.Element {
  const { go, session } = useApp()
  const words = useWords()
  return (
    <nav aria-label={words.you.title}>
      <ul class="you-pages">
        {(Object.keys(pages) as PageName[]).map((page) => (
          <li key={page}>
            <a
              class="chat-row"
              href={formatPlace({ area: 'you', item: page })}
              aria-current={page === shown ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault()
                go({ area: 'you', item: page })
              }}
            >
              <Icon name={pages[page].icon} />
              <span class="row-body">
                <span>{words.you.pages[page]}</span>
                {page === 'sheet' && session.isSheetDue.value && (
                  <span class="row-last notice-text">{words.you.sheet.due}</span>
                )}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
