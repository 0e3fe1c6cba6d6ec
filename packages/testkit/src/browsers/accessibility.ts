/** What a machine can find of a page's barriers; what it cannot, the stories check by keyboard and by names. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** WCAG 2.2, levels A and AA, and what axe's authors call good practice. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Looks at the whole page, shadow roots included, as it is now.
 * @param state what the page shows, for the message
 * @throws Error that lists each barrier, what it touches and where it is explained
 */
export async function checkAccessibility(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
  if (violations.length === 0) return
  const barriers = violations.map(({ id, impact, help, helpUrl, nodes }) => {
    const touched = nodes.map(({ target, html, failureSummary = '' }) => {
      const reasons = failureSummary.split('\n').slice(1).join('; ').replaceAll(/\s+/g, ' ')
      return `    ${target.flat().join(' » ')}\n      ${html.slice(0, 200)}\n     ${reasons}`
    })
    return `  ${id} (${impact}): ${help}\n${touched.join('\n')}\n    ${helpUrl}`
  })
  throw new Error(`${state}: ${violations.length} barriers\n${barriers.join('\n')}`)
}
