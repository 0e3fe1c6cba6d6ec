/** What people do with the web app from its first page on, in real browsers against a whole server. */
import { createHash } from 'node:crypto'
import { Community } from '@veche/testkit'
import { inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwordOf, Visitor } from './testing/visitor.ts'

const PATIENCE = { timeout: 120_000 }

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('journeys', (browser, kind) => {
  test(`M10 M11 M14 in ${kind} two people come from nothing to a verified private chat`, async () => {
    const [anna, boris] = [`anna-${kind}`, `boris-${kind}`]
    await using ann = await Visitor.open(browser(), community.url)
    await using bor = await Visitor.open(browser(), community.url)
    await ann.register(anna, 'Anna')
    await bor.register(boris, 'Boris')

    await ann.ask(boris)
    await ann.page.getByText('waits for an answer').waitFor()
    await bor.go('Private')
    await bor.page.getByRole('link', { name: /Anna wants to write to you/ }).click()
    const card = bor.page.locator('.request-card')
    expect(await card.locator('.request-who').innerText()).toBe(`Anna\n@${anna}`)
    await bor.page.getByRole('button', { name: 'Allow' }).click()

    await bor.write('The gate is *open*, see https://veche.example/map.')
    await bor.putSheetAway()
    await ann.page.getByRole('link', { name: /Boris/ }).click()
    await ann.sees('The gate is open')
    expect(await ann.page.locator('.message em').innerText()).toBe('open')
    const link = ann.page.locator('.message a')
    expect(await link.getAttribute('href')).toBe('https://veche.example/map')
    expect(await link.getAttribute('rel')).toContain('noreferrer')
    await bor.page
      .getByRole('img', { name: /Delivered|Read/ })
      .first()
      .waitFor()

    await ann.write('I come at five')
    await ann.putSheetAway()
    await bor.sees('I come at five')

    for (const { page } of [ann, bor]) {
      await page.getByRole('button', { name: 'About this chat' }).click()
      await page.locator('.number').waitFor()
    }
    const digits = await ann.page.locator('.number').innerText()
    expect(digits.replace(/\D/g, '')).toHaveLength(60)
    expect(await bor.page.locator('.number').innerText()).toBe(digits)
    await ann.page.getByRole('button', { name: 'The digits are the same' }).click()
    await ann.page.getByText('Verified: you have compared them.').waitFor()
    expect([...ann.complaints, ...bor.complaints]).toEqual([])
  })

  test(`M13 in ${kind} a newcomer comes by a link into a group whose other members use other programs`, async () => {
    const owner = await community.welcome(`owner-${kind}`, 'Oksana')
    const { chat } = await owner.client.groups.create({ name: 'Garden' })
    const { link } = await owner.client.groups.invite(chat)
    await using newcomer = await Visitor.open(browser(), link)
    const { page } = newcomer
    expect(page.url()).not.toContain('join=')
    await newcomer.register(`new-${kind}`, 'Nina')
    await page.getByRole('heading', { name: 'Garden' }).waitFor()

    await newcomer.write('Good morning')
    await newcomer.putSheetAway()
    const heard = () => owner.client.history(chat, { limit: 10 })
    await expect
      .poll(async () => (await heard()).map(({ text }) => text), { timeout: 60_000 })
      .toContain('Good morning')
    const [asked] = await heard()
    await owner.client.send(chat, `Welcome, @new-${kind}`, { replyTo: asked!.id })
    await newcomer.sees('Welcome')
    const answer = page.locator('.message', { hasText: 'Welcome' })
    expect(await answer.locator('.rich .name').innerText()).toBe('Oksana')
    expect(await answer.locator('.quote').innerText()).toContain('Good morning')
    expect(await answer.locator('mark').innerText()).toBe(`@new-${kind}`)
    expect(await page.locator('.message .rich .name').allInnerTexts()).toEqual(['Nina', 'Oksana'])
    expect(newcomer.complaints).toEqual([])
  })

  test(`M11 M12 M21 C15 in ${kind} settings show the release; the policy and visibility do what they say`, async () => {
    await using host = await Visitor.open(browser(), community.url)
    await host.register(`host-${kind}`, 'Hanna')
    const guests = await Promise.all(['one', 'two'].map((name) => community.welcome(`${name}-${kind}`)))
    await host.settings()
    const list = await (await fetch(`${community.url}/release.json`)).arrayBuffer()
    const release = createHash('sha256').update(Buffer.from(list)).digest('hex')
    const shown = await host.page.locator('.release').innerText()
    expect(shown.replace(/[^0-9A-F]/g, '').toLowerCase()).toBe(release)
    for (const [language, code] of [
      ['Русский', 'ru'],
      ['English', 'en'],
    ] as const) {
      await host.page.getByLabel(language).check()
      await host.page
        .locator(`link[rel=manifest][href="/${code}.webmanifest"]`)
        .waitFor({ state: 'attached' })
    }
    await expect.poll(() => host.page.getByLabel('ask me').isChecked(), { timeout: 60_000 }).toBe(true)

    await host.page.getByLabel('no one new').check()
    await host.page.getByText('Nobody new can ask you for a chat.').waitFor()
    expect(await guests[0]!.client.requests.ask(`host-${kind}`)).not.toMatchObject({ status: 'open' })

    await host.page.getByLabel('anyone').check()
    await host.page.getByText('Whoever knows your handle can write at once.').waitFor()
    expect(await guests[1]!.client.requests.ask(`host-${kind}`)).toMatchObject({ status: 'open' })
    await host.go('Private')
    await host.page.getByRole('link', { name: new RegExp(`two-${kind}`) }).waitFor()
    expect(await host.page.getByRole('link', { name: new RegExp(`one-${kind}`) }).count()).toBe(0)

    const [one, two] = [guests[0]!.client, guests[1]!.client]
    const found = () => one.people.find(`host-${kind}`)
    expect(await found()).toEqual([])
    await host.settings()
    await host.page.getByLabel('open account').check()
    await expect.poll(found, PATIENCE).toMatchObject([{ handle: `host-${kind}`, name: 'Hanna' }])
    await host.page.getByLabel('closed account').check()
    await expect.poll(found, PATIENCE).toEqual([])
    await two.settings.setVisibility('open')
    await host.go('Search')
    await host.page.getByRole('searchbox').fill(`two-${kind}`)
    await host.page.getByRole('region', { name: 'People' }).getByText(`@two-${kind}`).waitFor()
    expect(host.complaints).toEqual([])
  })

  test(`M22 in ${kind} history off on the server and on here, and the reverse, is what other devices find`, async () => {
    const [handle, password] = [`keep-${kind}`, passwordOf(`keep-${kind}`)]
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(handle, 'Kira')
    for (const [index, name] of ['Pyotr', 'Sonya'].entries()) {
      const peer = await community.welcome(`${name.toLowerCase()}-${kind}`, name)
      await peer.client.settings.setAcceptance('allowed')
      await own.ask(peer.handle)
      await page.getByRole('heading', { name }).waitFor()
      await own.write(`before, to ${name}`)
      if (index === 0) await own.putSheetAway()
      await page.getByRole('img', { name: /Delivered|Read/ }).waitFor()
    }

    await own.openChat('Pyotr')
    await own.keep('On the server', 'Erase on the server')
    await page.getByRole('button', { name: /On the server: not kept On this device: kept/ }).waitFor()
    await own.write('here alone')
    await own.openChat('Sonya')
    await own.keep('On this device', 'Erase from this device')
    await page.getByRole('button', { name: /On the server: kept On this device: not kept/ }).waitFor()
    await expect.poll(() => page.locator('.message').count(), PATIENCE).toBe(0)

    await page.reload()
    await own.openChat('Sonya')
    expect(await page.locator('.message').count()).toBe(0)
    await own.openChat('Pyotr')
    for (const text of ['before, to Pyotr', 'here alone']) await own.sees(text)

    await using other = await Visitor.open(browser(), community.url)
    await other.login(handle, password)
    await other.page.locator('[data-account=ready]').waitFor()
    await other.openChat('Sonya')
    await other.sees('before, to Sonya')
    await other.openChat('Pyotr')
    await other.page.getByRole('button', { name: /On the server: not kept On this device: kept/ }).waitFor()
    await own.write('to both devices')
    await other.sees('to both devices')
    expect(await other.page.locator('.message').count()).toBe(1)
    expect([...own.complaints, ...other.complaints]).toEqual([])
  })
})
