/** Reads a code off what a camera shows: by the browser's own reader where it has one, else by ours. */
import decodeQR from 'qr/decode.js'

/** @returns what the code says; undefined where there is none to be read */
type ReadCode = (video: HTMLVideoElement) => Promise<string | undefined>

/** Shape Detection API; not in the types of every browser in use. */
interface BarcodeDetector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}

interface BarcodeDetectorClass {
  new (options: { readonly formats: readonly string[] }): BarcodeDetector
  getSupportedFormats(): Promise<readonly string[]>
}

/** Finer than this, reading takes long and finds no more. */
const MAX_WIDTH = 800

export async function createCodeReader(): Promise<ReadCode> {
  const { BarcodeDetector: Detector } = globalThis as { BarcodeDetector?: BarcodeDetectorClass }
  const formats = (await Detector?.getSupportedFormats().catch(() => [])) ?? []
  if (Detector === undefined || !formats.includes('qr_code')) return ownReader()
  const detector = new Detector({ formats: ['qr_code'] })
  return async (video) => (await detector.detect(video))[0]?.rawValue
}

function ownReader(): ReadCode {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  return async (video) => {
    const scale = Math.min(1, MAX_WIDTH / video.videoWidth)
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    return readPixels(context.getImageData(0, 0, canvas.width, canvas.height))
  }
}

export function readPixels(image: Pick<ImageData, 'width' | 'height' | 'data'>): string | undefined {
  try {
    return decodeQR(image)
  } catch {
    return undefined // there is no code in the picture, or it is not sharp enough
  }
}
