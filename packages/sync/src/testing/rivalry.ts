/** Devices that all have something to commit, and a delivery service that takes one commit an epoch: in time of its own. */
import { CommitPace } from '../commit-pace.ts'

interface Rival {
  readonly pace: CommitPace
  tries: number
  /** When it last lost, or saw a commit of another. */
  seenMs: number
  /** What it does next; an older one is forgotten. */
  turn: number
  state: 'waiting' | 'trying' | 'done'
}

interface Rivals {
  readonly rivals: number
  readonly leaves: number
  /** From 0 to 1. */
  readonly random: () => number
}

/** A try takes 50 to 150 ms, of which the first third is reading the log; a commit is seen by others as late. */
export function rivalry({ rivals, leaves, random }: Rivals): { most: number; mean: number } {
  const agenda: { atMs: number; act: () => void }[] = []
  let nowMs = 0
  let epoch = 0
  const after = (delayMs: number, act: () => void) => agenda.push({ atMs: nowMs + delayMs, act })
  const all = Array.from({ length: rivals }, (): Rival => {
    return { pace: new CommitPace(random), tries: 0, seenMs: 0, turn: 0, state: 'waiting' }
  })
  const wait = (rival: Rival) => {
    const turn = ++rival.turn
    rival.state = 'waiting'
    after(rival.pace.draw(), () => {
      if (rival.turn === turn && rival.state === 'waiting') attempt(rival)
    })
  }
  const attempt = (rival: Rival) => {
    const tryMs = 50 + random() * 100
    rival.state = 'trying'
    after(tryMs / 3, () => {
      const base = epoch
      after((tryMs * 2) / 3, () => {
        rival.tries++
        if (base === epoch) return win(rival)
        rival.pace.lost(tryMs, leaves)
        rival.seenMs = nowMs
        wait(rival)
      })
    })
  }
  const win = (rival: Rival) => {
    epoch++
    rival.state = 'done'
    for (const other of all) {
      after(50 + random() * 50, () => {
        if (other.state !== 'waiting') return
        other.pace.seen(1, nowMs - other.seenMs)
        other.seenMs = nowMs
        wait(other)
      })
    }
  }
  for (const rival of all) after(random() * 10, () => attempt(rival))
  while (agenda.length > 0) {
    const next = agenda.reduce((first, one) => (one.atMs < first.atMs ? one : first))
    agenda.splice(agenda.indexOf(next), 1)
    nowMs = next.atMs
    next.act()
  }
  const tries = all.map((rival) => rival.tries)
  return { most: Math.max(...tries), mean: tries.reduce((sum, each) => sum + each, 0) / rivals }
}

/** mulberry32, from 0 to 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
