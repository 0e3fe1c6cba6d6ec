/**
 * The "typing" state (N11): somebody has written within 20 s, or stands in a field that has text. Meanwhile no timer replaces what
 * they look at; the service is told, so that it answers with how many messages arrived instead.
 */
const holdsMs = 20_000
const tellEveryMs = 10_000

/** @param send tells the service */
export function createTyping(root: ShadowRoot, send: (typing: '0' | '1') => Promise<unknown>) {
  let writtenAtMs = 0
  let toldAtMs = 0

  const isOn = (): boolean => {
    const field = root.activeElement as HTMLInputElement | null
    return Date.now() - writtenAtMs < holdsMs || !!(field?.matches('[data-typing]') && field.value)
  }
  const stop = (): void => {
    writtenAtMs = 0
    if (toldAtMs) void send('0')
    toldAtMs = 0
  }
  /** Tells the service, when it is time, that it goes on or that it is over. */
  const tell = async (): Promise<void> => {
    if (!isOn()) stop()
    else if (Date.now() - toldAtMs > tellEveryMs) {
      toldAtMs = Date.now()
      await send('1')
    }
  }
  /** Somebody has just written in a field. */
  const noteInput = (field: HTMLInputElement): void => {
    writtenAtMs = field.value ? Date.now() : 0
    void tell()
  }
  return { isOn, stop, tell, noteInput }
}
