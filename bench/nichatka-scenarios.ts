/** What is asked, of whom, and what the peer is asked in its place. */
export interface Scenario {
  readonly name: string
  readonly who: 'ordinary' | 'heavy'
  readonly connections: number
  /** Path and query below `/nichatka/v1/`, without the user. */
  readonly path: string
  /** The same for the peer; undefined where it has nothing to compare. */
  readonly peerPath: string | undefined
  /** Whether the answer holds messages: checked before anything is measured. */
  readonly messages: 'some' | 'none' | 'any'
  /** The client has the answer already, and asks whether it is still true. */
  readonly isRevalidation?: boolean
}

export interface Places {
  /** The message with which the 1,000th page of the heavy user begins, or the last one where there are fewer. */
  readonly deepId: bigint
  readonly newestId: bigint
  readonly deepPage: number
}

/** Statuses and panels of everybody, in every size. */
export function usualScenarios(): Scenario[] {
  return [
    status({ name: 'status', who: 'ordinary', connections: 8 }),
    status({ name: 'status, 50 connections', who: 'ordinary', connections: 50 }),
    status({ name: 'status not changed', who: 'ordinary', connections: 8, isRevalidation: true }),
    status({ name: 'status, heavy user', who: 'heavy', connections: 8 }),
    { ...panel('panel', ''), who: 'ordinary', messages: 'any' },
    panel('panel, heavy user', ''),
  ]
}

/** What one asks who has very many messages. `заявка` stands in four texts of ten, `word7000` in one of 2,000. */
export function heavyScenarios({ deepId, newestId, deepPage }: Places): Scenario[] {
  return [
    panel('filter, one colour', '&color=red'),
    panel('filter, colour and priority', '&color=teal&priority=critical'),
    panel('filter, from one user', '&from=user77'),
    panel('search, common word', `&q=${encodeURIComponent('заявки')}`),
    panel('search, word in one of 100', '&q=word100'),
    panel('search, rare word', '&q=word7000'),
    panel('search, part of a word', `&q=${encodeURIComponent('обновл')}`),
    panel('search, rare part', '&q=ord7000'),
    { ...panel('search, nothing found', `&q=${encodeURIComponent('недосягаемое')}`), messages: 'none' },
    { ...panel('deep page', `&cursor=o${deepId}-${newestId}`), peerPath: `panel?&page=${deepPage}` },
  ]
}

function status(rest: Pick<Scenario, 'name' | 'who' | 'connections' | 'isRevalidation'>): Scenario {
  return { ...rest, messages: 'none', path: 'status?', peerPath: rest.isRevalidation ? undefined : 'status?' }
}

/** Of the heavy user. */
export function panel(name: string, filter: string): Scenario {
  const path = `panel?limit=50${filter}`
  return { name, who: 'heavy', connections: 8, messages: 'some', path, peerPath: `panel?page=1${filter}` }
}
