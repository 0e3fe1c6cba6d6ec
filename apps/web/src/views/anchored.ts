/**
 * A list that never jumps: what somebody reads stays where it is when messages come above or below it, when the window is
 * resized and when the keyboard of a phone opens; at the end the list stays at the end. WebKit has no overflow-anchor, so
 * all browsers are treated alike by this.
 */

import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

export interface Anchoring {
  readonly onEnd: (isAtEnd: boolean) => void
  /** Near the first row, or near the last. */
  readonly onNear: (edge: 'start' | 'end') => void
}

/** What is nearer to the end than this is the end. */
const END_PX = 24

export function useAnchor(
  scroller: RefObject<HTMLElement | null>,
  rows: RefObject<HTMLElement | null>,
  { onEnd, onNear }: Anchoring,
) {
  const state = useRef<{ isAtEnd: boolean; anchor?: { readonly row: Element; readonly top: number } }>({
    isAtEnd: true,
  })

  const note = () => {
    const { current: box } = scroller
    if (box === null) return
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= END_PX
    const row = isAtEnd ? undefined : firstVisible(box, rows.current)
    state.current = { isAtEnd, ...(row && { anchor: { row, top: row.getBoundingClientRect().top } }) }
    onEnd(isAtEnd)
    if (box.scrollTop < box.clientHeight) onNear('start')
    if (box.scrollHeight - box.scrollTop < 2.5 * box.clientHeight) onNear('end')
  }

  const hold = () => {
    const { current: box } = scroller
    const { isAtEnd, anchor } = state.current
    if (box === null) return
    if (isAtEnd) box.scrollTop = box.scrollHeight
    else if (anchor?.row.isConnected) box.scrollTop += anchor.row.getBoundingClientRect().top - anchor.top
  }

  useLayoutEffect(() => {
    hold()
    note()
  })
  useEffect(() => {
    const watch = new ResizeObserver(hold)
    for (const element of [scroller.current, rows.current]) if (element !== null) watch.observe(element)
    return () => watch.disconnect()
  }, [])

  return {
    onScroll: note,
    toEnd() {
      state.current = { isAtEnd: true }
      hold()
    },
    /** Brings a row into the middle, and holds it there. */
    show(row: Element) {
      state.current = { isAtEnd: false }
      row.scrollIntoView({ block: 'center' })
      note()
    },
  }
}

function firstVisible(box: HTMLElement, rows: HTMLElement | null): Element | undefined {
  const { top } = box.getBoundingClientRect()
  return [...(rows?.children ?? [])].find((row) => row.getBoundingClientRect().bottom > top)
}
