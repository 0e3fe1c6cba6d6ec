/** All that Nichatka answers, below `/nichatka/v1`. A PATCH may come as GET with `/change` after its path (N18). */
import { changeGroup } from './change-group.ts'
import { changeMessage } from './change-message.ts'
import { compose } from './compose.ts'
import { createGroup } from './create-group.ts'
import { group } from './group.ts'
import { groups } from './groups.ts'
import { nameUsers } from './name-users.ts'
import { history, panel } from './panel.ts'
import { recipients } from './recipients.ts'
import type { Route } from './route.ts'
import { sendMessage } from './send-message.ts'
import { setTyping } from './set-typing.ts'
import { status } from './status.ts'

export type Method = 'GET' | 'POST' | 'PATCH'

export const siteMap: Readonly<Record<string, Partial<Record<Method, Route>>>> = {
  status: { GET: status },
  panel: { GET: panel },
  history: { GET: history },
  compose: { GET: compose },
  recipients: { GET: recipients },
  messages: { POST: sendMessage },
  'messages/{id}': { PATCH: changeMessage },
  typing: { PATCH: setTyping },
  groups: { GET: groups, POST: createGroup },
  'groups/{id}': { GET: group, PATCH: changeGroup },
  users: { POST: nameUsers },
}
