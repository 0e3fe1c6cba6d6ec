import { ensureChoice, required } from '../request/values.ts'
import { bellOf } from './bell.ts'
import { userRoute } from './route.ts'

/** N11: somebody is writing, or has stopped. */
export const setTyping = userRoute({
  parse: (fields) => ensureChoice('typing', required('typing', fields.one('typing')), ['0', '1']) === '1',
  async run(call, isTyping) {
    call.context.typing.set(call.user, isTyping)
    return { status: 200, fragments: [await bellOf(call)] }
  },
})
