/** The same messages; what ends them early is thrown as `map` says. */
export async function* mapErrors<T>(
  messages: AsyncIterable<T>,
  map: (error: unknown) => Error,
): AsyncIterable<T> {
  try {
    yield* messages
  } catch (error) {
    throw map(error)
  }
}
