declare const brand: unique symbol

/** A value of `T` that was checked or made to be a `Name`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
