/** A group as its people live in it: four in browsers and one in a terminal, who came by one link. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Community, keys, PseudoTerminal, VECHE, vecheRegister } from '@veche/testkit'
import { inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Tab } from './core/testing/tab.ts'
import { passwordOf, Visitor } from './testing/visitor.ts'

const PATIENCE = { timeout: 120_000 }

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('groups', (browser, kind) => {
  const resources = new AsyncDisposableStack()
  let link: string
  let [olga, boris, vera, gleb]: Visitor[] = []
  let ivan: PseudoTerminal
  afterAll(() => resources.disposeAsync())

  const pages = () => [olga!, boris!, vera!, gleb!]
  const come = async (handle: string, name: string) => {
    const visitor = resources.use(await Visitor.open(browser(), link ?? community.url))
    await visitor.register(`${handle}-${kind}`, name)
    return visitor
  }

  test(`M13 M1 in ${kind} and a terminal five people come into a group by one link, and each reads all`, async () => {
    olga = await come('olga', 'Olga')
    link = await makeGroup(olga, 'Garden')
    const [terminal, ...guests] = await Promise.all([
      inTerminal(resources, `ivan-${kind}`, link),
      come('boris', 'Boris'),
      come('vera', 'Vera'),
      come('gleb', 'Gleb'),
    ])
    ivan = terminal
    ;[boris, vera, gleb] = guests
    for (const { page } of pages()) await page.getByRole('heading', { name: 'Garden' }).waitFor()
    for (const [index, visitor] of pages().entries()) {
      await visitor.write(`words of ${index}`)
      await visitor.putSheetAway()
      await olga.sees(`words of ${index}`)
    }
    await ivan.waitFor('Gleb  words of 3')
    ivan.type('words of the terminal\r')
    const names = ['Olga', 'Boris', 'Vera', 'Gleb', 'Ivan']
    for (const { page } of pages()) {
      const shown = () => page.locator('.message .rich .name').allInnerTexts()
      await expect.poll(shown, PATIENCE).toEqual(names)
      await page.getByText('5 people').first().waitFor()
    }
    for (const [index, name] of names.slice(0, 4).entries()) await ivan.waitFor(`${name}  words of ${index}`)
    await ivan.waitFor(/You {2}words of the terminal +\d\d:\d\d ✓/)
  })

  test(`M13 in ${kind} a role that is given in the page holds: a reader cannot write, an admin leads`, async () => {
    await setRole(olga!, 'Boris', 'reader')
    const { page } = boris!
    await page.locator('.banner', { hasText: 'You read in this group' }).waitFor()
    await page.locator('#composer').waitFor({ state: 'detached' })
    const tab = await coreOf(boris!)
    const chat = /groups\/([a-z0-9]+)/.exec(page.url())![1]
    await tab.call('send', chat, 'all the same')
    const unsent = page.locator('.message', { hasText: 'all the same' })
    await unsent.getByText('Your role in this group does not allow this.').waitFor()
    await setRole(olga!, 'Boris', 'member')
    await page.locator('#composer').waitFor()

    await vera!.about()
    await vera!.page.locator('summary', { hasText: 'Who may do what' }).waitFor()
    const titles = vera!.page.locator('summary', { hasText: 'Name and description' })
    expect(await titles.count()).toBe(0)
    await setRole(olga!, 'Vera', 'admin')
    await titles.click()
    await vera!.page.getByLabel('Name', { exact: true }).fill('Orchard')
    await vera!.page.getByRole('button', { name: 'Save' }).click()
    for (const each of pages()) await each.page.getByRole('heading', { name: 'Orchard' }).waitFor()
    await ivan.waitFor('Orchard')
  })

  test(`M13 in ${kind} a right that is changed in the page holds for everybody at once`, async () => {
    await olga!.page.getByText('Who may do what').click()
    const give = (right: string, role: string) => olga!.page.getByLabel(right).selectOption(role)
    await give('Write messages', 'admin')
    await gleb!.page.locator('.banner', { hasText: 'You read in this group' }).waitFor()
    await gleb!.page.locator('#composer').waitFor({ state: 'detached' })
    expect(await vera!.page.locator('#composer').count()).toBe(1)
    await give('Write messages', 'member')
    await gleb!.page.locator('#composer').waitFor()

    const makes = (visitor: Visitor) => visitor.page.getByRole('button', { name: 'Make an invite link' })
    await gleb!.about()
    await give('Make invite links', 'member')
    await makes(gleb!).waitFor()
    await give('Make invite links', 'owner')
    for (const visitor of [gleb!, vera!]) await makes(visitor).waitFor({ state: 'detached' })
  })

  test(`M13 M19 in ${kind} who is removed or banned is told, keeps what was read, and comes back as far as is allowed`, async () => {
    const out = 'You are no longer in this chat. What this device has stays.'
    await act(olga!, 'Boris', 'Remove', 'Remove')
    await act(olga!, 'Gleb', 'Remove and ban', 'Remove and ban')
    for (const { page } of [boris!, gleb!]) {
      await page.locator('.banner', { hasText: out }).waitFor()
      await page.locator('#composer').waitFor({ state: 'detached' })
      expect(await page.locator('.message', { hasText: 'words of' }).count()).toBe(5)
    }
    await olga!.write('without them')
    await vera!.sees('without them')
    await ivan.waitFor('without them')

    const [his, banned] = [await coreOf(boris!), await coreOf(gleb!)]
    await expect(banned.call('join', link)).rejects.toMatchObject({ reason: 'not_admitted' })
    await his.call('join', link)
    await boris!.page.locator('#composer').waitFor()
    await olga!.write('you are back')
    await boris!.sees('you are back')
    expect(await boris!.page.locator('.message', { hasText: 'without them' }).count()).toBe(0)

    expect(await olga!.page.locator('.message', { hasText: 'all the same' }).count()).toBe(0)
    await olga!.page.getByRole('button', { name: 'Lift the ban' }).click()
    await olga!.page.getByText('Banned').waitFor({ state: 'detached' })
    await banned.call('join', link)
    await gleb!.page.locator('#composer').waitFor()
    await gleb!.write('so am I')
    await ivan.waitFor('so am I')
    expect(pages().flatMap(({ complaints }) => complaints)).toEqual([])
  })
})

/** The calls that a page's views make. */
async function coreOf({ page }: Visitor): Promise<Tab> {
  const tab = new Tab(page)
  await tab.connect()
  return tab
}

