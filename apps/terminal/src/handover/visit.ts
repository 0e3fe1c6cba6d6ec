/**
 * The side of the process that found the profile taken: it has its command run by the host and shows what
 * comes back. Whatever goes wrong on the way, the visitor learns how far the command had come, so that it can
 * take it up by itself.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { DecodeError } from '@veche/protocol'
import type { Terminal } from '../terminal.ts'
import {
  type Answer,
  decodeAnswer,
  encodeFrame,
  joinProgress,
  lines,
  maxAnswerBytes,
  type Progress,
  type Request,
} from './frames.ts'

export type Visit =
  /** The command was run to its end. */
  | { readonly kind: 'done'; readonly code: number }
  /** Nobody answers at the address. */
  | { readonly kind: 'absent' }
  /** The host ended, or was killed, before the command was done. */
  | { readonly kind: 'left'; readonly progress: Progress | undefined }

/** @throws DecodeError when the answers are none */
export async function visit(address: string, request: Request, terminal: Terminal): Promise<Visit> {
  const socket = await reach(address)
  if (socket === undefined) return { kind: 'absent' }
  const interrupt = () => socket.end()
  terminal.interrupted.addEventListener('abort', interrupt)
  try {
    socket.write(encodeFrame(request))
    if (terminal.interrupted.aborted) interrupt()
    return await relay(socket, request.progress, terminal)
  } finally {
    terminal.interrupted.removeEventListener('abort', interrupt)
    socket.destroy()
  }
}

/** Whether somebody stays with the profile, and answers at its address. */
export async function isHosted(address: string): Promise<boolean> {
  const socket = await reach(address)
  socket?.destroy()
  return socket !== undefined
}

async function reach(address: string): Promise<Socket | undefined> {
  const socket = connect({ path: address, allowHalfOpen: true })
  try {
    await once(socket, 'connect')
  } catch {
    return undefined // no socket file, or one that a killed process left behind
  }
  socket.on('error', () => {}) // reading ends with it, and says so below
  return socket
}

async function relay(socket: Socket, before: Progress | undefined, terminal: Terminal): Promise<Visit> {
  let progress = before
  for await (const answer of answers(socket)) {
    switch (answer.kind) {
      case 'out':
        await terminal.write(answer.text)
        if (answer.progress) progress = joinProgress(progress, answer.progress)
        break
      case 'err':
        terminal.complain(answer.text)
        break
      case 'progress':
        progress = joinProgress(progress, answer.progress)
        break
      case 'exit':
        return { kind: 'done', code: answer.code }
      case 'leaving':
        return { kind: 'left', progress }
      case 'bad':
        throw new DecodeError('handover: the host did not understand the request')
      default:
        return answer satisfies never
    }
  }
  return { kind: 'left', progress }
}

async function* answers(socket: Socket): AsyncGenerator<Answer> {
  try {
    for await (const line of lines(socket, maxAnswerBytes)) yield decodeAnswer(line)
  } catch (error) {
    if (error instanceof DecodeError) throw error
    // The connection broke: to the visitor that is a host that ended.
  }
}
