/** One good call of each route, so that what is done to calls is done to all of them. */
import type { FieldList } from './nichatka-client.ts'

export interface Call {
  /** As the site map has it. */
  readonly route: string
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly fields: FieldList
  /** Who may. */
  readonly by: 'user' | 'host'
}

/** What there is to be called upon, besides the user who calls. */
export interface Known {
  readonly messageId: string
  readonly groupId: string
  readonly nickname: string
}

let count = 0

/** Each changes something where it changes anything: names and keys are new every time. */
export function callsOf({ messageId, groupId, nickname }: Known): readonly Call[] {
  const number = ++count
  const user = (method: Call['method'], path: string, fields: FieldList = []): Call => ({
    route: path.replace(/\d+$/, '{id}'),
    method,
    path,
    fields,
    by: 'user',
  })
  return [
    user('GET', 'status'),
    user('GET', 'panel', [['box', 'all']]),
    user('GET', 'history', [['q', 'word']]),
    user('GET', 'compose', [['parent', messageId]]),
    user('GET', 'recipients', [['q', nickname.slice(0, 2)]]),
    user('POST', 'messages', [
      ['id', `key-of-call-${number}`],
      ['text', `text of call ${number}`],
      ['to', `user:${nickname}`],
    ]),
    user('PATCH', `messages/${messageId}`, [
      ['status', number % 2 === 0 ? 'read' : 'hidden'],
      ['color', number % 2 === 0 ? 'red' : 'blue'],
    ]),
    user('PATCH', 'typing', [['typing', '1']]),
    user('GET', 'groups'),
    user('GET', `groups/${groupId}`),
    user('POST', 'groups', [
      ['name', `name of call ${number}`],
      ['member', nickname],
    ]),
    user('PATCH', `groups/${groupId}`, [['name', `other name of call ${number}`]]),
    {
      route: 'users',
      method: 'POST',
      path: 'users',
      fields: [['nickname', `user of call ${number}`]],
      by: 'host',
    },
  ]
}
