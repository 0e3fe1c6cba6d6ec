/** The edge of the screen on a real client and server; only the terminal is played. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryFiles } from '@veche/history'
import { Community, type Person, until } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readyAccount } from '../profile.ts'
import { Seen } from '../seen.ts'
import type { Language } from '../words/language.ts'
import { Conductor } from './conductor.ts'
import type { KeyName } from './keys.ts'
import { type Frame, lineText } from './line.ts'
import type { Surface, SurfaceListener } from './surface.ts'

/** A terminal of 100×30 that remembers what it shows. */
class PlayedSurface implements Surface {
  readonly size = { columns: 100, rows: 30 }
  readonly failed = new Promise<never>(() => {})
  redrawn = 0
  suspended = 0
  #frame: Frame = { rows: [] }
  #listener: SurfaceListener | undefined

  attend(listener: SurfaceListener): void {
    this.#listener = listener
  }

  show(frame: Frame): void {
    this.#frame = frame
  }

  redraw(): void {
    this.redrawn += 1
  }

  async suspend(): Promise<void> {
    this.suspended += 1
  }

  async close(): Promise<void> {}

  press(...names: readonly KeyName[]): void {
    for (const name of names) this.#listener!.onKeys([{ kind: 'key', name }])
  }

  type(text: string): void {
    this.#listener!.onKeys([{ kind: 'text', text }])
  }

  text(): string {
    return this.#frame.rows.map(lineText).join('\n')
  }

  shows(what: string | RegExp): Promise<void> {
    const isShown = () => (typeof what === 'string' ? this.text().includes(what) : what.test(this.text()))
    return until(isShown).catch(() => {
      throw new Error(`there is no ${what} on the screen:\n${this.text()}`)
    })
  }
}

let community: Community
let folder: string
/** Who sits before the screen. */
let surface: PlayedSurface
let boris: Person
let running: Promise<void>
const languages: Language[] = []

beforeAll(async () => {
  community = await Community.start()
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  boris = await community.welcome('boris')
  const client = await community.open(new MemoryFiles())
  await client.register({ handle: 'vera', name: 'Vera', password: 'olive harbour lantern vera' })
  surface = new PlayedSurface()
  const profile = { client, seen: await Seen.open(folder), account: readyAccount(client) }
  const conductor = new Conductor(profile, {
    surface,
    language: 'en',
    keepLanguage: async (language) => void languages.push(language),
  })
  running = conductor.run(new AbortController().signal)
  await surface.shows('connected')
})

afterAll(async () => {
  await community[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('M11 M14 a request is answered, and the chat opens', async () => {
  await boris.client.requests.ask('vera')
  await surface.shows('boris (@boris)')
  surface.press('enter')
  await surface.shows('wants to write to you')
  surface.press('enter')
  await surface.shows('› Message')
  await until(() => boris.client.chats().length === 1)
})

test('M17 what is written goes and what comes is shown', async () => {
  surface.type('Good evening')
  surface.press('enter')
  await surface.shows(/You {2}Good evening +\d\d:\d\d ✓/)
  await boris.client.send(boris.client.findChat('@vera'), 'Good evening, Vera')
  await surface.shows(/boris {2}Good evening, Vera/)
  surface.press('ctrl+f')
  surface.type('evening, v')
  surface.press('enter')
  await surface.shows('▸ @boris')
  surface.press('enter')
  await surface.shows('Good evening, Vera')
})

test('A2 the safety number is the one that the other sees, and the mark stays', async () => {
  surface.press('ctrl+g')
  const { safetyNumber } = boris.client.people.compare('vera')
  await surface.shows(safetyNumber.split(' ').slice(0, 4).join('  '))
  surface.press('enter')
  await surface.shows('Verified: you have compared them.')
  surface.press('escape')
  await surface.shows('✓ verified')
})

test('M11 M12 M19 the settings are the server’s; whom one blocks is there, and let in again', async () => {
  surface.press('ctrl+o')
  await surface.shows('● ask me')
  surface.press('enter')
  await surface.shows('● no one new')
  surface.press('down', 'down', 'down', 'enter')
  await surface.shows('● open account')
  surface.press('escape', 'escape')
  surface.type('b')
  surface.press('home', 'enter')
  await surface.shows('Blocked: nothing of @boris reaches you')
  surface.type('s')
  await surface.shows('@boris · Enter: unblock')
  surface.press('end', 'enter')
  await until(() => !surface.text().includes('unblock'))
  surface.press('escape')
})

test('M22 keeping and not keeping', async () => {
  surface.type('k')
  surface.press('home', 'down', 'enter', 'home', 'enter')
  await surface.shows('kept: server only')
  surface.press('home', 'down', 'enter')
  await surface.shows('kept: server, device')
  surface.press('escape')
})

test('M12 M21 people are found by a part of their name, once nothing more is typed', async () => {
  const anna = await community.welcome('annabel')
  await anna.client.settings.setVisibility('open')
  surface.press('ctrl+n')
  surface.type('annab')
  await surface.shows('annabel (@annabel)')
  surface.press('down', 'enter')
  await surface.shows('@annabel is asked.')
  await until(async () =>
    (await anna.client.requests.list()).incoming.some(({ handle }) => handle === 'vera'),
  )
  surface.press('escape')
})

test('M13 a group is entered by a link, left by who made it, and a link of one’s own is made and taken back', async () => {
  const boris = await community.welcome('borislav')
  const { chat } = await boris.client.groups.create({ name: 'Garden' })
  const { link } = await boris.client.groups.invite(chat)
  surface.press('ctrl+n')
  surface.type(link)
  surface.press('enter')
  await surface.shows('What the people of Garden write will be here.')
  const others = () => boris.client.groups.members(chat).filter(({ you }) => !you)
  await until(() => others().length === 1)
  await boris.client.groups.setRole(chat, others()[0]!.account, 'admin')
  surface.press('ctrl+p')
  await surface.shows('Invite links')
  surface.press('end', 'up', 'up', 'enter')
  await surface.shows(/came: 1 of 1000/)
  surface.press('home', 'enter', 'enter')
  await surface.shows('#join=vi-')
  surface.press('end', 'enter')
  await surface.shows(/came: 0 of 1000/)
  surface.press('end', 'enter', 'up', 'enter')
  await surface.shows('The link is taken back')
  await until(async () => (await boris.client.groups.invites(chat)).length === 1)
  surface.press('escape', 'escape')
})

test('what goes wrong is said in words, and the screen goes on', async () => {
  surface.press('ctrl+n')
  surface.type('vera')
  surface.press('enter')
  await surface.shows('This is your own handle.')
  surface.press('escape', 'ctrl+l', 'ctrl+z')
  expect([surface.redrawn, surface.suspended]).toEqual([1, 1])
})

test('the language is changed at once and kept; Ctrl+C leaves', async () => {
  surface.press('ctrl+o')
  await surface.shows('○ Русский')
  surface.press('end', 'up', 'enter')
  await surface.shows('Язык этого экрана')
  expect(languages).toEqual(['ru'])
  surface.press('ctrl+c')
  await running
})
