/** @param options `version`: for tests, which tell releases apart by it */
export function buildFiles(options?: {
  readonly version?: string
}): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>
export function build(): Promise<void>
