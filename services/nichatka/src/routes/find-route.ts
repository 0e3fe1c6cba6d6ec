import { Refusal } from '../refusal.ts'
import type { Route } from './route.ts'
import { type Method, siteMap } from './site-map.ts'

export interface FoundRoute {
  readonly route: Route
  readonly pathId: string
  /** A change that came as GET (N18): taken under conditions of its own (C5). */
  readonly isGetChange: boolean
}

export const basePath = '/nichatka/v1/'

/** @param path without its query. @throws Refusal path-unknown, method-unknown */
export function findRoute(method: string, path: string): FoundRoute {
  const isChange = path.endsWith('/change')
  const [template, pathId] = templateOf(path.slice(basePath.length, isChange ? -'/change'.length : undefined))
  const methods =
    path.startsWith(basePath) && Object.hasOwn(siteMap, template) ? siteMap[template] : undefined
  const offered: Offered | undefined = isChange ? methods?.PATCH && { GET: methods.PATCH } : methods
  if (offered === undefined) throw new Refusal('path-unknown')
  const asked = method === 'HEAD' && !isChange ? 'GET' : method
  const route = Object.hasOwn(offered, asked) ? offered[asked as Method] : undefined
  if (route === undefined) throw new Refusal('method-unknown', { allow: allowOf(offered, isChange) })
  return { route, pathId, isGetChange: isChange }
}

type Offered = Partial<Record<Method, Route>>

/** `messages/12` is `messages/{id}`, 12 */
function templateOf(path: string): [template: string, pathId: string] {
  const slash = path.indexOf('/')
  const last = path.slice(slash + 1)
  return slash > 0 && /^\d{1,20}$/.test(last) ? [`${path.slice(0, slash)}/{id}`, last] : [path, '']
}

function allowOf(offered: Offered, isChange: boolean): string {
  const methods = Object.keys(offered)
  return [...methods, ...(methods.includes('GET') && !isChange ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}
