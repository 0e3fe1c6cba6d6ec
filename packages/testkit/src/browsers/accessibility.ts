/** What a machine can find of a page's barriers; what it cannot, the stories check by keyboard and by names. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

type Result = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number]

/** WCAG 2.2, levels A and AA, and what axe's authors call good practice. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Looks at the whole page, shadow roots included, as it is now.
 * @param state what the page shows, for the message
 * @throws Error that lists each barrier, what it touches and where it is explained
 */
export async function checkAccessibility(page: Page, state: string): Promise<void> {
  await page.evaluate(readForcedColors)
  const { violations, incomplete } = await new AxeBuilder({ page }).withTags(tags).analyze()
  const found = [...violations, ...incomplete.flatMap(unseen)]
  if (found.length === 0) return
  const barriers = found.map(({ id, impact, help, helpUrl, nodes }) => {
    const touched = nodes.map(({ target, html, failureSummary = '' }) => {
      const reasons = failureSummary.split('\n').slice(1).join('; ').replaceAll(/\s+/g, ' ')
      return `    ${target.flat().join(' » ')}\n      ${html.slice(0, 200)}\n     ${reasons}`
    })
    return `  ${id} (${impact}): ${help}\n${touched.join('\n')}\n    ${helpUrl}`
  })
  throw new Error(`${state}: ${found.length} barriers\n${barriers.join('\n')}`)
}

/** axe takes the colour of text from a property that none of our pages sets and that Chromium does not force with the others. */
const readForcedColors = `
  if (matchMedia('(forced-colors: active)').matches) {
    const { getPropertyValue } = CSSStyleDeclaration.prototype
    CSSStyleDeclaration.prototype.getPropertyValue = function (name) {
      return getPropertyValue.call(this, name === '-webkit-text-fill-color' ? 'color' : name)
    }
  }`

/** Text in the colour of what is behind it: axe leaves it to people whether that was meant. */
function unseen(result: Result): Result[] {
  const nodes = result.nodes.filter(({ any }) => any.some(({ data }) => data?.messageKey === 'equalRatio'))
  return nodes.length > 0 ? [{ ...result, nodes }] : []
}
