/** Says again whatever is written to it, in private chats and in groups: see README.md. */
import { type ClientEvent, openProfile, RefusedError, UnreachableError } from '@veche/client'

const env = process.env
const options = env.ECHO_SERVER ? { server: env.ECHO_SERVER } : {}
const opened = await openProfile(env.ECHO_PROFILE ?? 'echo-profile', options)
if (opened.kind !== 'open') throw new Error(`the profile is ${opened.kind}`)
const { client } = opened

if (client.account.kind !== 'ready') {
  const who = { handle: env.ECHO_HANDLE ?? 'echo', name: 'Echo', password: env.ECHO_PASSWORD ?? '' }
  const { recovery } = await client.register({ ...who, code: env.ECHO_CODE ?? '' })
  process.stdout.write(`The recovery code, to be kept: ${recovery}\n`)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
const events = client.events(stopping.signal)
await Promise.all([client.connect(stopping.signal), echo()])
await client.close()

async function echo(): Promise<void> {
  for await (const event of events) {
    await answer(event).catch((error: unknown) => {
      if (error instanceof UnreachableError || error instanceof RefusedError) return // asked again when it is connected
      throw error
    })
  }
}

async function answer(event: ClientEvent): Promise<void> {
  if (event.type === 'request' || event.type === 'connection') await allowAll()
  if (event.type !== 'message' || event.replyTo) return // answers are not answered: two bots would never end
  const { account } = client
  if (account.kind !== 'ready' || event.from.account === account.account) return
  await client.send(event.chat, event.text, { replyTo: event.id })
}

async function allowAll(): Promise<void> {
  const { incoming } = await client.requests.list()
  for (const { id, status } of incoming) if (status === 'pending') await client.requests.answer(id, 'allow')
}
