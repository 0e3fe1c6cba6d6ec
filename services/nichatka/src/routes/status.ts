import { userRoute } from './route.ts'

/** N8, N15: asked for by every open page again and again. */
export const status = userRoute({
  parse() {},
  run: async ({ context, user }) => ({ unread: await context.store.unread(user) }),
})