/** @returns a link into it */
async function makeGroup({ page }: Visitor, name: string): Promise<string> {
  await page.getByRole('button', { name: 'New group' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Make the group' }).click()
  await page.getByRole('button', { name: 'Make an invite link' }).click()
  await page.locator('.about form').getByRole('button', { name: 'Make an invite link' }).click()
  const link = await page.locator('input.link').inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  return link
}

/** The real program: an account by its command, then its screen, in the group. */
async function inTerminal(
  resources: AsyncDisposableStack,
  handle: string,
  link: string,
): Promise<PseudoTerminal> {
  const folder = await mkdtemp(join(tmpdir(), 'veche-'))
  resources.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const profile = join(folder, 'profile')
  const password = passwordOf(handle)
  await vecheRegister(profile, { handle, name: 'Ivan', password, code: link, server: community.url })
  const command = [process.execPath, VECHE, '--profile', profile]
  const terminal = resources.use(
    await PseudoTerminal.start(command, { columns: 100, rows: 30, env: { VECHE_LANG: 'en' } }),
  )
  await terminal.waitFor('connected')
  await terminal.waitFor('Garden')
  terminal.type(keys.end + keys.enter)
  await terminal.waitFor('› Message')
  return terminal
}

/** Opens what can be done with a member; it stays open. */
async function choose({ page }: Visitor, name: string): Promise<void> {
  const more = page.getByRole('button', { name: `Role of ${name}` })
  if ((await more.getAttribute('aria-expanded')) !== 'true') await more.click()
}

async function setRole(visitor: Visitor, name: string, role: string): Promise<void> {
  await choose(visitor, name)
  await visitor.page.locator('.member-acts select').selectOption(role)
}

async function act(visitor: Visitor, name: string, button: string, action: string): Promise<void> {
  await choose(visitor, name)
  const acts = visitor.page.locator('.member-acts')
  await acts.getByText(button, { exact: true }).click()
  await visitor.confirm(action)
}
