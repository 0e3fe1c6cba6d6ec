/** A comparison in words. */
import { fingerprintLines } from '@veche/app-server'
import type { Words } from '../words/en.ts'
import type { Difference } from './compare-answer.ts'
import type { Finding, WebReport } from './verify-web.ts'

const MAX_SHOWN = 20
const MAX_VISITORS = 3

/** What a browser runs or obeys is another thing. */
export function isReal({ difference }: Finding): boolean {
  return difference.kind !== 'compression'
}

export function reportText({ findings, answers }: WebReport, release: string, { says }: Words): string {
  const { web } = says
  const real = findings.filter(isReal)
  const shown = real.slice(0, MAX_SHOWN).map((finding) => findingText(finding, web))
  const more = real.length > MAX_SHOWN ? [web.more(real.length - MAX_SHOWN)] : []
  const recompressed = new Set(findings.filter((finding) => !isReal(finding)).map(({ path }) => path))
  const notes = recompressed.size > 0 ? [web.recompressed(recompressed.size)] : []
  const summary = real.length === 0 ? [web.same(answers)] : []
  return [...shown, ...more, ...notes, ...summary, `${web.release}\n  ${releaseLines(release)}`].join('\n')
}

/** To be read to each other by phone. */
export function releaseLines(release: string): string {
  return fingerprintLines(release).join('\n  ')
}

type WebWords = Words['says']['web']

function findingText({ path, difference, visitors, answers }: Finding, web: WebWords): string {
  const named = visitors.slice(0, MAX_VISITORS).join('; ')
  const who = visitors.length > MAX_VISITORS ? web.andMore(named, visitors.length - MAX_VISITORS) : named
  return `${path}: ${differenceText(difference, web)}\n  ${web.seenBy(answers, who)}`
}

function differenceText(difference: Difference, web: WebWords): string {
  const { nothing } = web
  switch (difference.kind) {
    case 'status':
      return web.status(difference.expected, difference.got, difference.location ?? '')
    case 'header':
      return web.header(difference.name, difference.expected ?? nothing, difference.got ?? nothing)
    case 'content':
      return web.content(difference.expected, difference.got, difference.at)
    case 'coding':
      return web.coding(difference.got)
    case 'unlisted':
      return web.unlisted(difference.file)
    case 'hints':
      return web.hints
    case 'silence':
      return web.silence[difference.why]
    case 'compression':
      return web.recompressed(1)
    default:
      return difference satisfies never
  }
}
