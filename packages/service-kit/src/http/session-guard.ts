/** What an HTTP/2 session may do before it is told to go away (attacks C7 and C8). */
import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import { Budget } from './budget.ts'
import type { HttpLimits } from './http-limits.ts'

export function guardSession(session: Http2Session, limits: HttpLimits): void {
  const streams = new Budget(limits.streamBurst, limits.streamsPerSecond)
  const resets = new Budget(limits.resetBurst, limits.resetsPerSecond)
  const calmDown = () => session.destroy(new Error('calm down'), constants.NGHTTP2_ENHANCE_YOUR_CALM)
  session.on('stream', (stream: ServerHttp2Stream) => {
    if (!streams.spend()) return calmDown()
    stream.once('close', () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR && !resets.spend()) calmDown()
    })
  })
  session.on('error', () => {}) // the session has ended, which is all there is to do about it
  session.setTimeout(limits.idleTimeoutMs, () => session.close())
  keepAlive(session, limits.pingIntervalMs)
}

/** Finds peers that are gone without a word; otherwise their streams would be held for hours. */
function keepAlive(session: Http2Session, intervalMs: number): void {
  let answered = true
  const timer = setInterval(() => {
    if (session.destroyed || session.closed) return
    if (!answered) return session.destroy()
    answered = false
    session.ping((error) => {
      answered = error === null
    })
  }, intervalMs)
  timer.unref()
  session.once('close', () => clearInterval(timer))
}
